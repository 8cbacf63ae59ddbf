internal import Domain

extension Status {
    package struct Sessions: StatusSection {
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
    package struct Saved: StatusSection {
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

// MARK: - On the surfaces

extension Status.Sessions {
    package func metrics(in status: Status) -> [Metric] {
        [
            .counter(
                "claude_session_resume_failures_total",
                "Resumes that failed, whether the binding was dropped for it or kept."),
            .counter(
                "claude_session_drops_total", "Bindings dropped, by reason.", by: "reason",
                DropReason.allCases.map(\.rawValue)),
            .counter(
                "claude_session_restores_total", "Sessions put back from the vault, by how whole they were.",
                by: "outcome",
                RestoreOutcome.allCases.map(\.rawValue)),
            .counter(
                "claude_session_carry_overs_total",
                "Fresh sessions that were shown what was said last under their key, by why none was resumed.",
                by: "reason",
                CarryReason.allCases.map(\.rawValue)),
            .counter("claude_session_lookups_total", "Lookups of a dispatch key."),
            .counter("claude_session_bindings_total", "Bindings of a dispatch key to another session."),
            .gauge("holdfast_sessions", "Sessions on record.", recorded),
            .gauge(
                "holdfast_bindings",
                "Dispatch keys that have a session, and those of them that were used within their maximum age.",
                by: "state", [("bound", bound), ("resumable", resumable)]),
            .gauge("holdfast_sessions_busy", "Sessions at work, of the 200 used last.", busy),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        let drops = dropped.values.reduce(0, +)
        return StatusRow(
            "sessions",
            "\(recorded) recorded, \(bound) bound, \(resumable) resumable, \(busy) busy; \(lookups) lookups, \(drops) dropped, \(resume_failures) resume failures"
        )
    }
}

extension Status.Saved {
    package func metrics(in status: Status) -> [Metric] {
        [
            .counter(
                "claude_session_resumes_saved_total",
                "Resumes not tried because a lookup saw that the transcript is missing.")
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        StatusRow(
            "saved",
            "\(counted(resumes, "resume")) not wasted: \(counted(calls, "call")) and \(seconds_low) to \(seconds_high) s"
        )
    }
}
