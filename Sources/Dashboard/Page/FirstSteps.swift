internal import Domain
internal import Operations

/// What is still to do where nothing has happened yet.
enum FirstSteps {
    /// Whether nothing was ever recorded or captured, as far as can be seen.
    static func isNew(_ status: Status) -> Bool {
        status.source == .redis && status.sessions.recorded == 0 && status.queue_status.last_captured == nil
            && status.archive.episodes == 0
    }

    /// - Parameter hasHooks: whether the plugin is switched on in Claude Code.
    static func context(_ status: Status, hasHooks: Bool) -> [String: JSONValue] {
        [
            "is_new": .bool(isNew(status)),
            "steps": .object([
                "hooks": .bool(hasHooks || status.capture.last_hook != nil),
                "session": .bool(status.sessions.recorded > 0),
                "provider": .bool(status.llm_status.isConfigured),
            ]),
        ]
    }
}
