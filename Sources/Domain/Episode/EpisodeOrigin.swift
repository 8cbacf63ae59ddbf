/// Whose words an episode holds.
package struct EpisodeOrigin: Sendable, Equatable {
    package var session: SessionID
    package var dispatchKey: DispatchKey?
    package var host: String
    /// The sub-agent whose file it is; its session is the parent's.
    package var agentID: String?

    package init(session: SessionID, dispatchKey: DispatchKey?, host: String, agentID: String? = nil) {
        self.session = session
        self.dispatchKey = dispatchKey
        self.host = host
        self.agentID = agentID
    }

    /// Memories of one agent belong together, and those of one folder.
    package var groupID: String {
        guard let dispatchKey else { return "default" }
        return dispatchKey.agent == "default" ? dispatchKey.rawValue : dispatchKey.agent
    }
}
