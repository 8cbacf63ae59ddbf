internal import Domain

/// What `claude -p --output-format json` prints.
package struct ClaudeResult: Sendable, Equatable {
    package var reply: WireReply
    /// `subtype` says success even then.
    package var isError: Bool
    /// Of the API, where it was asked.
    package var status: Int?

    /// - Returns: nil for what is no result.
    package init?(_ output: String) {
        guard let value = try? JSONValue(parsing: output) else { return nil }
        // With `verbose` in the user's settings it is a list of events, the result at its end.
        let result = value.elements?.last { $0["type"]?.string == "result" } ?? value
        guard result["type"]?.string == "result" else { return nil }
        isError = result["is_error"]?.bool ?? false
        status = result["api_error_status"]?.count.map(Int.init)
        let errors = result["errors"]?.elements?.compactMap(\.string).joined(separator: "\n")
        reply = WireReply(text: result["result"]?.string ?? errors ?? "")
        if result["subtype"]?.string?.hasPrefix("error") == true { isError = true }
        switch result["stop_reason"]?.string {
        case "refusal": reply.ending = .filtered
        case "max_tokens": reply.ending = .cutOff
        default: break
        }
        let usage = result["usage"]
        reply.inputTokens = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            .compactMap { usage?[$0]?.count }.reduce(0, +)
        reply.outputTokens = usage?["output_tokens"]?.count ?? 0
    }
}
