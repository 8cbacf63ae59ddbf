internal import Domain

/// The Messages API as bytes: what is sent, what comes back.
package enum AnthropicMessages {
    package static let version = "2023-06-01"

    package static func body(_ request: ModelRequest, model: String) -> String {
        JSONValue.object([
            "model": .string(model),
            "max_tokens": .number(Double(request.maxOutputTokens)),
            "system": .string(request.system),
            "messages": .array([.object(["role": .string("user"), "content": .string(request.prompt)])]),
        ]).text
    }

    /// Reads a reply of status 200, streamed or not.
    package static func read(_ body: String) throws(WireError) -> WireReply {
        let reply = ServerSentEvents.isStream(body) ? try streamed(ServerSentEvents(body)) : try whole(body)
        guard reply.ending != .complete || !reply.text.isEmpty else { throw .unusable(reason: "the answer is empty") }
        return reply
    }

    private static func whole(_ body: String) throws(WireError) -> WireReply {
        guard let message = try? JSONValue(parsing: body) else { throw .unusable(reason: "the reply is not JSON") }
        if message["type"]?.string == "error" || message["error"] != nil { throw .failed }
        guard let content = message["content"]?.elements else {
            throw .unusable(reason: "the reply has no content")
        }
        let text = content.compactMap { $0["type"]?.string == "text" ? $0["text"]?.string : nil }.joined()
        var reply = WireReply(text: text, ending: ending(message["stop_reason"]?.string))
        take(message["usage"], into: &reply)
        return reply
    }

    private static func streamed(_ stream: ServerSentEvents) throws(WireError) -> WireReply {
        var reply = WireReply(text: "")
        var isOver = false
        for event in stream.events {
            guard let data = try? JSONValue(parsing: event.data) else { continue }
            switch data["type"]?.string ?? event.name {
            case "error": throw .failed
            case "message_start": take(data["message"]?["usage"], into: &reply)
            case "content_block_start": reply.text += data["content_block"]?["text"]?.string ?? ""
            case "content_block_delta": reply.text += data["delta"]?["text"]?.string ?? ""
            case "message_delta":
                reply.ending = ending(data["delta"]?["stop_reason"]?.string)
                take(data["usage"], into: &reply)
            case "message_stop": isOver = true
            default: if data["error"] != nil { throw .failed }
            }
        }
        guard isOver else { throw .incomplete }
        return reply
    }

    private static func ending(_ reason: String?) -> WireReply.Ending {
        switch reason {
        case "max_tokens", "model_context_window_exceeded": .cutOff
        case "refusal": .filtered
        default: .complete
        }
    }

    /// Takes the numbers a usage object holds; a later one of a stream repeats some of them only.
    private static func take(_ usage: JSONValue?, into reply: inout WireReply) {
        guard let usage else { return }
        let input = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            .compactMap { usage[$0]?.count }.reduce(0, +)
        reply.inputTokens = max(reply.inputTokens, input)
        reply.outputTokens = max(reply.outputTokens, usage["output_tokens"]?.count ?? 0)
    }
}
