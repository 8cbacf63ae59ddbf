package import Domain
internal import Platform
internal import Settings
internal import Transcripts

extension HookContext {
    /// What this event tells the registry.
    /// - Parameter hasPendingStart: whether a start of the session still waits in the spool.
    package func news(_ input: HookInput, key: DispatchKey?, host: String, hasPendingStart: () -> Bool) -> SessionNews {
        let age = key.map(settings.configuration.ages.milliseconds) ?? settings.configuration.ages.standardMilliseconds
        var news = SessionNews(
            kind(of: input), of: input.sessionID, key: key, at: now, host: host, maxSessionAgeMilliseconds: age)
        news.configDirectory = configDirectory
        news.cwd = input.cwd
        news.source = job?.source(of: input) ?? input.source
        news.reason = input.reason
        news.model = input.model
        news.outerSession = outerSession(of: input.sessionID)
        if let client = clientProcess() {
            news.process = client.process
            news.processSpace = ProcessTable.space.text
            news.ancestors = ProcessTable.ancestors(of: client)
        }
        if let path = trustedTranscript(input) {
            news.transcript = .found
            news.transcriptPath = path
            news.projectsFolder = client.storageMark(in: configDirectory)
        } else {
            if isPlausible(input.transcriptPath, for: input.sessionID) { news.transcriptPath = input.transcriptPath }
            if input.event == .sessionEnd { look(for: input.sessionID, into: &news) }
        }
        if news.kind == .stopped { weigh(input, into: &news) }
        if news.kind == .ended {
            news.startIsNotPending = !hasPendingStart()
            let holder = client.process(of: input.sessionID, in: configDirectory)
            if let holder, holder != news.process { news.isHeld = true }
        }
        return news
    }

    /// Whether the turn got an answer, and whose account was asked.
    private func weigh(_ input: HookInput, into news: inout SessionNews) {
        news.credential = CredentialMark.of(settings.environment, login: news.host + " " + news.configDirectory)
        guard input.event == .stopFailure else { return }
        let text = input.lastAssistantMessage + " " + input.errorDetails
        switch TurnFailure.of(error: input.error, text: text) {
        case .poisoned(let name): news.failure = name
        case .passing: news.failure = TurnFailure.passingName
        case .usageLimit:
            news.failure = TurnFailure.passingName
            news.limitedUntilMilliseconds = ResetTime.read(text).flatMap {
                ZonedClock.milliseconds(of: $0, after: now.wallMilliseconds)
            }
        }
    }

    /// At the end all slugs are searched: a client may name a path under the wrong one.
    private func look(for session: SessionID, into news: inout SessionNews) {
        news.projectsFolder = client.storageMark(in: configDirectory)
        switch client.find(session, in: configDirectory) {
        case .found(let path):
            news.transcript = .found
            news.transcriptPath = path
        case .absent: news.transcript = .absent
        case .unknown: news.transcript = .unknown
        }
    }

    private func kind(of input: HookInput) -> SessionNews.Kind {
        switch input.event {
        case .sessionStart: .started
        case .userPromptSubmit: .prompted
        // A sub-agent's stop ends no turn of the session.
        case .stop, .stopFailure: input.isSubagent ? .worked : .stopped
        case .subagentStop, .preCompact, .postToolUseFailure, .preToolUse: .worked
        case .sessionEnd: input.reason == "clear" ? .cleared : .ended
        }
    }
}
