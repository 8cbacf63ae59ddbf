internal import Archive
internal import Chronicle
internal import Domain
internal import Glibc
internal import Integrity
package import Logging
internal import Platform
internal import Redis
package import Settings
package import Storage
internal import Threads

/// Fills the archive after it was made anew, when what Redis and transcripts have is in it: so that only what nothing else has
/// comes from elsewhere.
package actor ArchiveFilling {
    /// It reads the disk, and waits for a second copy.
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String
    private let ownership: ArchiveOwnership
    private let imports: ImportFolder
    private let keeper: ChronicleKeeper
    private let connector: RedisConnector
    private let logger: Logger
    private var isNoted = false
    private let escalate: @Sendable (String) async -> Void

    /// - Parameter escalate: told what a person should look at.
    package init(
        settings: LiveSettings, host: String, ownership: ArchiveOwnership, connector: RedisConnector,
        reliability: ReliabilityServices, logger: Logger,
        escalate: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.host = host
        self.ownership = ownership
        self.connector = connector
        imports = ImportFolder(settings: settings)
        keeper = reliability.keeper
        self.logger = logger
        self.escalate = escalate
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated func service() -> Periodic {
        Periodic(name: "archive filling") { [self] in await round() }
    }

    /// - Returns: when to look again.
    package func round() async -> Duration {
        let settings = settings.current
        guard ArchiveFill.isAsked(settings.state), await ownership.isHeld else { return .seconds(2) }
        let began = HostClock.wallMilliseconds
        do {
            await note(settings)
            guard try isQuiet(settings) else { return .seconds(1) }
            let (sources, trouble) = try await fill(settings)
            try ArchiveFill.done(sources, trouble: trouble, settings.state)
            isNoted = false
            logger.notice("the archive was filled", metadata: ["from": "\(sources.joined(separator: ", "))"])
            await keeper.write { chronicle throws(ChronicleError) in
                try chronicle.ended(.archiveDamaged, at: HostClock.wallMilliseconds)
            }
            return .seconds(2)
        } catch is CancellationError {
            // The companion ends; the next one goes on.
            return .seconds(2)
        } catch {
            logger.error("the archive is not filled yet: \(error)")
            await keeper.failed(
                .archiveDamaged, "it was made anew, and is not filled yet: \(error)", at: began, telling: escalate)
            return .seconds(30)
        }
    }

    /// That it was made anew is over when it is filled.
    private func note(_ settings: Settings) async {
        guard !isNoted, let asked = try? Files.status(settings.state.fill).st_mtim.tv_sec else { return }
        isNoted = true
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.began(
                .archiveDamaged, at: Int64(asked) * 1000, detail: "it was damaged or gone, and is made anew")
        }
    }

    /// Whether all that notes and transcripts say is archived.
    private func isQuiet(_ settings: Settings) throws -> Bool {
        guard Spool(folder: settings.state.spool).history.names().isEmpty, imports.isEmpty else { return false }
        var connection = try connector.open(.companion)
        return try connection.ask(EpisodeQueue(keys: settings.poolKeys(host: host)).unarchivedCount) == 0
    }

    private func fill(_ settings: Settings) async throws -> (sources: [String], trouble: String?) {
        let fill = ArchiveFill(settings: settings, host: host)
        var sources: [String] = []
        var connection = try connector.open(.companion)
        let store = ArchiveStores.at(settings.archivePath(host: host))
        for id in try CheckpointStore(settings.state).ids() {
            guard let archive = try store.openToRead() else { break }
            // One that is damaged is told by an audit.
            guard let count = try? fill.from(checkpoint: id, for: archive), count > 0 else { continue }
            sources.append("checkpoint \(id)")
            try await untilQuiet(settings)
        }
        let copied = await fill.fromCopy()
        if copied.files > 0 { sources.append("second copy") }
        if let trouble = copied.trouble { logger.warning("nothing comes from the second copy: \(trouble)") }
        try await untilQuiet(settings)
        // Last: what is captured anew has no memory yet, and those above bring theirs.
        if let archive = try store.openToRead(), try fill.fromVault(for: archive, over: &connection) > 0 {
            sources.append("vault")
        }
        try await untilQuiet(settings)
        return (sources, copied.trouble)
    }

    private func untilQuiet(_ settings: Settings) async throws {
        while try !isQuiet(settings) { try await Task.sleep(for: .milliseconds(200)) }
    }
}
