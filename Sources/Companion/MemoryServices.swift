internal import Archive
package import Domain
package import Logging
internal import Redis
package import ServiceLifecycle
package import Settings
package import Storage

/// All that has to do with archive and memories, put together: who owns the archive, what is taken in, what is asked of a
/// model, who is told.
package struct MemoryServices: Sendable {
    package let services: [any Service]
    /// What this companion's heartbeat tells of archive and transcripts.
    package let report: HostReport
    /// Rung when what the heartbeat tells has changed and is not to wait for the next.
    package let news = Bell()
    private let drain: Drain
    private let ownership: ArchiveOwnership

    package init(
        settings: LiveSettings, host: String, name: String, connector: RedisConnector, logger: Logger
    ) throws(ConfigurationError) {
        let queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
        let archiveBell = Bell(), drainBell = Bell(), hurry = Bell()
        let client = RedisClient(connector, onReconnect: { hurry.ring() }), draining = RedisClient(connector)
        let handle = ArchiveHandle(
            ArchiveStores.at(settings.atStart.archivePath(host: host)), state: settings.atStart.state,
            logger: logger, onLoss: { hurry.ring() })
        let notifier = try Notifier(settings: settings, host: host, logger: logger)
        let ownership = ArchiveOwnership(
            settings: settings, host: host, name: name, client: client, slowClient: RedisClient(connector),
            handle: handle, bells: [archiveBell, drainBell], hurry: hurry, news: news, logger: logger)
        let recovery = Recovery(queue: queue, client: client, settings: settings, logger: logger)
        let drain = Drain(
            queue: queue, client: draining, handle: handle, ownership: ownership, recovery: recovery,
            settings: settings, pace: Pace(concurrency: Int(settings.current.configuration.concurrency)),
            bell: drainBell, logger: logger, onIncident: { await notifier.hear($0) })
        let report = HostReport(handle: handle, ownership: ownership)
        self.report = report
        let supervisor = ProviderSupervisor(
            settings: settings, host: host, client: client, drain: drain, recovery: recovery, bell: archiveBell,
            logger: logger,
            onCircuit: { await notifier.hear($0) }, onComplaint: { await report.found(providerError: $0) })
        let chores = ArchiveChores(
            settings: settings, host: host, client: client, handle: handle, ownership: ownership,
            supervisor: supervisor, drain: drain, bell: archiveBell, drainBell: drainBell, logger: logger)
        let bells = [archiveBell, drainBell]
        let watches = [
            // It waits for an answer at all times, and so is the first to find a connection broken.
            QueueWatch.of(
                queue, client: RedisClient(connector, deadlines: .watch, onReconnect: { hurry.ring() }),
                bells: bells),
            QueueWatch.ofCircuits(
                settings.atStart.keys, client: RedisClient(connector, deadlines: .watch), bells: bells),
        ]
        self.drain = drain
        self.ownership = ownership
        // Stopped from the last to the first: the drain gives back what it has while all else still works.
        services =
            [
                Running { await notifier.run() },
                Running {
                    await ownership.service().run()
                    await ownership.leave()
                },
                Running {
                    await supervisor.service().run()
                    await supervisor.close()
                },
                chores.service(), report.service(), Running { await drain.run() },
            ] + watches.map { $0.service() }
    }

    /// What the heartbeat tells of this companion.
    package var told: CompanionReport {
        get async {
            let claim = await drain.lastClaimMilliseconds
            var told = await report.found
            told.role = await ownership.isHeld ? .owner : .standby
            told.archiveStanding = await ownership.standing
            told.leases = Int64(await drain.heldCount)
            told.lastClaimAt = claim > 0 ? ISOTime.text(claim) : nil
            return told
        }
    }
}
