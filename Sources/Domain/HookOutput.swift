/// What a hook prints for Claude Code to read.
package struct HookOutput: Sendable {
    private enum Name: String, CodingKey {
        case systemMessage, hookSpecificOutput, hookEventName, additionalContext, permissionDecision
        case permissionDecisionReason
    }

    /// As the client calls the event that is answered.
    package let event: String
    /// For the user's eyes only.
    package let systemMessage: String?
    /// For the model.
    package let additionalContext: String?
    /// Why the call of a tool is refused, for the model; nil where it is not.
    package let refusal: String?

    package init(
        event: String, systemMessage: String? = nil, additionalContext: String? = nil, refusal: String? = nil
    ) {
        self.event = event
        self.systemMessage = systemMessage
        self.additionalContext = additionalContext
        self.refusal = refusal
    }

    /// One object; nil where there is nothing to be said.
    package var json: String? {
        guard systemMessage != nil || additionalContext != nil || refusal != nil else { return nil }
        var object = JSONObject<Name>()
        if let systemMessage { object.add(.systemMessage, systemMessage) }
        if additionalContext != nil || refusal != nil {
            var own = JSONObject<Name>()
            own.add(.hookEventName, event)
            if let additionalContext { own.add(.additionalContext, additionalContext) }
            if let refusal {
                own.add(.permissionDecision, "deny")
                own.add(.permissionDecisionReason, refusal)
            }
            object.add(.hookSpecificOutput, raw: own.text)
        }
        return object.text
    }
}
