/// What a hook prints for Claude Code to read.
package struct HookOutput: Sendable {
    private enum Name: String, CodingKey { case systemMessage }

    /// For the user's eyes only.
    package let systemMessage: String

    package init(systemMessage: String) { self.systemMessage = systemMessage }

    package var json: String {
        var object = JSONObject<Name>()
        object.add(.systemMessage, systemMessage)
        return object.text
    }
}
