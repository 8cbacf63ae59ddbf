import Archive
import Domain
import LanguageModel
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// What Redis and the archive hold.
extension CompanionHouse {
    // MARK: - The queue

    func ids(_ state: EpisodeQueue.State) throws -> [EpisodeID] {
        try redis { try $0.ask(queue.ids(state, 0..<100_000)) }
    }

    func fields(_ said: Said) throws -> [String: String] {
        try redis { try $0.ask(HGETALL(queue.keys.episode(said.id))) }
    }

    func dueMilliseconds(_ said: Said) throws -> Int64? {
        try redis { try $0.send(["ZSCORE", queue.keys.schedule, said.id.rawValue]) }
            .text.flatMap { Double($0) }.map { Int64($0) }
    }

    /// How many episodes Redis holds that are not done.
    func queueCount() throws -> Int64 { try redis { try $0.ask(queue.count) } }

    func counter(_ name: String) throws -> Int64 {
        try redis { try $0.send(["HGET", queue.keys.counters, name]) }.text.flatMap { Int64($0) } ?? 0
    }

    func completed(_ outcome: EpisodeOutcome) throws -> Int64 {
        try counter("claude_episodes_completed_total{outcome=\"\(outcome.rawValue)\"}")
    }

    /// The pool's events in their order, those of one kind.
    func events(_ name: String) throws -> [[String: String]] { try events(name, in: queue.keys.events) }
    /// The registry's, where circuits tell.
    func registryEvents(_ name: String) throws -> [[String: String]] { try events(name, in: keys.events) }

    private func events(_ name: String, in stream: RedisKey) throws -> [[String: String]] {
        let reply = try redis { try $0.send(["XRANGE", stream, "-", "+"]) }
        return (reply.array ?? []).compactMap { $0.array?.last?.fields }.filter { $0["event"] == name }
    }

    // MARK: - The circuit

    /// The one there is, as its hash tells.
    func circuit() throws -> Circuit {
        try redis { try $0.circuits(keys) }.first?.circuit ?? Circuit()
    }

    func circuitKey() throws -> RedisKey { keys.circuit(try provider()) }

    /// The clock has come to the end of the circuit's pause.
    func endPause() throws { try setCircuit("open_until_ms", "1") }

    func setCircuit(_ fields: String...) throws {
        let key = try circuitKey()
        _ = try redis { try $0.send(["HSET", key] + fields) }
    }

    /// The one that the configuration names.
    func provider() throws -> ProviderID {
        let settings = try ProviderEndpoint(Settings.load(environment: environment))
        return ProviderID(name: settings.kind.rawValue, fingerprint: settings.fingerprint)
    }

    /// What `holdfast circuit open` and `close` do. A companion that runs takes notice within a second; one that starts
    /// later at once.
    func force(open: Bool) throws {
        let store = CircuitStore(keys: keys, provider: try provider())
        try redis { connection in
            _ = try connection.decide(store, by: "test") { circuit, now in ((), circuit.force(open: open, at: now)) }
            try connection.wakeDrains(of: queue)
        }
    }

    // MARK: - The archive

    private var archiveStore: any ArchiveStore { ArchiveStores.at(archivePath) }

    /// As its owner has it.
    func openArchive() throws -> any EpisodeArchive { try archiveStore.open(id: nil) }

    func archive() throws -> any ArchiveReading { try #require(try archiveStore.openToRead()) }

    /// nil while there is none that could be read: it is being made, or moved aside.
    func archiveIfAny() -> (any ArchiveReading)? {
        // A file without its log, looked at while its owner opens it, would be read without locks.
        guard Files.exists(archivePath + "-wal") else { return nil }
        return try? archiveStore.openToRead()
    }

    func archived(_ said: Said) throws -> ArchivedEpisode? { try archive().show(said.id) }

    func memoryCount() -> Int { (try? archiveIfAny()?.counts().memories) ?? 0 }

    func waitForArchived(_ said: [Said]) async throws {
        try await eventually("\(said.count) episodes are archived") {
            guard let archive = archiveIfAny(), try archive.counts().episodes >= said.count else { return false }
            return try redis { try $0.send(["ZCARD", queue.keys.unarchived]) } == .integer(0)
        }
    }

    func waitForMemories(_ count: Int, within limit: Duration = .seconds(120)) async throws {
        try await eventually("\(count) memories", within: limit) { memoryCount() >= count }
    }

    func waitUntilEmpty() async throws {
        try await eventually("the queue is empty") { try queueCount() == 0 }
    }

    /// Each word finds its own episode and no other, and each episode is in exactly one place.
    func expectNothingLost(_ all: [Said], _ location: SourceLocation = #_sourceLocation) throws {
        let archive = try archive()
        let sets = try [EpisodeQueue.State.scheduled, .leased, .dead].map { Set(try ids($0)) }
        for said in all {
            let found = try archive.search(said.word).map(\.episode)
            #expect(found.contains(said.id), "\(said.word) finds nothing", sourceLocation: location)
            let inRedis = sets.count { $0.contains(said.id) }
            let place = try archive.show(said.id)?.place
            let expected = place == .queued ? 1 : 0
            #expect(
                inRedis == expected, "\(said.word): \(inRedis) times in Redis, \(String(describing: place))",
                sourceLocation: location)
        }
    }

    /// Every episode has its memory, the model was asked once for each, and each was completed once.
    func expectMemories(_ all: [Said], calls: Int? = nil, _ location: SourceLocation = #_sourceLocation) throws {
        try expectNothingLost(all, location)
        let archive = try archive()
        for said in all {
            let archived = try archive.show(said.id)
            #expect(archived?.place == .finished(.memory), "\(said.word)", sourceLocation: location)
            #expect(archived?.memory?.memory.title == "About \(said.word)", sourceLocation: location)
        }
        #expect(model.completions.count == calls ?? all.count, sourceLocation: location)
        #expect(try completed(.memory) == all.count, sourceLocation: location)
        #expect(try queueCount() == 0, sourceLocation: location)
    }
}
