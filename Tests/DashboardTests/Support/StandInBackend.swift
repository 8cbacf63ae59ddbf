internal import Dashboard
internal import Synchronization

/// A backend that says what it was asked, as JSON of its own.
final class StandInBackend: DashboardBackend {
    private struct State {
        var asked: [String] = []
        var error: BackendError?
        var isWell = true
        var size = 0
        var isSlow = false
        var streams: [Int: AsyncStream<ServerSentEvent>.Continuation] = [:]
        var opened = 0
        var since: [String?] = []
    }

    private let state = Mutex(State())

    // MARK: - What it does

    func fail(_ error: BackendError?) { state.withLock { $0.error = error } }
    func beWell(_ isWell: Bool) { state.withLock { $0.isWell = isWell } }
    func answer(bytes: Int) { state.withLock { $0.size = bytes } }
    func beSlow(_ isSlow: Bool) { state.withLock { $0.isSlow = isSlow } }

    func happen(_ event: ServerSentEvent) {
        for stream in state.withLock({ Array($0.streams.values) }) { stream.yield(event) }
    }

    func endStreams() {
        for stream in state.withLock({ Array($0.streams.values) }) { stream.finish() }
    }

    // MARK: - What it saw

    var asked: [String] { state.withLock { $0.asked } }
    var openStreams: Int { state.withLock { $0.streams.count } }
    var openedStreams: Int { state.withLock { $0.opened } }
    var since: [String?] { state.withLock { $0.since } }

    // MARK: - The backend

    private func say(_ what: String) async throws(BackendError) -> [UInt8] {
        let (error, size, isSlow) = state.withLock { state in
            state.asked.append(what)
            return (state.error, state.size, state.isSlow)
        }
        if let error { throw error }
        if isSlow {
            do { try await Task.sleep(for: .seconds(600)) } catch {
                throw BackendError(.timeout, "cancelled", remedy: "")
            }
        }
        return Array(("{\"asked\": \"\(what)\"}" + String(repeating: " ", count: size)).utf8)
    }

    func status() async throws(BackendError) -> [UInt8] { try await say("status") }
    func fleet() async throws(BackendError) -> [UInt8] { try await say("fleet") }
    func sessions(_ query: SessionsQuery) async throws(BackendError) -> [UInt8] {
        try await say("sessions \(query.search ?? "-") \(query.limit) \(query.offset)")
    }
    func session(_ id: String) async throws(BackendError) -> [UInt8] { try await say("session \(id)") }
    func restore(session id: String) async throws(BackendError) -> [UInt8] { try await say("restore \(id)") }
    func forget(session id: String) async throws(BackendError) -> [UInt8] { try await say("forget \(id)") }
    func lookUp(key: String) async throws(BackendError) -> [UInt8] { try await say("look up \(key)") }
    func drop(key: String) async throws(BackendError) -> [UInt8] { try await say("drop \(key)") }
    func failures(_ query: FailuresQuery) async throws(BackendError) -> [UInt8] {
        try await say("failures \(query.failureClass ?? "-") \(query.key ?? "-") \(query.since ?? "-") \(query.limit)")
    }
    func failureGroups(_ query: FailuresQuery) async throws(BackendError) -> [UInt8] {
        try await say("failure groups \(query.failureClass ?? "-") \(query.key ?? "-") \(query.since ?? "-")")
    }
    func activity() async throws(BackendError) -> [UInt8] { try await say("activity") }
    func retryFailures(_ query: FailuresQuery, onlyDead: Bool) async throws(BackendError) -> [UInt8] {
        let meant = [query.failureClass, query.key, query.since].map { $0 ?? "-" }.joined(separator: " ")
        return try await say("retry failures \(meant) \(onlyDead)")
    }
    func closeCircuit() async throws(BackendError) -> [UInt8] { try await say("close circuit") }
    func episode(_ id: String) async throws(BackendError) -> [UInt8] { try await say("episode \(id)") }
    func retry(episode id: String) async throws(BackendError) -> [UInt8] { try await say("retry \(id)") }
    func discard(episode id: String) async throws(BackendError) -> [UInt8] { try await say("discard \(id)") }
    func memory(_ query: MemoryQuery) async throws(BackendError) -> [UInt8] {
        try await say("memory \(query.text) \(query.limit)")
    }
    func conversations(_ query: ConversationsQuery) async throws(BackendError) -> [UInt8] {
        try await say("conversations \(query.search ?? "-") \(query.limit) \(query.offset)")
    }
    func conversation(key: String) async throws(BackendError) -> [UInt8] { try await say("conversation \(key)") }
    func clearConversation(key: String) async throws(BackendError) -> [UInt8] { try await say("clear \(key)") }
    func add(message: [UInt8], key: String) async throws(BackendError) -> [UInt8] {
        try await say("add \(String(decoding: message, as: UTF8.self)) to \(key)")
    }
    func context(key: String, _ query: ContextQuery) async throws(BackendError) -> [UInt8] {
        try await say(
            "context \(key) \(query.maxMessages.map { "\($0)" } ?? "-") \(query.maxCharacters.map { "\($0)" } ?? "-")")
    }
    func tools() async throws(BackendError) -> [UInt8] { try await say("tools") }
    func tool(_ name: String) async throws(BackendError) -> [UInt8] { try await say("tool \(name)") }
    func advice(on tool: String) async throws(BackendError) -> [UInt8] { try await say("advice on \(tool)") }
    func record(outcome: [UInt8], of tool: String) async throws(BackendError) -> [UInt8] {
        try await say("outcome of \(tool): \(String(decoding: outcome, as: UTF8.self))")
    }
    func conversationHealth() async throws(BackendError) -> [UInt8] { try await say("conversation health") }
    func graph(_ query: MemoryQuery) async throws(BackendError) -> [UInt8] {
        try await say("graph \(query.text) \(query.limit)")
    }
    func history(limit: Int) async throws(BackendError) -> [UInt8] { try await say("history \(limit)") }
    func store(entries: [UInt8], _ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await say("store \(entries.count) in \(Self.text(query))")
    }
    func storedEntries(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await say("entries \(Self.text(query))")
    }
    func storedSessions(project: String) async throws(BackendError) -> [UInt8] { try await say("stored \(project)") }
    func storedSubpaths(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await say("subkeys \(Self.text(query))")
    }
    func storedSummary(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await say("summary \(Self.text(query))")
    }
    func store(summary: [UInt8], _ query: StoreQuery, version: Int) async throws(BackendError) -> [UInt8] {
        try await say("summary \(Self.text(query)) after \(version)")
    }
    func removeStored(_ query: StoreQuery) async throws(BackendError) -> [UInt8] {
        try await say("remove \(Self.text(query))")
    }
    private static func text(_ query: StoreQuery) -> String {
        ([query.project, query.session] + (query.subpath.map { [$0] } ?? [])).joined(separator: " ")
    }
    func page(_ request: PageRequest) async throws(BackendError) -> [UInt8] {
        let terms = request.terms.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return try await say("page \(request.scope) \(terms.joined(separator: "&"))")
    }
    func metrics() async throws(BackendError) -> [UInt8] { try await say("metrics") }
    func health() async throws(BackendError) -> BackendHealth {
        BackendHealth(isWell: state.withLock { $0.isWell }, json: try await say("health"))
    }
    func readiness() async throws(BackendError) -> BackendHealth {
        BackendHealth(isWell: state.withLock { $0.isWell }, json: try await say("readiness"))
    }

    func events(since lastEventID: String?) -> AsyncStream<ServerSentEvent> {
        AsyncStream { stream in
            let number = state.withLock { state in
                state.opened += 1
                state.since.append(lastEventID)
                state.streams[state.opened] = stream
                return state.opened
            }
            stream.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.streams.removeValue(forKey: number) }
            }
            stream.yield(ServerSentEvent(id: "1", event: "status", data: "{\"first\": true}"))
        }
    }
}
