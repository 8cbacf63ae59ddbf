internal import Domain

extension Status {
    /// Episodes that have failed and are tried again.
    package struct RetryQueue: StatusSection {
        package var count: Int64 = 0
        @OrNull package var next_retry: Timestamp?
        @OrNull package var oldest_failure: Timestamp?
    }
}

extension Status.RetryQueue {
    package func metrics(in status: Status) -> [Metric] {
        [.gauge("holdfast_retry_episodes", "Episodes that have failed and are tried again.", count)]
    }

    package func row(in status: Status) -> StatusRow? {
        guard count > 0 else { return StatusRow("retries", "none") }
        let now = status.observed_at
        let next = next_retry.map { $0 > now ? "next in \(now.age($0))" : "due now" } ?? "none due"
        return StatusRow("retries", "\(count) episodes, \(next)")
    }
}

/// An episode of which no memory could be made so far.
package struct EpisodeFailure: Codable, Sendable {
    package let episode_id: String
    /// The class of failure, also `crash` for one whose worker died.
    package let error: String
    package let `class`: String
    package let message: String
    package let retry_count: Int
    /// Workers that died or hung while they had it.
    package let attempts: Int
    /// nil for the dead.
    @OrNull package var next_retry: Timestamp?
    @OrNull package var failed_at: Timestamp?
    package let dead: Bool
    package let dispatch_key: String
    package let session_id: String

    /// - Parameters:
    ///   - fields: of the episode's hash.
    ///   - due: its place on the schedule, ms; nil when it is not there.
    init(_ id: EpisodeID, fields: [String: String], due: Int64?, isDead: Bool) {
        episode_id = id.rawValue
        error = fields["error_type"] ?? ""
        `class` = fields["error_type"] ?? ""
        message = fields["error_message"] ?? ""
        retry_count = fields["retry_count"].flatMap { Int($0) } ?? 0
        attempts = fields["attempts"].flatMap { Int($0) } ?? 0
        dead = isDead
        dispatch_key = fields["dispatch_key"] ?? ""
        session_id = fields["session_id"] ?? ""
        next_retry = isDead ? nil : due.map { Timestamp($0) }
        failed_at = Timestamp(orNever: fields["failed_ms"].flatMap { Int64($0) })
    }

    /// What is asked of an episode's hash for it.
    static let fields = [
        "error_type", "error_message", "retry_count", "attempts", "failed_ms", "dispatch_key", "session_id",
    ]
}
