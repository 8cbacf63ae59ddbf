package import Domain
internal import Glibc
package import Platform
package import Settings

/// Who runs the hook: key, client process and folders, read from the environment.
package struct HookContext: Sendable {
    package let settings: Settings
    package let now: Moment

    package init(settings: Settings, now: Moment) {
        self.settings = settings
        self.now = now
    }

    private var environment: [String: String] { settings.environment }

    package var isDisabled: Bool { environment["HOLDFAST_DISABLED"] == "1" }

    /// The client's config folder; a session ID means something only with it.
    package var configDirectory: String { Self.configDirectory(environment) }

    package static func configDirectory(_ environment: [String: String]) -> String {
        // The client takes a relative one from its own folder, in which its hooks start too.
        if let own = environment["CLAUDE_CONFIG_DIR"], !own.isEmpty { return Files.absolute(own) }
        return (environment["HOME"] ?? "") + "/.claude"
    }

    package func project(_ input: HookInput) -> String {
        let project = environment["CLAUDE_PROJECT_DIR"] ?? input.cwd
        return Files.realPath(project) ?? project
    }

    /// - Throws: when `HOLDFAST_KEY` is no usable key; the session is then recorded under none.
    package func dispatchKey(_ input: HookInput) throws(DispatchKey.Invalid) -> DispatchKey {
        if let name = environment["HOLDFAST_KEY"], !name.isEmpty { return try DispatchKey(name) }
        return try DispatchKey.directory(project(input))
    }

    /// The session whose tools started this client, if that is another one.
    package func outerSession(of session: SessionID) -> SessionID? {
        guard let outer = environment["HOLDFAST_OUTER_SESSION"].flatMap(SessionID.init), outer != session else {
            return nil
        }
        return outer
    }

    /// The client: `CLAUDE_PID`, else the parent, past the shell through which clients before 2.1.139 start a hook.
    package func client() -> ProcessTable.Entry? {
        if let pid = environment["CLAUDE_PID"].flatMap(Int32.init), let entry = ProcessTable.entry(pid) { return entry }
        guard let parent = ProcessTable.entry(ProcessTable.parentID) else { return nil }
        let shells = ["sh", "bash", "dash", "zsh"]
        return shells.contains(parent.name) ? ProcessTable.entry(parent.parent) : parent
    }

    /// The transcript's path, if it is what it claims to be: this session's file under the config folder's projects,
    /// a regular file of this user after resolving links.
    package func trustedTranscript(_ input: HookInput) -> String? {
        let projects = configDirectory + "/projects/"
        guard input.transcriptPath.hasPrefix(projects), input.transcriptPath.hasSuffix("/\(input.sessionID).jsonl"),
            let real = Files.realPath(input.transcriptPath), let realProjects = Files.realPath(projects),
            real.hasPrefix(realProjects + "/"), let status = try? Files.status(real, followingLinks: false),
            status.st_mode & S_IFMT == S_IFREG, status.st_uid == getuid()
        else { return nil }
        return input.transcriptPath
    }

    /// What is to be captured after this event, if anything.
    package func captureRequest(_ input: HookInput, _ news: SessionNews) -> CaptureRequest? {
        let projects = configDirectory + "/projects/"
        func request(_ path: String, answer: String?) -> CaptureRequest {
            CaptureRequest(
                path: path, configDirectory: configDirectory,
                agentID: path == news.transcriptPath ? nil : input.agentID ?? TranscriptFolder.agentID(of: path),
                answer: answer, promptID: input.promptID, size: (try? Files.status(path).st_size).map(Int64.init) ?? 0)
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
            guard path.hasPrefix(projects), !path.contains("/../"), Files.isRegularFile(path) else { return nil }
            return request(path, answer: said)
        case .sessionStart, .userPromptSubmit: return nil
        }
    }

    /// Whether the path lies where a transcript of this session may come to lie.
    package func isPlausible(_ path: String, for session: SessionID) -> Bool {
        path.hasPrefix(configDirectory + "/projects/") && path.hasSuffix("/\(session).jsonl")
            && !path.contains("/../") && !path.unicodeScalars.contains { $0.value < 32 }
    }
}
