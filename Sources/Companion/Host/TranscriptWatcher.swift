internal import Capture
internal import Domain
internal import Glibc
package import Logging
internal import Platform
internal import Redis
package import Settings
internal import Storage
internal import Threads
internal import Transcripts

/// Finds transcripts that no hook reported: killed clients, hooks switched off, events that were missed. inotify says
/// which files change; a walk through all folders, every five minutes and whenever inotify lost track, says what it
/// missed. A file is captured when nothing was added to it for the inactivity timeout.
package actor TranscriptWatcher {
    /// It walks through folders, some of them perhaps on a network.
    private let executor = ThreadExecutor()
    private let settings: LiveSettings
    private let host: String
    private let client: RedisClient
    private let logger: Logger
    private var folders = FolderWatch()
    /// Files that changed, and when that was last seen.
    private var changed: [String: ContinuousClock.Instant] = [:]
    /// Files with nothing left to capture, and how they looked then.
    private var settled: [String: Look] = [:]
    private var lastWalk: ContinuousClock.Instant?
    /// Since 1970: what is said from now on is told of by hooks, where there are any.
    private let watchedSince = HostClock.wallMilliseconds

    private struct Look {
        var size: Int64
        var modifiedMilliseconds: Int64
        /// Where the cursor stood.
        var offset: Int64

        func isOf(_ file: TranscriptFile) -> Bool {
            size == file.size && modifiedMilliseconds == file.modifiedMilliseconds
        }
    }

    package init(settings: LiveSettings, host: String, client: RedisClient, logger: Logger) {
        self.settings = settings
        self.host = host
        self.client = client
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package nonisolated func service() -> Periodic {
        Periodic(name: "transcript watch") { [self] in
            await round(at: ContinuousClock().now)
            return .seconds(1)
        }
    }

    private var inactivity: Duration { .seconds(settings.current.configuration.inactivityTimeoutSeconds) }

    /// One look: cheap while nothing happens.
    package func round(at now: ContinuousClock.Instant) async {
        for path in folders.changes() { changed[path] = now }
        let isDue = lastWalk.map { now - $0 >= .seconds(settings.current.configuration.checkIntervalSeconds) } ?? true
        if isDue || folders.hasLostTrack {
            if lastWalk == nil { prepareStore() }
            lastWalk = now
            await forgetWhatRedisForgot()
            walk(at: now)
        }
        let quiet = changed.filter { now - $0.value >= inactivity }.map(\.key).sorted()
        for path in quiet {
            changed[path] = nil
            if let file = transcripts.file(path) { await capture(file, at: now) }
        }
    }

    private func prepareStore() {
        do throws(FileError) {
            try SessionStore(settings.atStart.state).prepare()
        } catch {
            logger.warning("what programs store is seen late: \(error)")
        }
    }

    private var transcripts: HostTranscripts { HostTranscripts(settings: settings.current) }

    /// A Redis that was flushed, or came back older than it was, has lost cursors: those files are not settled any more.
    private func forgetWhatRedisForgot() async {
        let paths = settled.keys.sorted()
        let settings = settings.atStart, host = host
        for start in stride(from: 0, to: paths.count, by: 500) {
            let page = Array(paths[start..<min(paths.count, start + 500)])
            let ids = page.map { FileID(host: host, path: Files.realPath($0) ?? $0) }
            do throws(RedisError) {
                let cursors = try await client.use { connection throws(RedisError) in
                    try connection.ask(EpisodeQueue(keys: settings.poolKeys(host: host)).cursors(of: ids))
                }
                for (path, cursor) in zip(page, cursors) where cursor.offset < settled[path]?.offset ?? 0 {
                    settled[path] = nil
                }
            } catch {
                return logger.debug("cursors not compared: \(error)")
            }
        }
    }

    /// Marks what changed within the rolling period and is not known to be captured.
    private func walk(at now: ContinuousClock.Instant) {
        let wall = HostClock.wallMilliseconds
        let period = settings.current.configuration.rollingPeriodHours * 3_600_000
        var seen: Set<String> = []
        var unreachable: [(path: String, reason: String)] = []
        let transcripts = transcripts
        for directory in transcripts.configDirectories {
            let source = transcripts.sources.source(of: directory)
            folders.watch(source.storage(in: directory), for: source)
            let walk = source.walk(directory)
            unreachable += walk.unreachable.map { ($0.path, $0.reason) }
            for file in walk.files {
                seen.insert(file.path)
                let age = wall - file.modifiedMilliseconds
                guard age < period, changed[file.path] == nil, settled[file.path]?.isOf(file) != true else { continue }
                // A file from the future was written before the clock was set back: it is watched from now on.
                changed[file.path] = now - .milliseconds(max(0, age))
            }
        }
        settled = settled.filter { seen.contains($0.key) }
        UncapturedMarks(settings.current.state).setPlaces(unreachable)
    }

    private func capture(_ file: TranscriptFile, at now: ContinuousClock.Instant) async {
        guard settled[file.path]?.isOf(file) != true else { return }
        let host = host
        let settings: Settings
        let rules: TrackingRules
        do throws(ConfigurationError) {
            settings = try self.settings.understood()
            rules = try settings.trackingRules()
        } catch {
            logger.error("nothing is captured until the configuration is mended: \(error)")
            changed[file.path] = now
            return
        }
        do throws(RedisError) {
            let (outcome, offset) = try await client.use { connection throws(RedisError) in
                let outcome = try Self.capture(file, settings, rules, host, &connection)
                let id = FileID(host: host, path: Files.realPath(file.path) ?? file.path)
                let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
                return (outcome, try connection.ask(queue.cursor(of: id)).offset)
            }
            let look = Look(size: file.size, modifiedMilliseconds: file.modifiedMilliseconds, offset: offset)
            switch outcome {
            case .captured(let episodes, let bytes):
                settled[file.path] = look
                guard episodes > 0 else { return }
                await missHooks(of: file, settings)
                logger.info("captured what no hook reported", metadata: ["file": "\(file.path)", "bytes": "\(bytes)"])
            case .excluded(let reason):
                settled[file.path] = look
                logger.debug("not captured: \(reason)", metadata: ["file": "\(file.path)"])
            case .full, .busy, .answerMissing: changed[file.path] = now
            case .missing: break
            case .unreadable(let reason):
                logger.warning("cannot read a transcript: \(reason)")
                changed[file.path] = now
            }
        } catch {
            logger.debug("no capture: \(error)")
            changed[file.path] = now
        }
    }

    /// Leaves word where a session was at work and the registry knows nothing of it: nobody tells it of any, then.
    private func missHooks(of file: TranscriptFile, _ settings: Settings) async {
        // A sub-agent's session is told of by its own transcript, and of what a program stores no hook need tell.
        guard file.agentID == nil, file.configDirectory != SessionStore(settings.state).own, let session = file.session,
            let mark = UnreportedMark(
                of: session, spoken: file.modifiedMilliseconds, watchedSince: watchedSince,
                lastHook: Latencies(settings.state, of: .hooks).lastCounted)
        else { return }
        do {
            guard try await client.ask(SessionRegistry(keys: settings.keys).session(session)) == nil else { return }
            try mark.leave(in: settings.state)
            logger.warning("no hook told of a session; is the plugin installed?", metadata: ["session": "\(session)"])
        } catch {
            logger.debug("not known whether hooks told of a session: \(error)")
        }
    }

    private static func capture(
        _ file: TranscriptFile, _ settings: Settings, _ rules: TrackingRules, _ host: String,
        _ connection: inout RedisConnection
    ) throws(RedisError) -> TranscriptCapture.Outcome {
        guard let origin = try EpisodeOrigin.find(for: file, settings: settings, host: host, over: &connection) else {
            return .excluded(reason: "names no session")
        }
        guard origin.isTracked(file, rules) else { return .excluded(reason: RecordingGaps.reason) }
        let request = CaptureRequest(path: file.path, configDirectory: file.configDirectory, agentID: file.agentID)
        return try TranscriptCapture(settings: settings, host: host).run(
            .init(request: request, origin: origin), over: &connection)
    }
}
