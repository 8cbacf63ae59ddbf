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
    /// What became of it, and what the caller does now.
    package var message: String { outcome == .noEvidence ? sentence : sentence + "; start fresh" }
    /// What became of it.
    package let sentence: String

    private enum CodingKeys: CodingKey { case dispatch_key, session_id, outcome, message }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(dispatch_key, forKey: .dispatch_key)
        try object.encode(session_id, forKey: .session_id)
        try object.encode(outcome, forKey: .outcome)
        try object.encode(message, forKey: .message)
    }
}

extension Workplace {
    /// Judges a failed resume and tells the registry; while Redis is away the mirror is changed, and a note tells Redis
    /// later.
    /// - Parameters:
    ///   - session: what was tried; nil means the one the key has.
    ///   - wasRefused: whether the client said that it cannot resume it.
    ///   - folder: from which it was tried; empty where that is not known.
    ///   - force: drop it whatever the evidence says.
    /// - Throws: `Failure` where the key has no session; `RedisError` where nobody knows which it had.
    package func reportFailedResume(
        of key: DispatchKey, session: SessionID?, wasRefused: Bool, from folder: String = "", force: Bool = false
    ) throws -> FailedResume {
        do {
            var connection = try connectStarting()
            var attempt = try FailedAttempt(key: key, session: session, place: self, over: &connection)
            attempt.folder = folder
            let verdict = force ? .drop(.told) : attempt.verdict(wasRefused: wasRefused)
            guard let news = attempt.news(verdict) else { return attempt.settle(verdict, .kept) }
            return attempt.settle(verdict, try connection.run(registry.failingResume(news, at: HostClock.now())))
        } catch let error as RedisError {
            let mirrored = BindingMirror(folder: settings.state.bindings).binding(of: key)
            guard let session = session ?? mirrored?.sessionID else { throw error }
            var attempt = FailedAttempt(key: key, session: session, mirrored: mirrored, place: self)
            attempt.folder = folder
            let verdict = force ? .drop(.told) : attempt.verdict(wasRefused: wasRefused)
            if let news = attempt.news(verdict) {
                try Spool(folder: settings.state.spool).write(news, pid: ProcessTable.own.pid)
            }
            return attempt.settle(verdict, verdict.isDrop ? .dropped : .kept)
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
    /// From where it was tried.
    var folder = ""

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

    func verdict(wasRefused: Bool) -> ResumeVerdict {
        let sources = TranscriptSources.standard
        let config = sources.client.configDirectory(place.settings.environment)
        let isOwnHost = known.host == place.host
        let home = isOwnHost && !known.configDirectory.isEmpty ? known.configDirectory : config
        // The client's word counts more here than which folder this is: only one that is gone, empty or closed says nothing.
        let source = sources.source(of: home)
        var presence = source.find(session, in: home, hint: known.transcriptPath)
        // A session of another host was never expected here: where nothing is, it is not either.
        if case .unknown = presence, !isOwnHost, source.isStorageMissingOrEmpty(in: home) { presence = .absent }
        return .decide(wasRefused: wasRefused, presence: presence) {
            guard case .found(let path) = presence else {
                return .init(hasMessages: false, folder: "", isFolderGone: false, wasTriedThere: false)
            }
            return sight(path, source)
        }
    }

    private func sight(_ path: String, _ source: any TranscriptSource) -> ResumeVerdict.Sighting {
        // What was recorded last may be a folder that the session only went to; the transcript lies where it belongs.
        let home =
            [known.cwd, source.head(of: path).cwd].first { !$0.isEmpty && source.isKept(path, for: $0) } ?? known.cwd
        // A link may stand now where the folder was.
        let isThere =
            !folder.isEmpty
            && (folder == home || folder == Files.realPath(home) || source.isKept(path, for: folder))
        return .init(
            hasMessages: source.hasMessages(path, from: 0), folder: home,
            isFolderGone: !home.isEmpty && !Files.isFolder(home),
            wasTriedThere: isThere)
    }

    /// What the registry is to hear; nil without evidence.
    func news(_ verdict: ResumeVerdict) -> SessionNews? {
        if case .noEvidence = verdict { return nil }
        let age = place.settings.configuration.ages.milliseconds(for: key)
        var news = SessionNews(
            .resumeFailed, of: session, key: key, at: HostClock.now(), host: place.host, maxSessionAgeMilliseconds: age)
        news.isKept = !verdict.isDrop
        news.cwd = folder
        return news
    }

    func settle(_ verdict: ResumeVerdict, _ outcome: FailResume.Outcome) -> FailedResume {
        // Also where it is kept: what the mirror answers while Redis is away must not be refused again.
        if verdict != .noEvidence { BindingMirror(folder: place.settings.state.bindings).drop(key, session: session) }
        let (told, sentence): (FailedResume.Outcome, String) =
            switch (verdict, outcome) {
            case (.noEvidence, _):
                (.noEvidence, "nothing says that the session does not exist; nothing was dropped")
            case (.drop(let cause), .dropped), (.drop(let cause), .kept):
                (.dropped, "session \(session) \(Self.words(cause)) and was dropped")
            case (.drop(let cause), .unbound):
                (.unbound, "session \(session) \(Self.words(cause)), and the key has it no more")
            case (.keep, .unbound), (.keepUnseen, .unbound):
                (.unbound, "session \(session) was refused, and the key has it no more")
            case (.keep, .dropped), (.keepUnseen, .dropped):
                (.dropped, "session \(session) was refused twice in a row and was dropped")
            case (.keep(let home), .kept):
                (
                    .kept,
                    "session \(session) was refused here and is kept: an older client resumes it only from \(home.isEmpty ? "its own folder" : home); refused once more it is dropped"
                )
            case (.keepUnseen(let reason), .kept):
                (
                    .kept,
                    "session \(session) was refused and is kept, since its transcript could not be looked for: \(reason); refused once more it is dropped"
                )
            }
        return FailedResume(
            dispatch_key: key.rawValue, session_id: session.rawValue, outcome: told, sentence: sentence)
    }

    private static func words(_ cause: ResumeVerdict.Cause) -> String {
        switch cause {
        case .gone: "no longer exists"
        case .empty: "holds no conversation that the client resumes"
        case .refused: "is refused by the client although its transcript is here"
        case .told: "is given up"
        }
    }
}
