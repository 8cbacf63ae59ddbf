internal import Operations

/// What the dashboard asks of the rest of the companion; every answer is text that is ready to be sent.
///
/// A call is cancelled when its time is up or the companion stops, so an implementation must heed cancellation: what
/// does not ends neither its request nor the companion.
package protocol DashboardBackend: Sendable {
    // MARK: - JSON

    func status() async throws(BackendError) -> [UInt8]
    /// Of all hosts that use the same Redis.
    func fleet() async throws(BackendError) -> [UInt8]
    func sessions(_ query: SessionsQuery) async throws(BackendError) -> [UInt8]
    /// All that there is of one.
    func session(_ id: String) async throws(BackendError) -> [UInt8]
    func restore(session id: String) async throws(BackendError) -> [UInt8]
    func forget(session id: String) async throws(BackendError) -> [UInt8]
    func lookUp(key: String) async throws(BackendError) -> [UInt8]
    func drop(key: String) async throws(BackendError) -> [UInt8]
    func failures(_ query: FailuresQuery) async throws(BackendError) -> [UInt8]
    func failureGroups(_ query: FailuresQuery) async throws(BackendError) -> [UInt8]
    func activity() async throws(BackendError) -> [UInt8]
    /// - Parameter query: those that are meant, whatever its limit.
    func retryFailures(_ query: FailuresQuery, onlyDead: Bool) async throws(BackendError) -> [UInt8]
    func closeCircuit() async throws(BackendError) -> [UInt8]
    func episode(_ id: String) async throws(BackendError) -> [UInt8]
    func retry(episode id: String) async throws(BackendError) -> [UInt8]
    func discard(episode id: String) async throws(BackendError) -> [UInt8]
    func memory(_ query: MemoryQuery) async throws(BackendError) -> [UInt8]
    /// - Parameter query: its words and limit.
    func graph(_ query: MemoryQuery) async throws(BackendError) -> [UInt8]
    func history(limit: Int) async throws(BackendError) -> [UInt8]
    func conversations(_ query: ConversationsQuery) async throws(BackendError) -> [UInt8]
    func conversation(key: String) async throws(BackendError) -> [UInt8]
    func clearConversation(key: String) async throws(BackendError) -> [UInt8]
    /// - Parameter message: JSON, as it came.
    func add(message: [UInt8], key: String) async throws(BackendError) -> [UInt8]
    func context(key: String, _ query: ContextQuery) async throws(BackendError) -> [UInt8]
    func conversationHealth() async throws(BackendError) -> [UInt8]

    func tools() async throws(BackendError) -> [UInt8]
    func tool(_ name: String) async throws(BackendError) -> [UInt8]
    /// Whether it is worth calling now; who is told to probe is the only one for a while.
    func advice(on tool: String) async throws(BackendError) -> [UInt8]
    /// - Parameter outcome: of a call; JSON, as it came.
    func record(outcome: [UInt8], of tool: String) async throws(BackendError) -> [UInt8]

    /// - Parameter entries: JSON objects, a line each.
    func store(entries: [UInt8], _ query: StoreQuery) async throws(BackendError) -> [UInt8]
    /// The entries, a line each.
    func storedEntries(_ query: StoreQuery) async throws(BackendError) -> [UInt8]
    func storedSessions(project: String) async throws(BackendError) -> [UInt8]
    func storedSubpaths(_ query: StoreQuery) async throws(BackendError) -> [UInt8]
    func storedSummary(_ query: StoreQuery) async throws(BackendError) -> [UInt8]
    /// - Parameter version: of the summary that it follows; 0 where there was none.
    func store(summary: [UInt8], _ query: StoreQuery, version: Int) async throws(BackendError) -> [UInt8]
    func removeStored(_ query: StoreQuery) async throws(BackendError) -> [UInt8]

    // MARK: - Other text

    /// The page, as HTML.
    func page(_ request: PageRequest) async throws(BackendError) -> [UInt8]
    /// The Prometheus text.
    func metrics() async throws(BackendError) -> [UInt8]
    func health() async throws(BackendError) -> BackendHealth
    func readiness() async throws(BackendError) -> BackendHealth

    // MARK: - Live

    /// What happens from now on, after a status as the first event; with an id, also what happened since that one.
    ///
    /// The stream is cancelled when its client goes; it may end by itself, the client then connects again.
    func events(since lastEventID: String?) -> AsyncStream<ServerSentEvent>
}

/// Why the backend cannot answer, for a person: what is wrong and the way out.
package struct BackendError: Error, Equatable, Sendable {
    package enum Category: String, Sendable, CaseIterable {
        case invalid
        case unauthorized
        case forbidden
        case notFound = "not_found"
        case conflict
        case redisUnavailable = "redis_unavailable"
        case timeout
        case failed
    }

    package var category: Category
    package var message: String
    package var remedy: String

    package init(_ category: Category, _ message: String, remedy: String) {
        self.category = category
        self.message = message
        self.remedy = remedy
    }
}

/// The answer to a prober: well or not, and a text that may be public.
package struct BackendHealth: Equatable, Sendable {
    package var isWell: Bool
    package var json: [UInt8]

    package init(isWell: Bool, json: [UInt8]) {
        self.isWell = isWell
        self.json = json
    }
}

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
