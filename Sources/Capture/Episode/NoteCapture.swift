package import Domain
internal import Platform
package import Redis
package import Settings
internal import Storage
package import Transcripts

/// Does what a note asks for beside its news: captures the transcript, or finds that it must wait.
package struct NoteCapture: Sendable {
    package enum Verdict: Sendable, Equatable {
        /// Nothing of it is left to do.
        case done(String)
        /// Try again later: it is in the nature of things that it is not there yet.
        case wait(String)
        /// Try again later: something is wrong.
        case trouble(String)
        /// The queue has no room; nor will it have for others.
        case full
    }

    let capture: TranscriptCapture
    private let host: String
    private let inactivityMilliseconds: Int64
    private let sources: TranscriptSources
    private let registry: SessionRegistry

    package init(settings: Settings, host: String, sources: TranscriptSources = .standard) {
        self.host = host
        registry = SessionRegistry(keys: settings.keys)
        capture = TranscriptCapture(settings: settings, host: host, sources: sources)
        self.sources = sources
        inactivityMilliseconds = settings.configuration.inactivityTimeoutSeconds * 1000
    }

    /// - Parameters:
    ///   - patience: how long to wait for the answer.
    package func run(
        _ note: Note, over connection: inout RedisConnection, patience: Duration = .zero, isHistory: Bool = false
    ) throws(RedisError) -> Verdict {
        guard let request = note.capture else { return .done("nothing to capture") }
        var job = TranscriptCapture.Job(request: request, origin: note.origin)
        job.isHistory = isHistory
        // A note is of this host, also where its hook could not read the name.
        job.origin.host = host
        let outcome = try capture.run(job, over: &connection, patience: patience)
        let isOld = note.news.moment.ageMilliseconds(at: HostClock.now()) > inactivityMilliseconds
        switch outcome {
        case .captured(let episodes, _):
            if [.ended, .cleared].contains(note.news.kind) { return try captureSubagents(of: job, over: &connection) }
            return .done("\(episodes) episodes")
        case .excluded(let reason): return .done(reason)
        case .missing where hasEndedWithoutTranscript(note, request):
            if try hadTurn(note, over: &connection) { capture.markMissing(job) }
            return .done("no transcript was written")
        case .answerMissing, .missing:
            guard isOld else { return .wait("the transcript has not received it all") }
            if outcome == .missing, try hadTurn(note, over: &connection) { capture.markMissing(job) }
            switch try capture.pushAnswer(job, over: &connection) {
            // Nobody else has the words: the note stays until the archive has them.
            case .pushed: return .wait("the archive has not taken the answer in yet")
            case .archived: return .done("by the hook's word")
            case .full: return .full
            }
        case .full: return .full
        case .busy: return .wait("another process captures it")
        case .unreadable(let reason): return .trouble(reason)
        }
    }

    /// Whether a person asked something: that stands in the transcript alone, and is not kept where there is none.
    private func hadTurn(_ note: Note, over connection: inout RedisConnection) throws(RedisError) -> Bool {
        if note.news.kind == .stopped || note.capture?.answer != nil { return true }
        return try connection.ask(registry.session(note.news.sessionID)).map { $0.turns > 0 } ?? false
    }

    /// At its end a session's transcript is complete: one that is not there, under a folder that is, never will be. It was
    /// opened and left without a prompt.
    private func hasEndedWithoutTranscript(_ note: Note, _ request: CaptureRequest) -> Bool {
        (note.news.kind == .ended || note.news.kind == .cleared) && request.answer == nil
            && sources.source(of: request.configDirectory).hasStorage(in: request.configDirectory)
    }

    /// A session that has ended leaves no sub-agent behind, whatever its hooks told.
    private func captureSubagents(
        of job: TranscriptCapture.Job, over connection: inout RedisConnection
    ) throws(RedisError) -> Verdict {
        let source = sources.source(of: job.request.configDirectory)
        for file in source.subagents(of: job.request.path) {
            var own = job
            own.request = CaptureRequest(
                path: file.path, configDirectory: job.request.configDirectory, agentID: file.agentID)
            own.origin.agentID = file.agentID
            switch try capture.run(own, over: &connection) {
            case .full: return .full
            case .busy, .unreadable: return .wait("\(file.path) could not be read yet")
            case .captured, .excluded, .missing, .answerMissing: break
            }
        }
        return .done("with its sub-agents")
    }
}

extension Note {
    var origin: EpisodeOrigin {
        EpisodeOrigin(
            session: news.sessionID, dispatchKey: news.dispatchKey, host: news.host, agentID: capture?.agentID)
    }
}

extension EpisodeOrigin {
    /// Whose words a transcript holds that no hook reported: the session of its name or of its first lines, under the key
    /// the registry knows it by, else that of its folder.
    /// - Returns: nil when the file does not say which session it is.
    package static func find(
        for file: TranscriptFile, settings: Settings, host: String, sources: TranscriptSources = .standard,
        over connection: inout RedisConnection
    ) throws(RedisError) -> EpisodeOrigin? {
        let head = sources.source(of: file).head(of: file.path)
        guard let session = file.session ?? SessionID(rawValue: head.sessionID) else { return nil }
        var key = try connection.ask(SessionRegistry(keys: settings.keys).session(session))?.dispatchKey
        if key == nil, head.cwd.hasPrefix("/") { key = try? DispatchKey.directory(head.cwd) }
        return EpisodeOrigin(session: session, dispatchKey: key, host: host, agentID: file.agentID)
    }

    /// Whether a transcript that no hook reported may be recorded.
    package func isTracked(
        _ file: TranscriptFile, _ rules: TrackingRules, sources: TranscriptSources = .standard
    ) -> Bool {
        rules.isTracked(key: dispatchKey, project: sources.source(of: file).head(of: file.path).cwd)
    }
}
