internal import Archive
internal import Capture
internal import Chronicle
internal import Domain
internal import Glibc
internal import LanguageModel
internal import Platform
package import Redis
package import Settings
internal import Storage
internal import Transcripts
internal import Vault

/// Looks how things stand: two round trips to Redis and a look at this host's files, whatever the number of sessions and
/// episodes.
package struct Observer: Sendable {
    let settings: Settings
    let host: String
    /// What in the configuration is not understood.
    let fault: ConfigurationError?

    package init(settings: Settings, host: String, fault: ConfigurationError? = nil) {
        self.settings = settings
        self.host = host
        self.fault = fault
    }

    /// - Returns: a status in any case; with Redis away it comes from files and says so.
    package func observe(deadlines: RedisDeadlines) throws(ConfigurationError) -> Status {
        let url = try settings.redisURL()
        let now = HostClock.wallMilliseconds
        var clues = Clues()
        var ofHost = blank(now, url)
        lookAtHost(&ofHost, &clues)
        clues.redisClient = Remedy.redisClient(url)
        clues.isRelayed = url.upstream != nil
        clues.keyRemedy = ProviderKey(settings).remedy
        clues.providerError = settings.providerFault.map { "\($0)" } ?? ""
        if !clues.providerError.isEmpty { ofHost.llm_status.error = clues.providerError }
        var status = ofHost
        do throws(RedisError) {
            var connection = try RedisConnector(settings).open(deadlines)
            try ask(&connection, &status, &clues)
        } catch {
            // Half an answer is none.
            status = ofHost
            clues.redisFailure = error
            status.source = .files
            status.redis.available = false
            status.redis.error = "\(error)"
            status.sessions.bound = Int64(((try? Files.names(in: settings.state.bindings)) ?? []).count)
            readArchive(&status)
        }
        if let oldest = status.queue_status.oldest_pending {
            status.queue_status.oldest_pending_seconds = Double(now - oldest.milliseconds) / 1000
        }
        return status.judged(by: clues) { FirstSeen(settings.state).dated($0, now: Timestamp(now)) }
    }

    private func blank(_ now: Int64, _ url: RedisURL) -> Status {
        let configuration = settings.configuration
        var status = Status(host: host, observedAt: Timestamp(now))
        status.redis.url = url.upstream ?? "\(url)"
        status.llm_status.provider = configuration.provider.kind.rawValue
        status.llm_status.model = configuration.provider.model
        status.queue_status.limit = configuration.queueMaxSize
        status.budget.daily_token_budget = configuration.dailyTokenBudget
        return status
    }

    // MARK: - Redis

    private func ask(
        _ connection: inout RedisConnection, _ status: inout Status, _ clues: inout Clues
    ) throws(RedisError) {
        let registry = SessionRegistry(keys: settings.keys)
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        let now = status.observed_at.milliseconds
        let clock = ContinuousClock()
        let start = clock.now
        try connection.greet()
        status.redis.latency_seconds = (clock.now - start) / .seconds(1)

        let (known, queued) = try connection.ask(
            registry.overview(now: now), queue.overview(now: now))
        let kind = settings.configuration.provider.kind
        // Of one kind of provider, with different credentials.
        let providers = Array(known.providers.filter { $0.name == kind.rawValue }.prefix(20))
        let (details, failures) = try connection.ask(
            registry.details(
                hosts: known.companions.map(\.host), sessions: known.open, providers: providers, tools: known.tools),
            queue.details(
                after: queued,
                due: DueCounts.Intervals(
                    from: now, count: Status.Schedule.intervals, length: Status.Schedule.intervalSeconds * 1000),
                failures: 10))

        let tools = zip(known.tools, details.tools).compactMap { tool, record in record.map { (tool, $0.health) } }
        status.tools = Status.Tools(tools, at: known.serverMilliseconds)
        clues.writeFailure = known.writeFailure ?? queued.writeFailure
        status.redis.take(known, clues.writeFailure, now: now)
        if settings.redisUpstream != nil { status.redis.relay = try connection.ask(LookAtRelay()).map { .init($0) } }
        status.takeSessions(known)
        status.sessions.busy = busyCount(details.sessions.compactMap { $0 }, now: now)
        status.circuit_history = known.circuitChanges.map(Status.CircuitChange.init)
        status.takeQueue(queued, failures, now: now)
        clues.oldestDead = Timestamp(orNever: queued.oldestDead)
        status.companions = zip(known.companions, details.heartbeats).map(Status.Companion.init)
        clues.lastBeat = known.companions.first { $0.host == host }.map { Timestamp($0.beatMilliseconds) }
        let circuits = zip(providers, details.circuits).map { ($0, $1?.circuit ?? Circuit()) }
        if let (provider, circuit) = settings.ownCircuit(among: circuits) {
            show(circuit, of: provider, in: &status)
            clues.providerDownSince = Timestamp(orNever: circuit.downSinceMilliseconds)
        }
        let reports = zip(known.companions, details.heartbeats).map { ($0.host, $1?.report) }
        func report(of host: String) -> CompanionReport? { reports.first { $0.0 == host }?.1 }
        status.archive.owner = queued.archiveOwner.map { String($0.prefix { $0 != ":" }) }
        clues.pool = settings.pool(host: host)
        clues.archiveEpoch = queued.archiveEpoch
        clues.archiveStanding = report(of: host)?.archiveStanding ?? ""
        clues.dashboardError = report(of: host)?.dashboardError ?? ""
        let owner = status.archive.owner.flatMap(report), figures = owner?.archive
        status.sinks = Status.Sinks(owner?.sinks.map(Status.Sink.init) ?? [])
        // One that has just begun has not counted yet.
        if let figures, figures.countedMilliseconds != nil {
            take(figures, &status)
        } else {
            readArchive(&status)
        }
        status.archive.oldest_unarchived = Timestamp(orNever: queued.oldestUnarchived)
        if let report = report(of: host) {
            status.capture.transcripts_endangered = Int(report.transcriptsEndangered)
            status.ledger = report.ledger.map { Status.Ledger($0) }
            status.unserved_pools = Status.UnservedPools(
                report.unservedPools.map {
                    Status.Pool(name: $0.name, episodes: $0.episodes, unarchived: $0.unarchived)
                })
            if let error = report.vaultError {
                status.vault.error = error
                clues.vaultErrorSince = Timestamp(orNever: report.vaultErrorMilliseconds)
            }
            clues.providerError = report.providerError ?? clues.providerError
            clues.providerErrorSince = Timestamp(orNever: report.providerErrorMilliseconds)
            if let error = report.providerError { status.llm_status.error = error }
        }
        status.llm_status.available =
            status.llm_status.provider != "none" && !status.circuit.isOpen && !status.circuit.isUnanswered
            && status.circuit.wait_until == nil
            && status.redis.writable && status.llm_status.error == nil
    }

    /// How long a session of another host counts as at work after it was heard of, ms: its process cannot be looked for.
    private static let credit: Int64 = 3_600_000

    private func busyCount(_ sessions: [SessionRecord], now: Int64) -> Int64 {
        let boot = HostClock.now().bootID
        return Int64(
            sessions.count { session in
                guard session.host == host else {
                    return session.state == .active && now - (session.lastUsedMilliseconds ?? 0) < Self.credit
                }
                return session.isOfBoot(boot) && session.process.map(ProcessTable.isAlive) ?? false
            })
    }

    private func show(_ circuit: Circuit, of provider: ProviderID, in status: inout Status) {
        status.circuit.provider = "\(provider)"
        status.circuit.state = circuit.state.rawValue
        // While it is not closed: since when it has not been. Each probe is a state of its own.
        let isDown = circuit.state != .closed && circuit.downSinceMilliseconds > 0
        status.circuit.since = Timestamp(
            orNever: isDown ? circuit.downSinceMilliseconds : circuit.sinceMilliseconds)
        status.circuit.reason = circuit.reason
        status.circuit.message = circuit.message.isEmpty ? circuit.checkMessage : circuit.message
        status.circuit.next_try = circuit.state == .open ? Timestamp(orNever: circuit.openUntilMilliseconds) : nil
        let waits = circuit.state == .closed && circuit.waitUntilMilliseconds > status.observed_at.milliseconds
        status.circuit.wait_until = waits ? Timestamp(circuit.waitUntilMilliseconds) : nil
        status.circuit.failures = circuit.failures
        status.circuit.last_check = Timestamp(orNever: circuit.lastCheckMilliseconds)
        status.circuit.last_success = Timestamp(orNever: circuit.lastSuccessMilliseconds)
        status.circuit.last_failure = Timestamp(orNever: circuit.lastFailureMilliseconds)
        status.circuit.last_failure_reason = [circuit.lastFailureReason, circuit.lastFailureMessage].filter {
            !$0.isEmpty
        }.joined(separator: ": ")
        status.circuit.unanswered = circuit.unanswered
        status.llm_status.last_check = status.circuit.last_check
        status.llm_status.last_success = status.circuit.last_success
        let words = status.circuit.message
        status.llm_status.error =
            circuit.state != .closed
            ? (words.isEmpty ? circuit.reason : "\(circuit.reason): \(words)")
            : !circuit.checkMessage.isEmpty
                ? circuit.checkMessage : status.circuit.isUnanswered ? status.circuit.last_failure_reason : nil
    }

    // MARK: - Archive

    private func take(_ figures: ArchiveFigures, _ status: inout Status) {
        let owner = status.archive.owner
        status.archive = Status.Archive(figures)
        status.archive.owner = owner
        status.queue_status.backlog = figures.backlog
        let oldest = [status.queue_status.oldest_pending, Timestamp(orNever: figures.oldestBacklogMilliseconds)]
        status.queue_status.oldest_pending = oldest.compactMap { $0 }.min()
    }

    /// Where no companion tells what is in the archive, we look ourselves.
    private func readArchive(_ status: inout Status) {
        let archive = ArchiveStores.at(settings.archivePath(host: host))
        if let figures = ArchiveCount.of(archive, now: status.observed_at.milliseconds) {
            take(figures, &status)
        }
    }

    // MARK: - This host

    /// Places among the transcripts that nobody can look into; who knows what is said there.
    private func unreachable(at now: Int64) -> [UncapturedMarks.Mark] {
        HostTranscripts(settings: settings).unreachable.map {
            UncapturedMarks.Mark(path: $0.path, reason: $0.reason, milliseconds: now)
        }
    }

    /// Who does not understand what is not to be recorded records nothing.
    private var trackingFault: String? {
        do throws(ConfigurationError) {
            _ = try settings.trackingRules()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func lookAtHost(_ status: inout Status, _ clues: inout Clues) {
        let state = settings.state
        let spool = Spool(folder: state.spool)
        clues.configurationFault = fault.map { "\($0)" } ?? trackingFault
        clues.stateFailure = state.writeFailure
        clues.statePath = state.path
        let period = settings.configuration.rollingPeriodHours * 3_600_000
        let unreached =
            unreachable(at: status.observed_at.milliseconds)
            + UncapturedMarks(state).all(since: status.observed_at.milliseconds - period)
        status.capture.uncaptured_sessions = unreached.count
        status.capture.uncaptured_reason = unreached.first.map {
            $0.path.isEmpty ? $0.reason : "\($0.path): \($0.reason)"
        }
        status.capture.last_uncaptured = unreached.first.map { Timestamp($0.milliseconds) }
        let space = SpoolSpace(settings: settings)
        space.mark(state)
        status.capture.notes = spool.count + AdditionFolder(state).files.count
        status.capture.corrupt_notes = spool.corruptCount
        status.capture.spool_bytes = space.bytes
        status.capture.spool_pressure = space.pressure
        status.capture.disk_free_bytes = space.freeBytes
        let oldest = [spool, spool.waiting].compactMap { $0.names().first }.compactMap { name in
            Int64(name.prefix { $0 != "-" })
        }.min()
        status.capture.oldest_note = Timestamp(orNever: oldest)
        status.capture.lag_seconds = oldest.map {
            Double(max(0, status.observed_at.milliseconds - $0)) / 1000
        }
        status.capture.last_hook = Timestamp(orNever: Latencies(state, of: .hooks).lastCounted)
        status.capture.last_unreported = Timestamp(orNever: UnreportedMark(state)?.milliseconds)
        status.capture.spool_limit_bytes = settings.configuration.spoolMaxBytes
        lookAtVault(&status, &clues)
        lookAtReliability(&status)
        let starter = CompanionStarter(settings: settings)
        clues.companionRuns = starter.isCompanionRunning
        clues.startFailure = StartFailure(state).reason
        clues.companionStarted = Timestamp(orNever: modified(state.companionLock))
        clues.restartNeeded = ((try? Files.read(state.restartMark, limit: 8192)) ?? "").split(separator: "\n").map(
            String.init)
        clues.restartNeededSince = Timestamp(orNever: modified(state.restartMark))
        clues.noteGrace = max(300, settings.configuration.inactivityTimeoutSeconds + 60) * 1000
        clues.stoppedAt = starter.isStoppedByPerson ? Timestamp(orNever: modified(state.stopMark)) : nil
        clues.spoolFullSince = Timestamp(orNever: modified(state.spoolFullMark))
        clues.minimumFreeBytes = settings.configuration.spoolMinFreeBytes
        clues.usesEmbeddedRedis = settings.configuration.usesEmbeddedRedis
        clues.reachesRedisByCompanion = settings.reachesRedisByCompanion
    }

    private func lookAtVault(_ status: inout Status, _ clues: inout Clues) {
        let configuration = settings.configuration
        status.vault.enabled = configuration.vault.isOn
        clues.lookGrace = max(3_600_000, configuration.checkIntervalSeconds * 3000)
        do throws(VaultError) {
            let glance = try VaultGlance.of(settings.state.vault)
            if let glance { status.vault.take(glance) }
            status.vault.encrypted = configuration.vault.encrypts && glance?.counts.plainSegments ?? 0 == 0
        } catch {
            status.vault.error = "\(error)"
        }
        do throws(FileError) {
            status.vault.waiting_parts = try Intake(settings.state).names().count
        } catch {
            status.vault.error = "\(error)"
        }
    }

    private func lookAtReliability(_ status: inout Status) {
        do throws(ChronicleError) {
            status.reliability = Status.Reliability(try ReliabilityReport.observed(settings, host: host))
        } catch {
            status.reliability.error = "\(error)"
        }
    }

    /// When a file was written, ms since 1970.
    private func modified(_ path: String) -> Int64? {
        (try? Files.status(path)).map { Int64($0.st_mtim.tv_sec) * 1000 + Int64($0.st_mtim.tv_nsec) / 1_000_000 }
    }
}
