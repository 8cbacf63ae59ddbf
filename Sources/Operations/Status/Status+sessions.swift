internal import Domain

extension Status {
    package struct Sessions: Encodable, Sendable {
        /// On record, ended ones too.
        package var recorded: Int64 = 0
        /// Dispatch keys that have a session.
        package var bound: Int64 = 0
        /// Of these, used within their maximum age. Whether the transcript is still there is seen at a lookup.
        package var resumable: Int64 = 0
        /// Of the 200 used last and not ended: those whose process lives, or that another host's hooks say are at work.
        package var busy: Int64 = 0
        package var lookups: Int64 = 0
        package var resume_failures: Int64 = 0
        /// By reason.
        package var dropped = Dictionary(uniqueKeysWithValues: DropReason.allCases.map { ($0.rawValue, Int64(0)) })
    }

    /// What was not wasted.
    package struct Saved: Encodable, Sendable {
        /// Resumes that were not tried because a lookup saw that the transcript is missing.
        package var resumes: Int64 = 0
        /// Each would have been one call that failed.
        package var calls: Int64 = 0
        package var seconds_low: Int64 = 0
        package var seconds_high: Int64 = 0

        /// What one failed resume costs, in seconds: measured at dispatch of some hundred.
        static let cost: ClosedRange<Int64> = 3...10

        init(resumes: Int64 = 0) {
            self.resumes = resumes
            calls = resumes
            seconds_low = resumes * Self.cost.lowerBound
            seconds_high = resumes * Self.cost.upperBound
        }
    }
}
