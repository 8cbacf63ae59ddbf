internal import Archive
package import Domain
package import Logging
internal import Redis
package import ServiceLifecycle
package import Settings
internal import Storage

/// All that has to do with archive and memories, put together: who owns the archive, what is taken in, what is asked of a
/// model, who is told.
package struct MemoryWing: Sendable {
    package let services: [any Service]
    /// What this companion's heartbeat tells of archive and transcripts.
    package let report: HostReport
    private let drain: Drain
    private let owner: ArchiveOwner

    package init(
        settings: LiveSettings, host: String, name: String, url: @escaping @Sendable () -> RedisURL, logger: Logger
    ) throws(ConfigurationError) {
        let queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
        let client = RedisClient(url: url), draining = RedisClient(url: url)
        let archiveBell = Bell(), drainBell = Bell()
        let keeper = ArchiveKeeper(ArchiveStores.at(settings.atStart.archivePath(host: host)), logger: logger)
        let notifier = try Notifier(settings: settings, host: host, logger: logger)
        let owner = ArchiveOwner(
            settings: settings, host: host, name: name, client: client, slowClient: RedisClient(url: url),
            keeper: keeper,
            bells: [archiveBell, drainBell], logger: logger)
        let recovery = Recovery(queue: queue, client: client, settings: settings, logger: logger)
        let drain = Drain(
            queue: queue, client: draining, keeper: keeper, owner: owner, recovery: recovery,
            settings: settings, pace: Pace(concurrency: Int(settings.current.configuration.concurrency)),
            bell: drainBell, logger: logger,
            onIncident: { await notifier.hear($0) })
        let report = HostReport(keeper: keeper, owner: owner)
        self.report = report
        let desk = ProviderDesk(
            settings: settings, host: host, client: client, drain: drain, recovery: recovery, bell: archiveBell,
            logger: logger,
            onCircuit: { await notifier.hear($0) }, onComplaint: { await report.found(providerError: $0) })
        let chores = ArchiveChores(
            settings: settings, host: host, client: client, keeper: keeper, owner: owner, desk: desk, bell: archiveBell,
            drainBell: drainBell, logger: logger)
        let bells = [archiveBell, drainBell]
        let watches = [
            QueueWatch.of(queue, client: RedisClient(deadlines: .watch, url: url), bells: bells),
            QueueWatch.ofCircuits(
                settings.atStart.keys, client: RedisClient(deadlines: .watch, url: url), bells: bells),
        ]
        self.drain = drain
        self.owner = owner
        // Stopped from the last to the first: the drain gives back what it has while all else still works.
        services =
            [
                Running { await notifier.run() },
                Running {
                    await owner.service().run()
                    await owner.leave()
                },
                Running {
                    await desk.service().run()
                    await desk.close()
                },
                chores.service(), report.service(), Running { await drain.run() },
            ] + watches.map { $0.service() }
    }

    /// What the heartbeat tells of this companion.
    package var told: CompanionReport {
        get async {
            let claim = await drain.lastClaimMilliseconds
            var told = await report.found
            told.role = await owner.isOwner ? .owner : .standby
            told.leases = Int64(await drain.heldCount)
            told.lastClaimAt = claim > 0 ? ISOTime.text(claim) : nil
            return told
        }
    }
}

/// Work that goes on until the companion stops.
package struct Running: Service {
    let body: @Sendable () async -> Void

    package init(body: @escaping @Sendable () async -> Void) { self.body = body }

    package func run() async { await cancelWhenGracefulShutdown { await body() } }
}
