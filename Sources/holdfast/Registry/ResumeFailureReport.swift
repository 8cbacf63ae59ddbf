internal import Capture
internal import Domain
internal import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// Judges a failed resume and tells the registry.
struct ResumeFailureReport {
    enum Outcome {
        case dropped(SessionID)
        case kept(String)
        /// The key has another session or none; somebody else was faster.
        case unbound(SessionID)
        case noEvidence

        var name: String {
            switch self {
            case .dropped: "dropped"
            case .kept: "kept"
            case .unbound: "unbound"
            case .noEvidence: "no_evidence"
            }
        }

        var message: String {
            switch self {
            case .dropped(let session): "session \(session) no longer exists and was dropped; start fresh"
            case .kept(let message): message
            case .unbound(let session): "session \(session) no longer exists, and the key has it no more; start fresh"
            case .noEvidence: "nothing says that the session does not exist; nothing was dropped"
            }
        }
    }

    let key: DispatchKey
    let session: SessionID
    private let place: Workplace
    /// What is known of the session, the key's binding before all.
    private let known: SessionRecord

    /// - Parameter session: nil means the one the key has.
    init(key: DispatchKey, session: SessionID?, place: Workplace, over connection: inout RedisConnection) throws {
        self.key = key
        self.place = place
        let binding = try connection.ask(place.registry.binding(key))?.binding(of: key)
        guard let tried = session ?? binding?.sessionID else {
            throw Failure(.no, "\(key) has no session; nothing to drop")
        }
        self.session = tried
        let record = try connection.ask(place.registry.session(tried)) ?? SessionRecord()
        known = binding.map { $0.sessionID == tried ? record.overlaid(by: $0) : record } ?? record
    }

    /// Without Redis: what the mirror knows.
    init(key: DispatchKey, session: SessionID, mirrored: Binding?, place: Workplace) {
        self.key = key
        self.session = session
        self.place = place
        known = mirrored.map { SessionRecord().overlaid(by: $0) } ?? SessionRecord()
    }

    func verdict(saidNotFound: Bool) -> ResumeVerdict {
        let config = HookContext.configDirectory(place.settings.environment)
        let isOwnHost = known.host == place.host
        let home = isOwnHost && !known.configDirectory.isEmpty ? known.configDirectory : config
        // The client's word counts more here than which folder this is: only one that is gone, empty or closed says nothing.
        var presence = TranscriptSearch(configDirectory: home).find(session, hint: known.transcriptPath)
        // A session of another host was never expected here: where nothing is, it is not either.
        if case .unknown = presence, !isOwnHost, Self.isMissingOrEmpty(home + "/projects") { presence = .absent }
        var hasMessages = true
        if case .found(let path) = presence { hasMessages = TranscriptSearch.hasMessages(path) }
        return .decide(saidNotFound: saidNotFound, presence: presence, hasMessages: hasMessages, cwd: known.cwd)
    }

    private static func isMissingOrEmpty(_ folder: String) -> Bool {
        do throws(FileError) {
            return try Files.names(in: folder).isEmpty
        } catch {
            return error.isMissing
        }
    }

    func send(saidNotFound: Bool, force: Bool, over connection: inout RedisConnection) throws -> Outcome {
        let verdict = force ? .drop : verdict(saidNotFound: saidNotFound)
        guard let news = news(verdict) else { return .noEvidence }
        let outcome = try connection.run(place.registry.failingResume(news, at: HostClock.now()))
        return settle(verdict, wasBound: outcome != .unbound)
    }

    /// With Redis away: the mirror is changed and a note tells Redis later.
    func note(saidNotFound: Bool, force: Bool = false) throws -> Outcome {
        let verdict = force ? .drop : verdict(saidNotFound: saidNotFound)
        guard let news = news(verdict) else { return .noEvidence }
        try Spool(folder: place.settings.state.spool).write(news, pid: ProcessTable.own.pid)
        return settle(verdict, wasBound: true)
    }

    private func news(_ verdict: ResumeVerdict) -> SessionNews? {
        if case .noEvidence = verdict { return nil }
        let age = place.settings.configuration.ages.milliseconds(for: key)
        var news = SessionNews(
            .resumeFailed, of: session, key: key, at: HostClock.now(), host: place.host, maxSessionAgeMilliseconds: age)
        news.isKept = verdict != .drop
        return news
    }

    private func settle(_ verdict: ResumeVerdict, wasBound: Bool) -> Outcome {
        switch verdict {
        case .drop:
            BindingMirror(folder: place.settings.state.bindings).drop(key, session: session)
            return wasBound ? .dropped(session) : .unbound(session)
        case .keep(let cwd):
            return .kept(
                "session \(session) exists and is kept; this client resumes it only from \(cwd.isEmpty ? "its own folder" : cwd)"
            )
        case .keepUnseen(let reason):
            return .kept(
                "session \(session) is kept, since its transcript could not be looked for: \(reason); if that is as it should be, run 'holdfast sessions drop \(key)'"
            )
        case .noEvidence:
            return .noEvidence
        }
    }
}
