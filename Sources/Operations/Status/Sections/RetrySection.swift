internal import Domain
internal import Storage

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
        return StatusRow("retries", "\(counted(count, "episode")), \(next)")
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
    /// The transcript it was captured from; empty for what no transcript holds.
    package let session_file: String
    package let group_id: String
    /// What was said, as JSON lines; nil unless it was asked for.
    package private(set) var raw_content: String?

    init(_ failed: FailedEpisode) {
        let record = failed.record
        episode_id = failed.id.rawValue
        error = record.errorType
        `class` = record.errorType
        message = record.errorMessage
        retry_count = Int(record.retryCount)
        attempts = Int(record.attempts)
        dead = failed.isDead
        dispatch_key = record.dispatchKey?.rawValue ?? ""
        session_id = record.sessionID
        session_file = record.sessionFile
        group_id = record.groupID
        raw_content = record.content
        next_retry = failed.isDead ? nil : failed.dueMilliseconds.map { Timestamp($0) }
        failed_at = Timestamp(orNever: record.failedMilliseconds)
    }
}
