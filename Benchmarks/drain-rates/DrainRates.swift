internal import Archive
internal import Companion
internal import Domain
internal import Glibc
internal import LanguageModel
internal import Logging
internal import Platform
internal import Providers
internal import Redis
internal import Settings
internal import Storage

/// How many episodes of 20 KB a second go through the queue, into the archive and, with a model that answers at once, out
/// of it again; and what that costs this process. Arguments: a Redis URL, a folder, how many episodes, and the base URL of a
/// model over HTTP that answers at once (`Benchmarks/model.c`).
@main
struct DrainRates {
    /// A model that knows at once.
    struct AtOnce: MemoryMaking {
        let provider = ProviderID(name: "at-once", fingerprint: "00000000")

        func make(of lease: Lease) async throws(ModelFailure) -> MadeMemory {
            MadeMemory(
                memory: Memory(title: "t", summary: "s"), maker: MemoryMaker(provider: "at-once", model: "m"),
                answer: ModelAnswer(text: "{}"))
        }

        func sumUp(
            _ messages: [LongMessages.Message], of lease: Lease
        ) async throws(ModelFailure) -> SummedMessages {
            SummedMessages(summaries: [], answer: ModelAnswer(text: "{}"))
        }

        func summarise(_ part: SessionPart) async throws(ModelFailure) -> MadeMemory {
            MadeMemory(
                memory: Memory(title: "t", summary: "s"), maker: MemoryMaker(provider: "at-once", model: "m"),
                answer: ModelAnswer(text: "{}"))
        }
    }

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3 else { return print("usage: drain-rates REDIS_URL FOLDER [EPISODES] [MODEL_URL]") }
        let url = try RedisURL(arguments[1])
        let folder = arguments[2], count = arguments.count > 3 ? Int(arguments[3]) ?? 5000 : 5000
        try Files.makeFolder(folder + "/config")
        let model = arguments.count > 4 ? arguments[4] : ""
        let provider = model.isEmpty ? "" : #", "provider": {"kind": "openai", "base_url": "\#(model)", "model": "m"}"#
        try Files.write(
            #"{"pool": "bench", "retry_queue_max_size": 1000000\#(provider)}"#, to: folder + "/config/holdfast.json")
        let settings = try Settings.load(environment: [
            "HOLDFAST_STATE_DIR": folder + "/state", "HOLDFAST_CONFIG_DIR": folder + "/config",
            "HOLDFAST_REDIS_URL": arguments[1],
        ])
        try settings.state.prepare()
        let host = try settings.state.host()
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        var logger = Logger(label: "drain-rates")
        logger.logLevel = .critical
        let bells = [Bell(), Bell()]
        let live = LiveSettings(settings)
        let clients = (0..<4).map { _ in RedisClient(RedisConnector(url: url)) }
        var connection = try RedisConnector(url: url).connect(.companion)

        let enqueue = try await measure { for index in 0..<count { try push(index, queue, &connection) } }
        print("enqueued           \(enqueue.per(count)) of 20 KB")

        let handle = ArchiveHandle(
            ArchiveStores.at(settings.archivePath(host: host)), state: settings.state, logger: logger)
        let ownership = ArchiveOwnership(
            settings: live, host: host, name: "bench", client: clients[0], slowClient: clients[3], handle: handle,
            bells: bells, logger: logger)
        _ = await ownership.round()
        let ingest = Ingest(queue: queue, client: clients[1], handle: handle, logger: logger)
        let ingested = try await measure { while try await ingest.page(wantsMemories: true) > 0 {} }
        print("archived, indexed  \(ingested.per(count))")

        let recovery = Recovery(queue: queue, client: clients[1], settings: live, logger: logger)
        func drain(_ maker: any MemoryMaking, concurrency: Int) async throws -> Cost {
            let drain = Drain(
                queue: queue, client: clients[2], handle: handle, ownership: ownership, recovery: recovery,
                longTexts: LongTexts(settings: live, host: host), settings: live,
                pace: Pace(concurrency: concurrency), bell: bells[1], logger: logger, onIncident: { _ in })
            let gate = CircuitGate(
                provider: maker.provider, keys: settings.keys, client: clients[1], host: host, logger: logger,
                onChange: { _ in })
            return try await measure {
                await drain.use(ModelInUse(maker: maker, gate: gate), pace: nil)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await drain.run() }
                    group.addTask {
                        while true {
                            let left = try await clients[3].use { connection throws(RedisError) in
                                try connection.ask(queue.count)
                            }
                            if left == 0 { return }
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                    // The watch ends first.
                    try await group.next()
                    group.cancelAll()
                }
            }
        }
        print("drained, no model  \(try await drain(AtOnce(), concurrency: 100).per(count))")
        var pushed = count
        if arguments.count > 4 {
            let endpoint = try ProviderEndpoint(settings)
            for concurrency in [Int(settings.configuration.concurrency), 256] {
                for index in pushed..<pushed + count { try push(index, queue, &connection) }
                pushed += count
                while try await ingest.page(wantsMemories: true) > 0 {}
                let handle = try ProviderHandle.open(
                    endpoint, folder: folder, environment: settings.environment, place: folder,
                    redactor: settings.configuration.redactor)
                guard let handle else { return print("no model at \(arguments[4])") }
                let maker = ModelMemoryMaking(
                    handle: handle, prompts: try PromptShelf(settings), settings: live)
                let drained = try await drain(maker, concurrency: concurrency)
                await handle.shutdown()
                print("drained over HTTP  \(drained.per(count)), \(concurrency) at once")
            }
        }
        for index in 0..<count { try push(pushed + index, queue, &connection) }
        try markAll(queue, &connection)
        var leases: [Lease] = []
        let claims = try await measure {
            while true {
                let page = try connection.run(queue.claiming(100, owner: "b", token: "t", held: 0)).leases
                if page.isEmpty { break }
                leases += page
            }
        }
        let completions = try await measure {
            for start in stride(from: 0, to: leases.count, by: 100) {
                let page = leases[start..<min(leases.count, start + 100)]
                _ = try connection.run(queue.completing(page.map { .init($0.id, token: $0.token, outcome: .memory) }))
            }
        }
        print("claimed            \(claims.per(count))")
        print("completed          \(completions.per(count))")
    }

    private static func markAll(_ queue: EpisodeQueue, _ connection: inout RedisConnection) throws {
        while true {
            let ids = try connection.ask(queue.unarchived(100))
            if ids.isEmpty { return }
            _ = try connection.run(queue.markingArchived(ids))
        }
    }

    private static func push(_ index: Int, _ queue: EpisodeQueue, _ connection: inout RedisConnection) throws {
        let file = FileID(host: "bench", path: "/\(index)")
        let words = [
            "queue", "lease", "archive", "redis", "timeout", "memory", "circuit", "drain", "claim", "word\(index)",
        ]
        var text = ""
        var number = UInt64(index)
        while text.utf8.count < 20_000 {
            number = number &* 6_364_136_223_846_793_005 &+ 1
            text += words[Int(number >> 33) % words.count] + " "
        }
        let entry = EpisodeEntry(
            uuid: "u\(index)", hash: "\(index)", role: .assistant, at: "2026-01-01T00:00:00Z", text: text)
        let session = SessionID(rawValue: "s\(index % 50)") ?? .added
        let content = entry.json
        let bytes: Range<Int64> = 0..<20_000
        let span = EpisodeSpan(
            file: file, path: "/\(index)", from: Cursor(), to: Cursor(offset: 20_000, generation: 0, tailHash: "t"),
            limit: 1_000_000,
            origin: EpisodeOrigin(session: session, dispatchKey: try DispatchKey("agent\(index % 8)/x"), host: "bench"),
            filterMark: "f",
            episodes: [
                .init(
                    id: EpisodeID(file: file, generation: 0, bytes: bytes, content: content), bytes: bytes,
                    content: content, entryCount: 1)
            ])
        _ = try connection.run(queue.pushing(span))
    }

    /// What something took.
    private struct Cost {
        var wall: Duration
        /// Of this process, all threads.
        var processor: Duration

        func per(_ count: Int) -> String {
            let micros = Int(processor / .microseconds(1)) / max(1, count)
            return "\(Int(Double(count) / (wall / .seconds(1)))) a second, \(micros) µs of CPU each"
        }
    }

    private static func measure(_ work: () async throws -> Void) async rethrows -> Cost {
        let clock = ContinuousClock()
        let start = clock.now, before = processorTime
        try await work()
        return Cost(wall: clock.now - start, processor: processorTime - before)
    }

    private static var processorTime: Duration { .microseconds(clock()) }
}
