package import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// What a failed resume meant, and what became of the session.
package struct FailedResume: Encodable, Sendable {
    package enum Outcome: String, Encodable, Sendable {
        case dropped, kept
        /// The key has another session or none; somebody else was faster.
        case unbound
        case noEvidence = "no_evidence"
    }

    package let dispatch_key: String
    package let session_id: String
    package let outcome: Outcome
    package let message: String
}

extension Workplace {
    /// Judges a failed resume and tells the registry; while Redis is away the mirror is changed, and a note tells Redis
    /// later.
    /// - Parameters:
    ///   - session: what was tried; nil means the one the key has.
    ///   - saidNotFound: whether the client said that there is no such session.
    ///   - force: drop it whatever the evidence says.
    /// - Throws: `Failure` where the key has no session; `RedisError` where nobody knows which it had.
    package func reportFailedResume(
        of key: DispatchKey, session: SessionID?, saidNotFound: Bool, force: Bool = false
    ) throws -> FailedResume {
        do {
            var connection = try connectStarting()
            let attempt = try FailedAttempt(key: key, session: session, place: self, over: &connection)
            let verdict = force ? .drop : attempt.verdict(saidNotFound: saidNotFound)
            var wasBound = true
            if let news = attempt.news(verdict) {
                wasBound = try connection.run(registry.failingResume(news, at: HostClock.now())) != .unbound
            }
            return attempt.settle(verdict, wasBound: wasBound)
        } catch let error as RedisError where error.isAway {
            let mirrored = BindingMirror(folder: settings.state.bindings).binding(of: key)
            guard let session = session ?? mirrored?.sessionID else { throw error }
            let attempt = FailedAttempt(key: key, session: session, mirrored: mirrored, place: self)
            let verdict = force ? .drop : attempt.verdict(saidNotFound: saidNotFound)
            if let news = attempt.news(verdict) {
                try Spool(folder: settings.state.spool).write(news, pid: ProcessTable.own.pid)
            }
            return attempt.settle(verdict, wasBound: true)
        }
    }
}

/// An attempt to resume, with what is known of its session.
private struct FailedAttempt {
    private let key: DispatchKey
    private let session: SessionID
    private let place: Workplace
    /// What is known of the session, the key's binding before all.
    private let known: SessionRecord

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
        let sources = TranscriptSources.standard
        let config = sources.client.configDirectory(place.settings.environment)
        let isOwnHost = known.host == place.host
        let home = isOwnHost && !known.configDirectory.isEmpty ? known.configDirectory : config
        // The client's word counts more here than which folder this is: only one that is gone, empty or closed says nothing.
        let source = sources.source(of: home)
        var presence = source.find(session, in: home, hint: known.transcriptPath)
        // A session of another host was never expected here: where nothing is, it is not either.
        if case .unknown = presence, !isOwnHost, source.isStorageMissingOrEmpty(in: home) { presence = .absent }
        var hasMessages = true
        if case .found(let path) = presence { hasMessages = source.hasMessages(path) }
        return .decide(saidNotFound: saidNotFound, presence: presence, hasMessages: hasMessages, cwd: known.cwd)
    }

    /// What the registry is to hear; nil without evidence.
    func news(_ verdict: ResumeVerdict) -> SessionNews? {
        if case .noEvidence = verdict { return nil }
        let age = place.settings.configuration.ages.milliseconds(for: key)
        var news = SessionNews(
            .resumeFailed, of: session, key: key, at: HostClock.now(), host: place.host, maxSessionAgeMilliseconds: age)
        news.isKept = verdict != .drop
        return news
    }

    func settle(_ verdict: ResumeVerdict, wasBound: Bool) -> FailedResume {
        if verdict == .drop { BindingMirror(folder: place.settings.state.bindings).drop(key, session: session) }
        let (outcome, message): (FailedResume.Outcome, String) =
            switch verdict {
            case .drop where wasBound:
                (.dropped, "session \(session) no longer exists and was dropped; start fresh")
            case .drop:
                (.unbound, "session \(session) no longer exists, and the key has it no more; start fresh")
            case .keep(let cwd):
                (
                    .kept,
                    "session \(session) exists and is kept; this client resumes it only from \(cwd.isEmpty ? "its own folder" : cwd)"
                )
            case .keepUnseen(let reason):
                (
                    .kept,
                    "session \(session) is kept, since its transcript could not be looked for: \(reason); if that is as it should be, run 'holdfast sessions drop \(key)'"
                )
            case .noEvidence:
                (.noEvidence, "nothing says that the session does not exist; nothing was dropped")
            }
        return FailedResume(
            dispatch_key: key.rawValue, session_id: session.rawValue, outcome: outcome, message: message)
    }
}
