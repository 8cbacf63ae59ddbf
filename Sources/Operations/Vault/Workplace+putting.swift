internal import Archive
package import Domain
internal import Glibc
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

extension Workplace {
    /// The config folder of a client that is started from here.
    package var clientDirectory: String { TranscriptSources.standard.client.configDirectory(settings.environment) }

    /// Puts a session back from the vault and tells the registry, which gives it to its key again; while Redis is away the
    /// mirror is changed, and a note tells Redis later.
    /// - Parameters:
    ///   - key: whose it is; nil: the one the registry knows it by.
    ///   - configDirectory: the client's; nil for that of this environment.
    ///   - folder: in which the client will be started.
    /// - Returns: nil where the session is there already.
    package func putBack(
        _ session: SessionID, of key: DispatchKey?, to configDirectory: String? = nil, for folder: String
    ) throws(RestoreError) -> SessionRestore.Restored? {
        let directory = configDirectory ?? clientDirectory
        do throws(RestoreError) {
            let restore = SessionRestore(settings: settings)
            let restored = try Self.patiently { () throws(RestoreError) in
                try restore.restore(
                    session, to: directory, for: folder,
                    words: { () throws(RestoreError) in try restore.words(of: session) })
            }
            guard let restored else { return nil }
            tell(of: session, key, directory, folder, .found, restored.path, outcome: restored.outcome)
            return restored
        } catch {
            // What was never kept is no restore that failed.
            if case .notKept = error { throw error }
            tell(of: session, key, directory, folder, .unknown, "", outcome: .failed)
            throw error
        }
    }

    /// Where a session's transcript lies; nil where it does not, or nobody can look.
    /// - Parameter configDirectory: the client's; nil for that of this environment.
    package func path(of session: SessionID, in configDirectory: String? = nil) -> String? {
        let directory = configDirectory ?? clientDirectory
        let source = TranscriptSources.standard.source(of: directory)
        guard case .found(let path) = source.find(session, in: directory) else { return nil }
        return path
    }

    /// How long another process that puts the same session back is waited for.
    private static let patience: Duration = .seconds(30)

    /// Tries again while another puts the same session back: afterwards it is there.
    private static func patiently<Value>(
        _ body: () throws(RestoreError) -> Value
    ) throws(RestoreError) -> Value {
        let watch = Stopwatch(limit: patience)
        while true {
            do throws(RestoreError) {
                return try body()
            } catch {
                guard case .placement(.busy) = error, !watch.isOver else { throw error }
                usleep(50_000)
            }
        }
    }

    func tell(
        of session: SessionID, _ key: DispatchKey?, _ directory: String, _ folder: String,
        _ presence: SessionNews.Presence, _ path: String, outcome: RestoreOutcome
    ) {
        let now = HostClock.now()
        var connection = try? connect()
        let known = (try? connection?.ask(registry.session(session))) ?? nil
        let key = key ?? known?.dispatchKey
        let age = key.map(settings.configuration.ages.milliseconds) ?? settings.configuration.ages.standardMilliseconds
        var news = SessionNews(.restored, of: session, key: key, at: now, host: host, maxSessionAgeMilliseconds: age)
        news.reason = outcome.rawValue
        news.transcript = presence
        if presence == .found {
            news.configDirectory = directory
            news.cwd = folder
            news.transcriptPath = path
            news.projectsFolder = TranscriptSources.standard.source(of: directory).storageMark(in: directory)
        }
        do throws(RedisError) {
            guard connection != nil, try connection?.run(registry.telling(news, at: now)) != nil else {
                throw .unexpectedReply(expected: "what the key has")
            }
        } catch {
            // A note tells it later; where none can be written, the client's own hooks tell of the session.
            if presence == .found {
                _ = try? Spool(folder: settings.state.spool).write(news, pid: ProcessTable.own.pid)
            }
        }
        guard presence == .found, let key, BindingMirror(folder: settings.state.bindings).binding(of: key) == nil else {
            return
        }
        try? BindingMirror(folder: settings.state.bindings).save(
            Binding(
                dispatchKey: key, sessionID: session, lastUsedMilliseconds: now.wallMilliseconds, host: host,
                configDirectory: directory, cwd: folder, transcriptPath: path))
    }

    /// A session that cannot be put back is missing: its key starts fresh from now on. What is in the way for now costs the key
    /// nothing: a later dispatch tries again, unless it has another session by then.
    package func giveUp(_ session: SessionID, of key: DispatchKey, for error: RestoreError) {
        guard error.isFinal else { return }
        let lookup = SessionLookup(key: key, settings: settings, host: host)
        let now = HostClock.now()
        let news = lookup.droppedNews(session, reason: .missing, at: now)
        BindingMirror(folder: settings.state.bindings).drop(key, session: session)
        do throws(RedisError) {
            var connection = try connect()
            _ = try connection.run(registry.dropping(news, at: now))
            try lookup.letCarry(from: session, .missing, isDropped: true, over: &connection)
        } catch {
            _ = try? Spool(folder: settings.state.spool).write(news, pid: ProcessTable.own.pid)
        }
    }
}
