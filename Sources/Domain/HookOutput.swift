/// What a hook prints for Claude Code to read.
package struct HookOutput: Sendable {
    private enum Name: String, CodingKey { case systemMessage, hookSpecificOutput, hookEventName, additionalContext }

    /// For the user's eyes only.
    package let systemMessage: String?
    /// For the model, of a session that starts.
    package let additionalContext: String?

    package init(systemMessage: String? = nil, additionalContext: String? = nil) {
        self.systemMessage = systemMessage
        self.additionalContext = additionalContext
    }

    /// One object; nil where there is nothing to be said.
    package var json: String? {
        guard systemMessage != nil || additionalContext != nil else { return nil }
        var object = JSONObject<Name>()
        if let systemMessage { object.add(.systemMessage, systemMessage) }
        if let additionalContext {
            var own = JSONObject<Name>()
            own.add(.hookEventName, "SessionStart")
            own.add(.additionalContext, additionalContext)
            object.add(.hookSpecificOutput, raw: own.text)
        }
        return object.text
    }
}
