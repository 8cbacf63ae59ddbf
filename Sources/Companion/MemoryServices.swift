internal import Archive
package import Domain
package import Logging
internal import Platform
package import Providers
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
    private let notifier: Notifier
    private let sinks: SinkKeeping
    private let drain: Drain
    private let ownership: ArchiveOwnership

    package init(
        settings: LiveSettings, host: String, name: String, connector: RedisConnector,
        reliability: ReliabilityServices, logger: Logger
    ) throws(ConfigurationError) {
        let queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
        let archiveBell = Bell(), drainBell = Bell(), hurry = Bell(), summaryBell = Bell(), sinkBell = Bell()
        let reconnects = Bell()
        let onReconnect: @Sendable () -> Void = {
            hurry.ring()
            reconnects.ring()
        }
        let client = RedisClient(connector, onReconnect: onReconnect), draining = RedisClient(connector)
        let handle = ArchiveHandle(
            ArchiveStores.at(settings.atStart.archivePath(host: host)), state: settings.atStart.state,
            logger: logger, onLoss: { hurry.ring() })
        let notifier = try Notifier(settings: settings, host: host, calls: reliability.calls, logger: logger)
        self.notifier = notifier
        let ownership = ArchiveOwnership(
            settings: settings, host: host, name: name, client: client, slowClient: RedisClient(connector),
            handle: handle, bells: [archiveBell, drainBell], hurry: hurry, news: news, logger: logger)
        let recovery = Recovery(queue: queue, client: client, settings: settings, logger: logger)
        let drain = Drain(
            queue: queue, client: draining, handle: handle, ownership: ownership, recovery: recovery,
            longTexts: LongTexts(settings: settings, host: host), settings: settings,
            pace: Pace(concurrency: Int(settings.current.configuration.concurrency)),
            bell: drainBell, storedBells: [summaryBell, sinkBell], logger: logger,
            onIncident: { await notifier.hear($0) })
        let report = HostReport(handle: handle, ownership: ownership)
        self.report = report
        let supervisor = ProviderSupervisor(
            settings: settings, host: host, client: client, drain: drain, recovery: recovery, bell: archiveBell,
            calls: reliability.calls, logger: logger,
            onCircuit: { event in
                await reliability.keeper.hear(event)
                await notifier.hear(event)
            }, onComplaint: { await report.found(providerError: $0) })
        let chores = ArchiveChores(
            settings: settings, host: host, client: client, handle: handle, ownership: ownership,
            supervisor: supervisor, drain: drain, bell: archiveBell, drainBell: drainBell, audited: reliability.audited,
            logger: logger)
        let bells = [archiveBell, drainBell]
        let watch = ReliabilityWatch(
            settings: settings, host: host, calls: reliability.calls, keeper: reliability.keeper,
            ledger: { await report.found.ledger }, onCritical: { await notifier.hear($0) })
        let copying = CopyKeeping(
            settings: settings, host: host, reliability: reliability, logger: logger,
            escalate: { await notifier.escalate($0) })
        let sinks = SinkKeeping(
            settings: settings, host: host, client: client, handle: handle, ownership: ownership, report: report,
            calls: reliability.calls, bell: sinkBell, logger: logger)
        let watches = [
            // It waits for an answer at all times, and so is the first to find a connection broken.
            QueueWatch.of(
                queue, client: RedisClient(connector, deadlines: .watch, onReconnect: onReconnect), bells: bells),
            QueueWatch.ofCircuits(
                settings.atStart.keys, client: RedisClient(connector, deadlines: .watch), bells: bells),
        ]
        self.drain = drain
        self.sinks = sinks
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
                SessionSummaries(
                    settings: settings, client: client, handle: handle, ownership: ownership, drain: drain,
                    bell: summaryBell, storedBell: sinkBell, logger: logger
                ).service(),
                Running { await sinks.run() },
                OwnCalls(settings: settings, host: host, client: client, calls: reliability.calls, logger: logger)
                    .service(),
                ArchiveFilling(
                    settings: settings, host: host, ownership: ownership, connector: connector,
                    reliability: reliability, logger: logger, escalate: { await notifier.escalate($0) }
                ).service(),
                watch.service(),
                CheckpointKeeping(
                    settings: settings, host: host, keeper: reliability.keeper, logger: logger,
                    escalate: { await notifier.escalate($0) },
                    onMade: {
                        await watch.look(HostClock.wallMilliseconds, settings.current)
                        await copying.hurry()
                    }
                ).service(),
                copying.service(),
                AuditKeeping(
                    settings: settings, host: host, reliability: reliability, reconnects: reconnects, logger: logger,
                    escalate: { await notifier.escalate($0) }
                ).service(),
            ] + watches.map { $0.service() }
    }

    /// What the knowledge graph knows that memories are handed on to; nil where none is configured.
    package func searchGraph(_ words: String, limit: Int) async throws(SinkFailure) -> (sink: String, [GraphFact])? {
        try await sinks.searchGraph(words, limit: limit)
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
