internal import Domain

/// The bytes of good and bad replies in both wire formats.
struct ScriptedReply {
    let call: ModelCall

    private var memory: String {
        let word = call.promptWord
        if call.body.contains("Summarise these messages") {
            let summaries = (1...20).map { number in
                JSONValue.object([
                    "number": .number(Double(number)), "summary": .string("Message \(number), of \(word), in short."),
                ])
            }
            return JSONValue.object(["summaries": .array(summaries)]).text
        }
        return JSONValue.object([
            "title": .string("About \(word)"), "summary": .string("They spoke of \(word)."),
            "decisions": .array([.string("Keep \(word)")]), "files": .array([.string("Sources/\(word).swift")]),
            "commands": .array([.string("swift test")]), "open_questions": .array([]),
            "entities": .array([.object(["name": .string(word), "kind": .string("concept")])]),
            "relations": .array([]),
        ]).text
    }

    func whole(_ text: String?) -> String {
        let text = JSONValue.string(text ?? memory)
        let value: JSONValue =
            call.isAnthropic
            ? .object([
                "id": .string("msg_1"), "type": .string("message"), "role": .string("assistant"),
                "content": .array([.object(["type": .string("text"), "text": text])]),
                "stop_reason": .string("end_turn"),
                "usage": .object([
                    "input_tokens": .number(100), "cache_read_input_tokens": .number(20),
                    "cache_creation_input_tokens": .number(3), "output_tokens": .number(45),
                ]),
            ])
            : .object([
                "id": .string("chatcmpl-1"), "object": .string("chat.completion"),
                "choices": .array([
                    .object([
                        "index": .number(0), "finish_reason": .string("stop"),
                        "message": .object(["role": .string("assistant"), "content": text]),
                    ])
                ]),
                "usage": .object(["prompt_tokens": .number(123), "completion_tokens": .number(45)]),
            ])
        return value.text
    }

    func streamed(_ text: String?) -> String {
        let text = text ?? memory
        let middle = text.index(text.startIndex, offsetBy: text.count / 2)
        let parts = [String(text[..<middle]), String(text[middle...])].map { JSONValue.string($0).text }
        guard call.isAnthropic else {
            return parts.map { #"data: {"choices":[{"index":0,"delta":{"content":\#($0)}}]}"# + "\n\n" }.joined()
                + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
                + #"data: {"choices":[],"usage":{"prompt_tokens":123,"completion_tokens":45}}"# + "\n\n"
                + "data: [DONE]\n\n"
        }
        let start =
            #"{"type":"message_start","message":{"usage":{"input_tokens":100,"cache_read_input_tokens":20,"cache_creation_input_tokens":3,"output_tokens":1}}}"#
        let deltas = parts.map {
            "event: content_block_delta\r\n"
                + #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":\#($0)}}"#
                + "\r\n\r\n"
        }
        return "event: message_start\r\ndata: \(start)\r\n\r\n: ping\r\n\r\n" + deltas.joined()
            + "event: message_delta\r\n"
            + #"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":45}}"#
            + "\r\n\r\nevent: message_stop\r\ndata: {\"type\":\"message_stop\"}\r\n\r\n"
    }

    var errorStream: String {
        call.isAnthropic
            ? "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"
            : "data: {\"error\":{\"message\":\"Overloaded\",\"type\":\"server_error\",\"code\":503}}\n\n"
    }

    /// The answer is not over when this ends.
    var hugeBeginning: String {
        call.isAnthropic
            ? #"{"type":"message","content":[{"type":"text","text":""#
            : #"{"choices":[{"message":{"content":""#
    }

    var models: String { #"{"object":"list","data":[{"id":"scripted","object":"model"}],"has_more":false}"# }

    static let html = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
}
