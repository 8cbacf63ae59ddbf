internal import Capture
internal import Domain
internal import Platform
internal import Redaction
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// What a hook does about tools that fail: notes a failure at once, so that other sessions know; tells the model, once; refuses
/// a call of one that is unavailable, where that is wanted. With Redis away nothing is told, and nothing refused.
struct ToolWatch {
    let context: HookContext
    let host: String

    private var keys: Keys { context.settings.keys }

    /// How far back a success is looked for that Redis has not been told of, in bytes.
    private static let lookBack: Int64 = 256 << 10

    /// A call failed.
    /// - Returns: what the model is told.
    func failed(_ input: HookInput) -> String? {
        guard let tool = ToolName(rawValue: input.toolName) else { return nil }
        let message = PlainText.line(
            context.settings.configuration.redactor.redact(input.error), limit: ToolCallTally.messageLimit)
        let outcome = ToolHealth.Outcome(
            failure: input.isInterrupt ? .interrupted : ToolErrorClass(of: input.error), message: message,
            durationMilliseconds: input.durationMilliseconds, atMilliseconds: context.now.wallMilliseconds,
            callID: input.toolCallID, session: input.sessionID.rawValue)
        return ask { connection, policies throws(RedisError) in
            try connection.noteFailure(
                outcome, of: tool, in: input.sessionID, keys: keys, policies, by: host
            ) { success(of: $0, input) }
        } ?? nil
    }

    /// Whether a call is refused, and why.
    func refusal(_ input: HookInput) -> String? {
        guard context.settings.configuration.toolGuard == .deny, let tool = ToolName(rawValue: input.toolName) else {
            return nil
        }
        return ask { connection, policies throws(RedisError) in
            try connection.refusal(of: tool, to: input.sessionID, keys: keys, policies, by: host) {
                success(of: $0, input)
            }
        } ?? nil
    }

    /// That tools are back of which the session was told that they fail.
    func recovery(_ session: SessionID) -> String? {
        let tools = ask { connection, _ throws(RedisError) in
            try connection.takeRecovered(session, keys: keys)
        }
        guard let tools, !tools.isEmpty else { return nil }
        return ToolAdvice.recovery(of: tools)
    }

    private func ask<Answer>(
        _ question: (inout RedisConnection, ToolPolicies) throws(RedisError) -> Answer
    ) -> Answer? {
        let policies: ToolPolicies
        do throws(ConfigurationError) {
            policies = try context.settings.toolPolicies()
        } catch {
            log("tools.json is not used: \(error)")
            policies = ToolPolicies()
        }
        do throws(RedisError) {
            var connection = try RedisConnector(context.settings).connect(.hook)
            return try question(&connection, policies)
        } catch {
            log("nothing is known of tools that fail: \(error)")
            return nil
        }
    }

    /// When a tool, or a tool of a server, last answered. Asked twice at most.
    private func success(of subject: ToolName, _ input: HookInput) -> Int64? {
        lastSuccesses(input).filter { $0.key == subject || $0.key.server == subject }.values.max()
    }

    /// When each tool last answered, ms since 1970, by the end of the session's transcript: hooks are told of failures alone,
    /// and calls are counted when the turn is over.
    private func lastSuccesses(_ input: HookInput) -> [ToolName: Int64] {
        let path = input.agentTranscriptPath.isEmpty ? input.transcriptPath : input.agentTranscriptPath
        let client = context.client
        guard context.isPlausible(input.transcriptPath, for: input.sessionID), let end = client.end(of: path),
            let transcript = try? client.open(path, in: context.configDirectory)
        else { return [:] }
        var rules = ReadingRules(policy: .nothing, redactor: Redactor())
        rules.countsCalls = true
        guard var reader = try? transcript.reader(from: Cursor(offset: max(0, end - Self.lookBack)), rules) else {
            return [:]
        }
        while reader.next() != nil {}
        var last: [ToolName: Int64] = [:]
        for call in reader.takeCalls(before: .max, of: "") where call.outcome.failure == nil {
            last[call.tool] = max(last[call.tool] ?? 0, call.outcome.atMilliseconds)
        }
        return last
    }

    private func log(_ message: String) {
        HookLog(state: context.settings.state).write(message, at: context.now)
    }
}
