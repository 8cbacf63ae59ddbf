internal import Domain
internal import Platform

/// A session that Claude Code's background service runs (`claude --bg`). The service hands the environment of whoever
/// started it on to all its sessions, so what steers a dispatch there is another's. What the job's own settings put in
/// (`env`) is not in the environment that its client was started with, and counts.
struct BackgroundJob: Sendable {
    /// As `claude stop` and `claude attach` take it: the first part of the ID of its session.
    let id: String
    /// What may be gone by.
    let environment: [String: String]
    /// Whether it could be seen what is the job's own.
    let isKnown: Bool
    /// Whether a dispatch started it.
    let isDispatched: Bool

    /// What steers the recording of one dispatch.
    private static let steering = [
        "HOLDFAST_KEY", "HOLDFAST_DISABLED", "HOLDFAST_OUTER_SESSION", CarryOver.refusalVariable, JobMark.variable,
    ]

    /// - Parameter client: asked only of a hook of such a session.
    /// - Returns: nil for a session that a person or a dispatch runs.
    init?(_ environment: [String: String], client: () -> ClientProcess?) {
        guard let folder = environment["CLAUDE_JOB_DIR"], !folder.isEmpty else { return nil }
        let id = folder.split(separator: "/").last.map { String($0) } ?? ""
        // A client that a tool of the job started inherits the folder, and is none of the service's.
        if let outer = environment["HOLDFAST_OUTER_SESSION"], outer.hasPrefix(id + "-") { return nil }
        self.id = id
        let start = client().flatMap { ProcessTable.startEnvironment(of: $0.pid, names: Self.steering) }
        isKnown = start != nil
        func isOwn(_ name: String) -> Bool {
            guard let start, let value = environment[name] else { return false }
            return start[name] != value
        }
        // A dispatch marks each of its jobs anew: the key may be the one that the service was started with.
        isDispatched = isOwn(JobMark.variable)
        var trusted = environment
        for name in Self.steering where !isOwn(name) && !(isDispatched && name == "HOLDFAST_KEY") {
            trusted[name] = nil
        }
        self.environment = trusted
    }

    /// The session whose tools launched it; none where a dispatch did, since what is dispatched is not nested.
    var launcher: SessionID? {
        guard !isDispatched, let list = environment["CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS"] else { return nil }
        return list.split(separator: ",").lazy.compactMap { SessionID(rawValue: String($0)) }.first
    }

    /// A client that cannot go on with a session in the background forks it. What a dispatch started is the key's own all
    /// the same, and no branch of it.
    func source(of input: HookInput) -> String? {
        guard isDispatched, !id.isEmpty, input.sessionID.rawValue.hasPrefix(id) else { return nil }
        return input.source.isEmpty || input.source == "fork" ? "job" : nil
    }
}
