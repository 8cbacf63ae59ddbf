internal import Archive
internal import Chronicle
internal import Domain
internal import Glibc
internal import Integrity
package import Logging
internal import Platform
internal import Redis
package import Settings
internal import Storage
internal import Threads

/// Makes a checkpoint every hour in which something changed, and takes away those that need not stay.
package actor CheckpointKeeping {
    /// It reads the archive from its first byte to its last.
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String
    private let keeper: ChronicleKeeper
    private let logger: Logger
    private let escalate: @Sendable (String) async -> Void
    private let onMade: @Sendable () async -> Void
    private var lastMark: [String] = []
    private var complaint = ""

    /// - Parameters:
    ///   - escalate: told what a person should look at.
    ///   - onMade: told of each that was made.
    package init(
        settings: LiveSettings, host: String, keeper: ChronicleKeeper, logger: Logger,
        escalate: @escaping @Sendable (String) async -> Void = { _ in },
        onMade: @escaping @Sendable () async -> Void = {}
    ) {
        self.escalate = escalate
        self.settings = settings
        self.host = host
        self.keeper = keeper
        self.logger = logger
        self.onMade = onMade
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated func service() -> Periodic {
        let start = ContinuousClock().now
        return Periodic(name: "checkpoints") { [self] in
            // Whoever starts it, or waits for it, has the disk first.
            guard ContinuousClock().now - start >= .seconds(60) else { return .seconds(30) }
            await round(at: HostClock.wallMilliseconds)
            return .seconds(60)
        }
    }

    private static let hour: Int64 = 3_600_000

    /// Makes one where it is time, and something changed since the last.
    package func round(at now: Int64) async {
        let settings = settings.current
        guard settings.configuration.checkpointsAreOn else { return }
        do {
            let store = CheckpointStore(settings.state)
            let last = try store.ids().first.map { try? store.checkpoint($0).made_ms } ?? nil
            // A clock that was set back is no reason to wait.
            if let last, (0..<Self.hour).contains(now - last) { return }
            let mark = mark(settings)
            guard mark != lastMark || last == nil else { return }
            try await make(settings, store, now)
            lastMark = mark
        } catch is CancellationError {
            // Stopped while it was made: what was begun is no checkpoint.
        } catch {
            await failed("\(error)", now)
        }
    }

    private func make(_ settings: Settings, _ store: CheckpointStore, _ now: Int64) async throws {
        let watch = Stopwatch()
        guard let made = try Self.checkpoint(settings, host, now) else { return }
        let gone = try store.exclusively { try store.prune(now: now) } ?? []
        complaint = ""
        logger.info(
            "checkpoint made",
            metadata: [
                "id": "\(made.id)", "bytes": "\(made.bytes)", "written": "\(made.written_bytes)",
                "taken_away": "\(gone.count)",
            ])
        var tally = ChoreTally()
        (tally.runs, tally.items, tally.bytes) = (1, Int64(made.parts.count), made.written_bytes)
        tally.took = Int64(watch.elapsed / .milliseconds(1))
        (tally.lastMilliseconds, tally.lastSuccessMilliseconds) = (now, now)
        let run = tally
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.count(.checkpoint, run)
            try chronicle.ended(.checkpointFailed, at: now)
        }
        await onMade()
    }

    /// Redis that is away is a trouble of its own: archive and files are kept all the same.
    private static func checkpoint(_ settings: Settings, _ host: String, _ now: Int64) throws -> Checkpoint? {
        var connection: RedisConnection?
        do throws(RedisError) { connection = try RedisConnector(settings).open(.companion) } catch { connection = nil }
        return try CheckpointMaker(settings: settings, host: host).make(.hourly, over: &connection, now: now)
    }

    private func failed(_ reason: String, _ now: Int64) async {
        if complaint != reason { logger.error("no checkpoint can be made: \(reason)") }
        complaint = reason
        var tally = ChoreTally()
        (tally.runs, tally.failed, tally.lastMilliseconds) = (1, 1, now)
        let run = tally
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.count(.checkpoint, run)
        }
        await keeper.failed(.checkpointFailed, reason, at: now, telling: escalate)
    }

    /// By which it is seen, without asking Redis, that something changed.
    private func mark(_ settings: Settings) -> [String] {
        let files = [
            settings.state.vault + "/index.sqlite", settings.state.vault + "/index.sqlite-wal", settings.state.bindings,
        ]
        let marks = (files + settings.configurationFiles).map { path in
            (try? Files.status(path)).map { "\($0.st_mtim.tv_sec).\($0.st_mtim.tv_nsec)" } ?? "none"
        }
        let hook = Latencies(settings.state, of: .hooks).lastCounted.map { "\($0)" } ?? ""
        return marks + [ArchiveStores.at(settings.archivePath(host: host)).changeMark ?? "", hook]
    }
}
