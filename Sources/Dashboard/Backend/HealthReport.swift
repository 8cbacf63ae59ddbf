internal import Operations

/// Whether the companion gets on with its work: progress, not life alone. A model that cannot be reached is no fault of
/// the companion's, and no restart would mend it.
struct HealthReport {
    let status: Status

    init(_ status: Status) { self.status = status }

    private struct Answer: Encodable {
        let status: String
        /// Kinds, no text: whoever asks has no token.
        let troubles: [String]
        @OrNull var oldest_pending_seconds: Double?
        @OrNull var last_captured: Timestamp?
        @OrNull var last_success: Timestamp?
    }

    /// What keeps the companion from its work.
    private static let standstill: Set<Trouble.Kind> = [
        .redis_down, .redis_hung, .redis_refuses, .redis_full, .disk_full, .spool_full, .archive_failed,
        .archive_behind, .notes_waiting,
    ]
    private static let unready: Set<Trouble.Kind> = [.redis_down, .redis_hung, .redis_refuses, .archive_failed]

    var health: BackendHealth { get throws { try answer(to: Self.standstill) } }
    var readiness: BackendHealth { get throws { try answer(to: Self.unready) } }

    private func answer(to bad: Set<Trouble.Kind>) throws -> BackendHealth {
        let isWell = !status.troubles.contains { bad.contains($0.kind) }
        var answer = Answer(status: isWell ? "ok" : "failing", troubles: status.troubles.map(\.kind.rawValue))
        answer.oldest_pending_seconds = status.queue_status.oldest_pending_seconds
        answer.last_captured = status.queue_status.last_captured
        answer.last_success = status.llm_status.last_success
        return BackendHealth(isWell: isWell, json: try .json(of: answer))
    }
}
