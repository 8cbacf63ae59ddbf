internal import Domain

/// The Chat Completions protocol as bytes, with the liberties its many servers take.
package enum ChatCompletions {
    /// How the limit of the answer is called: newer models of OpenAI refuse the name every other server knows.
    package enum LimitName: String, Sendable {
        case old = "max_tokens"
        case new = "max_completion_tokens"
    }

    /// - Parameter model: empty where the address names it (Azure).
    package static func body(_ request: ModelRequest, model: String, limit: LimitName) -> String {
        var members: [String: JSONValue] = [
            "messages": .array([
                .object(["role": .string("system"), "content": .string(request.system)]),
                .object(["role": .string("user"), "content": .string(request.prompt)]),
            ]),
            limit.rawValue: .number(Double(request.maxOutputTokens)),
        ]
        if !model.isEmpty { members["model"] = .string(model) }
        return JSONValue.object(members).text
    }

    /// Whether a refusal means only that the limit wants its other name.
    package static func wantsNewLimitName(status: Int, body: String) -> Bool {
        status == 400 && body.contains(LimitName.new.rawValue) && body.contains(LimitName.old.rawValue)
    }

    /// Reads a reply of status 200, streamed or not.
    package static func read(_ body: String) throws(WireError) -> WireReply {
        let reply = ServerSentEvents.isStream(body) ? try streamed(ServerSentEvents(body)) : try whole(body)
        guard reply.ending != .complete || !reply.text.isEmpty else { throw .unusable(reason: "the answer is empty") }
        return reply
    }

    private static func whole(_ body: String) throws(WireError) -> WireReply {
        guard let completion = try? JSONValue(parsing: body) else { throw .unusable(reason: "the reply is not JSON") }
        if let error = completion["error"], error != .null { throw .failed }
        guard let choice = completion["choices"]?.elements?.first else {
            throw .unusable(reason: "the reply has no choices")
        }
        let message = choice["message"]
        var reply = WireReply(text: text(message?["content"]), ending: ending(choice["finish_reason"]?.string))
        if reply.text.isEmpty, message?["refusal"]?.string?.isEmpty == false { reply.ending = .filtered }
        take(completion["usage"], into: &reply)
        return reply
    }

    private static func streamed(_ stream: ServerSentEvents) throws(WireError) -> WireReply {
        var reply = WireReply(text: "")
        var isOver = false
        for event in stream.events {
            if event.data == "[DONE]" {
                isOver = true
                continue
            }
            if event.name == "error" { throw .failed }
            guard let chunk = try? JSONValue(parsing: event.data) else { continue }
            if let error = chunk["error"], error != .null { throw .failed }
            take(chunk["usage"], into: &reply)
            guard let choice = chunk["choices"]?.elements?.first else { continue }
            reply.text += text((choice["delta"] ?? choice["message"])?["content"])
            if let reason = choice["finish_reason"]?.string {
                reply.ending = ending(reason)
                isOver = true
            }
        }
        guard isOver else { throw .incomplete }
        return reply
    }

    /// A text, a list of parts, or null.
    private static func text(_ content: JSONValue?) -> String {
        if let text = content?.string { return text }
        return (content?.elements ?? []).compactMap { $0.string ?? $0["text"]?.string }.joined()
    }

    private static func ending(_ reason: String?) -> WireReply.Ending {
        switch reason {
        case "length", "max_tokens": .cutOff
        case "content_filter": .filtered
        default: .complete
        }
    }

    private static func take(_ usage: JSONValue?, into reply: inout WireReply) {
        reply.inputTokens = max(reply.inputTokens, usage?["prompt_tokens"]?.count ?? 0)
        reply.outputTokens = max(reply.outputTokens, usage?["completion_tokens"]?.count ?? 0)
    }
}
