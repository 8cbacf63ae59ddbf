internal import Domain
package import LanguageModel
internal import Platform
package import Redaction
internal import Settings

/// Asks through the user's own Claude Code, with the login it has.
package struct ClaudeCLIProvider: ModelProvider {
    private let endpoint: ProviderEndpoint
    private let folder: String
    private let environment: [String: String]
    private let failures: CallFailures

    /// - Parameter folder: an empty private folder to run in.
    /// - Parameter environment: the user's own.
    package init(
        _ endpoint: ProviderEndpoint, folder: String, environment: [String: String], redactor: Redactor = Redactor(),
        now: @Sendable @escaping () -> Int64 = { HostClock.wallMilliseconds }
    ) {
        self.endpoint = endpoint
        self.folder = folder
        self.environment = environment
        let secrets = environment.filter { ["KEY", "TOKEN", "SECRET", "PASSWORD"].contains(where: $0.key.contains) }
        failures = CallFailures(
            whom: endpoint.command, secrets: endpoint.secrets + secrets.values, redactor: redactor, now: now)
    }

    package var name: String { ProviderKind.claudeCLI.rawValue }

    /// Over the command and its configuration folder: the login lies there.
    package var fingerprint: String {
        let home = environment["CLAUDE_CONFIG_DIR"] ?? (environment["HOME"] ?? "") + "/.claude"
        return String(SHA256.hexadecimal(of: endpoint.command + "\n" + home).prefix(8))
    }

    package func complete(
        _ request: ModelRequest, deadline: Duration
    ) async throws(ModelFailure) -> ModelAnswer {
        let outcome = try await run(
            ClaudeCommand(model: endpoint.model).arguments(system: request.system),
            ClaudeCommand.environment(environment, maxOutputTokens: request.maxOutputTokens), input: request.prompt,
            deadline: deadline)
        guard let result = ClaudeResult(outcome.output) else { throw unread(outcome) }
        guard !result.isError else {
            let text = result.reply.text.isEmpty ? outcome.error : result.reply.text
            throw failures.textOnly(text, "\(failures.whom): \(failures.said(text))", status: result.status)
        }
        return try AnswerReading.answer(result.reply, [:], failures)
    }

    /// Asks for its version: the login shows with the first call only.
    package func check(deadline: Duration) async throws(ModelFailure) {
        let outcome = try await run(
            ["--version"], ClaudeCommand.environment(environment), input: "", deadline: deadline)
        guard outcome.code == 0 else { throw unread(outcome) }
    }

    private func run(
        _ arguments: [String], _ environment: [String: String], input: String, deadline: Duration
    ) async throws(ModelFailure) -> ChildProcess.Outcome {
        let child = ChildProcess(
            command: endpoint.command, arguments: arguments, environment: environment, folder: folder, input: input,
            mostOutputBytes: endpoint.maxResponseBytes)
        do {
            return try await child.run(deadline: deadline)
        } catch {
            switch error {
            case .cancelled: throw failures.unsent(.cancelled)
            case .timeout: throw failures.unsent(.timeout("no whole answer within \(deadline)"))
            case .tooLarge(let limit): throw failures.unsent(.tooLarge(limit: limit))
            case .cannotStart(let reason):
                throw failures.failure(
                    FailureClass(category: .invalidRequest, isRetryable: false, countsAgainstCircuit: false),
                    "cannot run \(failures.whom): \(reason)")
            }
        }
    }

    /// It printed no result: what it said instead goes to the classifier.
    private func unread(_ outcome: ChildProcess.Outcome) -> ModelFailure {
        let said = [outcome.error, outcome.output].first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        let ending = outcome.code.map { "exited with \($0)" } ?? "was ended by a signal"
        let line = said.isEmpty ? "without a word" : failures.said(said)
        if outcome.code == 0 { return failures.failure(.unusableAnswer, "\(failures.whom): no result but: \(line)") }
        return failures.textOnly(said, "\(failures.whom) \(ending): \(line)")
    }
}

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
