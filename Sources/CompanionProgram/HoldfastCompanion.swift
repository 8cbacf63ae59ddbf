internal import Companion
internal import Dashboard
internal import Domain
internal import Glibc
internal import Logging
internal import Operations
internal import Platform
internal import Redis
internal import ServiceLifecycle
package import Settings
internal import Storage
internal import UnixSignals

/// The daemon: embedded Redis, heartbeat, sweep, note replay. One per host and state folder.
package enum HoldfastCompanion {
    /// What keeps the relay from speaking TLS by the settings, as far as a look at the files tells; nil where nothing does.
    package static func relayFault(in settings: Settings) -> String? { RelayService.fault(in: settings) }

    /// - Parameter words: behind the program's name.
    package static func main(_ words: some Collection<String>) async {
        StandardStreams.prepare()
        answerQuestions(words)
        NameResolution.useOwn()
        umask(0o077)
        let isDetached = words.contains("--detached")
        let settings: Settings
        do throws(ConfigurationError) {
            settings = try Settings.load()
        } catch {
            end("\(error)", code: 78)
        }
        let failure = StartFailure(settings.state)
        do {
            try settings.state.prepare()
            guard let lock = try takeLock(settings.state.companionLock) else {
                // Of the one that runs this says nothing.
                failure.clear()
                end("a companion runs already on \(settings.state.path); 'holdfast status' tells of it", code: 75)
            }
            let starter = CompanionStarter(settings: settings)
            // Started by itself a moment before a person stopped it; a service manager's start is a person's, unless it brings
            // back what 'holdfast down' had to kill.
            let wasKilled = starter.takeKillMark()
            if isDetached && starter.isStoppedByPerson || wasKilled && isOfServiceManager(settings) {
                failure.clear()
                end("stopped by 'holdfast down'", code: 75)
            }
            starter.clearStopMark()
            try settings.state.checkVersion()
            // A full disk keeps nobody from starting: the next start notes it.
            try? settings.state.noteVersion()
            try lock.write(String(getpid()))
            if isDetached { LogFile.open(settings.state.companionLog) }
            try await run(settings, isDetached: isDetached)
            // Held to the last line: whoever finds it free may start another.
            _ = consume lock
        } catch {
            let reason = Failure(of: error)
            failure.note(reason.message)
            // By 78 a service manager knows that starting it again is of no use.
            end(
                reason.message,
                code: reason.code == .configuration || isNewer(error) ? Failure.Code.configuration.rawValue : 1)
        }
    }

    private static func isNewer(_ error: any Error) -> Bool {
        if case .newer = error as? RedisError { true } else { false }
    }

    /// systemd tells its own child so, from version 248 on.
    private static func isOfServiceManager(_ settings: Settings) -> Bool {
        settings.environment["SYSTEMD_EXEC_PID"] == String(getpid())
    }

    /// Who asks what this is gets an answer, and no daemon.
    private static func answerQuestions(_ words: some Collection<String>) {
        for word in words where word != "--detached" {
            switch word {
            case "--version": print(Holdfast.version)
            case "--help", "-h":
                print("The daemon of Holdfast. 'holdfast up' starts it; with --foreground, for a service manager.")
            default: end("no argument '\(word.prefix(100))'; 'holdfast up' starts the companion", code: 64)
            }
            exit(0)
        }
    }

    private static func run(_ settings: Settings, isDetached: Bool) async throws {
        let live = LiveSettings(settings)
        LoggingSystem.bootstrap { LiveLogHandler(label: $0, settings: live) }
        let logger = Logger(label: "holdfast-companion")
        let connector = RedisConnector(settings)
        let client = RedisClient(connector), capturing = RedisClient(connector)
        let host = try settings.state.host()
        let hostServices = HostServices(settings: live, host: host, client: client, logger: logger)
        let watcher = TranscriptWatcher(settings: live, host: host, client: capturing, logger: logger)
        let name = "\(host):\(getpid()):\(HostClock.wallMilliseconds)"
        let reliability = ReliabilityServices(state: settings.state, name: name, logger: logger)
        let memories = try MemoryServices(
            settings: live, host: host, name: name, connector: connector, reliability: reliability, logger: logger)
        var services: [any Service] = []
        let supersession = Supersession()
        if settings.configuration.usesEmbeddedRedis {
            services.append(EmbeddedRedis(state: settings.state, logger: logger))
        }
        if let upstream = settings.redisUpstream {
            services.append(RelayService(settings: live, upstream: upstream, logger: logger))
        }
        services += [
            SettingsWatch(settings: live, logger: logger).service(),
            // Stopped after the heartbeat: services end from the last to the first.
            hostServices.farewell(),
            hostServices.heartbeat(
                startedMilliseconds: HostClock.wallMilliseconds, hurriedBy: memories.news,
                report: { await memories.told }, onBeat: { await reliability.keeper.beat(isServed: $0) },
                onNewer: supersession.end),
            reliability.presence(),
            hostServices.sweep(), hostServices.replay(), hostServices.replayAdditions(),
            hostServices.capture(over: capturing), hostServices.watchSpool(),
            hostServices.watchRetention(over: capturing, report: memories.report), watcher.service(),
            hostServices.watchPools(over: client, report: memories.report),
            LedgerReport(report: memories.report, logger: logger) { known in
                let place = try Workplace(settings: live.understood())
                let mark = place.transcriptsMark()
                return (mark, mark == known ? nil : try place.ledgerOfRollingPeriod())
            }.service(),
            NoticeReport(state: settings.state, logger: logger) {
                let status = try Workplace(settings: live.understood()).status()
                return (status.notice, status.pastTroubles)
            } onTroubles: {
                await reliability.keeper.standing($0)
            }.service(),
        ]
        services += memories.services
        services.append(
            VaultKeeping(
                settings: live, host: host, client: capturing, audited: reliability.audited, logger: logger,
                onComplaint: { await memories.report.found(vaultError: $0) }
            ).service())
        let searchGraph = memories.graphSearch
        services.append(
            PageService(
                settings: live, report: memories.report, news: memories.news, searchGraph: searchGraph, logger: logger))
        services.append(ProgramService(settings: live, searchGraph: searchGraph, logger: logger))
        if isDetached { services.append(LogFile.rotation(settings.state.companionLog)) }
        logger.info(
            "companion started", metadata: ["version": "\(Holdfast.version)", "state": "\(settings.state.path)"])
        var parts = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        parts.append(.init(service: supersession, failureTerminationBehavior: .gracefullyShutdownGroup))
        let group = ServiceGroupConfiguration(
            services: parts, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await ServiceGroup(configuration: group).run()
        logger.info("companion stopped")
    }

    /// Who only looks whether a companion runs holds the lock for an instant: tried for a second.
    private static func takeLock(_ path: String) throws(FileError) -> FileLock? {
        for _ in 0..<50 {
            if let lock = try FileLock.take(path) { return lock }
            usleep(20_000)
        }
        return nil
    }

    private static func end(_ message: String, code: Int32) -> Never {
        LastWords.say("holdfast-companion: \(message)")
        exit(code)
    }
}
