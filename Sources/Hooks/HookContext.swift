package import Domain
package import Platform
internal import Redaction
package import Settings
package import Transcripts

/// Who runs a hook of Claude Code: key, client process and folders, read from the environment.
package struct HookContext: Sendable {
    /// Its environment holds nothing of another's dispatch.
    package let settings: Settings
    package let now: Moment
    /// Where the client's background service runs the session.
    let job: BackgroundJob?
    /// The client whose hooks these are.
    package let client = ClaudeCode()

    package init(settings: Settings, now: Moment) {
        var settings = settings
        job = BackgroundJob(settings.environment) { Self.clientProcess(settings.environment)?.process }
        if let job { settings.environment = job.environment }
        self.settings = settings
        self.now = now
    }

    private var environment: [String: String] { settings.environment }

    package var isDisabled: Bool { environment["HOLDFAST_DISABLED"] == "1" }

    /// The client's config folder; a session ID means something only with it.
    package var configDirectory: String { foreignConfigDirectory ?? client.configDirectory(environment) }

    /// What says where the drives of a Windows are mounted whose Linux this is.
    package var wslConfiguration = WindowsDrives.configuration
    var driveRoot: String { WindowsDrives.root(by: wslConfiguration) }

    /// That of a client on Windows, whose home is not ours: as its transcripts' paths name it.
    private var foreignConfigDirectory: String?

    /// The same for what a client on Windows tells.
    func seen(from input: HookInput) -> HookContext {
        let path = Array(input.transcriptPath.utf8), storage = client.storage(in: "") + "/"
        var end = 0
        while let next = path[end...].position(behind: storage) { end = next }
        guard end > 0 else { return self }
        var context = self
        context.foreignConfigDirectory = String(decoding: path[..<(end - storage.utf8.count)], as: UTF8.self)
        return context
    }

    package func project(_ input: HookInput) -> String {
        let named = environment["CLAUDE_PROJECT_DIR"] ?? input.cwd
        let project = ProjectPath.isOfWindows(named) ? ProjectPath.mounted(named, root: driveRoot) : named
        return Files.realPath(project) ?? project
    }

    /// - Returns: nil where nobody can tell whether a background session has a key of its own.
    /// - Throws: when `HOLDFAST_KEY` is no usable key; the session is then recorded under none.
    package func dispatchKey(_ input: HookInput) throws(DispatchKey.Invalid) -> DispatchKey? {
        if let name = environment["HOLDFAST_KEY"], !name.isEmpty { return try DispatchKey(name) }
        if let job, !job.isKnown { return nil }
        return try DispatchKey.directory(project(input))
    }

    /// The session whose tools started this client, if that is another one.
    package func outerSession(of session: SessionID) -> SessionID? {
        let named = environment["HOLDFAST_OUTER_SESSION"].flatMap(SessionID.init) ?? job?.launcher
        guard let outer = named, outer != session else {
            return nil
        }
        return outer
    }

    /// The client: `CLAUDE_PID`, else the parent, past the shell through which clients before 2.1.139 start a hook. Nil where
    /// it has died or is not to be told: a process that is none would make its key busy for as long as it lives.
    package func clientProcess() -> ProcessTable.Entry? { Self.clientProcess(environment) }

    private static func clientProcess(_ environment: [String: String]) -> ProcessTable.Entry? {
        // A number of another user's process, or of init, came from somewhere else.
        if let named = environment["CLAUDE_PID"], !named.isEmpty {
            return Int32(named).flatMap(ProcessTable.ownEntry)
        }
        // Our output goes to the client; where nobody listens any more, whoever is the parent now has adopted us.
        guard !StandardStreams.isOutputClosed, let parent = ProcessTable.ownEntry(ProcessTable.parentID) else {
            return nil
        }
        let shells = ["sh", "bash", "dash", "zsh"]
        let client = shells.contains(parent.name) ? ProcessTable.ownEntry(parent.parent) : parent
        return client.flatMap { ProcessTable.isReaper($0) ? nil : $0 }
    }

    /// How many messages of its key's conversation a start may take over; nil where it may not. The rest is for the registry
    /// to say.
    func carryLimit(_ news: SessionNews) -> Int64? {
        guard news.kind == .started, news.source == "startup", let key = news.dispatchKey,
            settings.configuration.carryOver.admits(key),
            !CarryOver.isRefused(by: environment[CarryOver.refusalVariable], for: key)
        else { return nil }
        return settings.configuration.conversations.maxContextMessages
    }

    /// How many characters of memories' titles a start is shown; nil for none. Only what begins anew is shown any: a resume,
    /// a compaction and a fork have their past, and who cleared a session wants none.
    func recallLimit(_ news: SessionNews) -> Int? {
        let limit = settings.configuration.recallCharacters
        guard limit > 0, news.kind == .started, news.source == "startup",
            !CarryOver.isRefused(by: environment[CarryOver.refusalVariable], for: news.dispatchKey)
        else { return nil }
        return Int(limit)
    }

    /// The transcript's path, if it is what it claims to be.
    package func trustedTranscript(_ input: HookInput) -> String? {
        client.isTranscript(input.transcriptPath, of: input.sessionID, in: configDirectory) ? input.transcriptPath : nil
    }

    /// What is to be captured after this event, if anything.
    package func captureRequest(_ input: HookInput, _ news: SessionNews) -> CaptureRequest? {
        func request(_ path: String, answer: String?) -> CaptureRequest {
            CaptureRequest(
                path: path, configDirectory: configDirectory,
                agentID: path == news.transcriptPath ? nil : input.agentID ?? client.file(named: path).agentID,
                answer: answer, promptID: input.promptID, size: client.end(of: path) ?? 0)
        }
        let said = input.lastAssistantMessage.isEmpty ? nil : input.lastAssistantMessage
        switch input.event {
        case .stop, .stopFailure, .sessionEnd, .preCompact:
            guard !input.isSubagent, !news.transcriptPath.isEmpty else { return nil }
            // With StopFailure it is the client's words about an error, no answer.
            return request(news.transcriptPath, answer: input.event == .stop ? said : nil)
        case .subagentStop:
            // A compaction's own agent names a file that is never written.
            let path = input.agentTranscriptPath
            guard client.isPlausibleSubagent(path, in: configDirectory), Files.isRegularFile(path) else { return nil }
            return request(path, answer: said)
        case .sessionStart, .userPromptSubmit, .postToolUseFailure, .preToolUse: return nil
        }
    }

    /// Whether the path lies where a transcript of this session may come to lie. Hearsay, so nothing that steers a terminal
    /// is taken; of a file that is there, the name may be as it is.
    package func isPlausible(_ path: String, for session: SessionID) -> Bool {
        client.isPlausible(path, for: session, in: configDirectory) && !path.utf8.contains { $0 < 32 }
    }
}
