internal import LanguageModel

/// How Claude Code is called so that it only answers: no hooks, plugins, tools, MCP servers, skills, project or user
/// memory, and no session on disk.
///
/// Not `--bare`: it reads an API key only, and would lock out everybody who has logged in. Each switch is known to
/// clients from 2.1.139 on; those of the environment are ignored by clients that do not know them.
struct ClaudeCommand {
    let model: String

    func arguments(system: String) -> [String] {
        var arguments = [
            "-p", "--output-format", "json", "--no-session-persistence", "--tools", "", "--strict-mcp-config",
            "--disable-slash-commands", "--settings", #"{"disableAllHooks":true}"#, "--system-prompt", system,
        ]
        if !model.isEmpty { arguments += ["--model", model] }
        return arguments
    }

    /// - Parameter own: the user's environment, which holds his login and his proxies.
    static func environment(_ own: [String: String], maxOutputTokens: Int? = nil) -> [String: String] {
        var environment = own
        // Of a session we might run in: the client would take itself for a part of it.
        for name in ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PID", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_ENV_FILE"]
        {
            environment[name] = nil
        }
        environment["HOLDFAST_DISABLED"] = "1"
        environment["CLAUDE_CODE_SAFE_MODE"] = "1"
        environment["CLAUDE_CODE_DISABLE_CLAUDE_MDS"] = "1"
        environment["CLAUDE_CODE_DISABLE_AUTO_MEMORY"] = "1"
        environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1"
        environment["DISABLE_AUTOUPDATER"] = "1"
        // Ten retries would take minutes; retrying is the queue's business.
        environment["CLAUDE_CODE_MAX_RETRIES"] = "1"
        environment["CLAUDE_CODE_MAX_OUTPUT_TOKENS"] = maxOutputTokens.map(String.init)
        return environment
    }
}
