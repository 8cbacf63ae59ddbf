import Domain
import LanguageModel
import Testing

@Suite struct WireTests {
    @Test(arguments: [
        (#"{"choices":[{"message":{"content":"a"}}]}"#, "a"),
        (#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}"#, "ab"),
        (#"{"error":null,"choices":[{"message":{"content":"a","tool_calls":null},"finish_reason":"stop"}]}"#, "a"),
        (
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\n",
            "ab"
        ),
        ("data:{\"choices\":[{\"delta\":{\"content\":\"a\u{2028}b\"}}]}\r\n\r\ndata:[DONE]\r\n\r\n", "a\u{2028}b"),
    ])
    func readsChatCompletions(body: String, text: String) throws {
        #expect(try ChatCompletions.read(body).text == text)
    }

    @Test(arguments: [
        (#"{"choices":[{"message":{"content":null},"finish_reason":"length"}]}"#, WireReply.Ending.cutOff),
        (#"{"choices":[{"message":{"content":"x"},"finish_reason":"content_filter"}]}"#, .filtered),
        (#"{"choices":[{"message":{"content":null,"refusal":"I will not"},"finish_reason":"stop"}]}"#, .filtered),
    ])
    func tellsWhyAChatEnded(body: String, ending: WireReply.Ending) throws {
        #expect(try ChatCompletions.read(body).ending == ending)
    }

    @Test(arguments: [
        (#"{"choices":[{"message":{"content":null}}]}"#, WireError.unusable(reason: "the answer is empty")),
        (#"{"choices":[]}"#, .unusable(reason: "the reply has no choices")),
        ("", .unusable(reason: "the reply is not JSON")),
        (#"{"error":{"message":"no"}}"#, .failed),
        ("data: {\"error\":{\"message\":\"no\"}}\n\n", .failed),
        ("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", .incomplete),
    ])
    func refusesBadChatCompletions(body: String, error: WireError) {
        #expect(throws: error) { try ChatCompletions.read(body) }
    }

    @Test(arguments: [
        (#"{"type":"message","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"a"}]}"#, "a"),
        (
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"text\",\"text\":\"a\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
            "a"
        ),
    ])
    func readsMessages(body: String, text: String) throws {
        #expect(try AnthropicMessages.read(body).text == text)
    }

    @Test(arguments: [("max_tokens", WireReply.Ending.cutOff), ("refusal", .filtered), ("end_turn", .complete)])
    func tellsWhyAMessageEnded(reason: String, ending: WireReply.Ending) throws {
        let body = #"{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"\#(reason)"}"#
        #expect(try AnthropicMessages.read(body).ending == ending)
    }

    @Test(arguments: [
        (#"{"type":"error","error":{"type":"overloaded_error"}}"#, WireError.failed),
        ("event: error\ndata: {\"type\":\"error\"}\n\n", .failed),
        ("event: message_start\ndata: {\"type\":\"message_start\"}\n\n", .incomplete),
        (#"{"type":"message","content":[]}"#, .unusable(reason: "the answer is empty")),
        ("<html>", .unusable(reason: "the reply is not JSON")),
    ])
    func refusesBadMessages(body: String, error: WireError) {
        #expect(throws: error) { try AnthropicMessages.read(body) }
    }

    /// As clients 2.1.139 and 2.1.329 print it, shortened.
    @Test func readsWhatClaudeCodePrints() throws {
        let good = try #require(
            ClaudeResult(
                #"{"type":"result","subtype":"success","is_error":false,"api_error_status":null,"result":"hello","usage":{"input_tokens":297,"cache_read_input_tokens":3,"output_tokens":12}}"#
            ))
        #expect(good.reply.text == "hello" && good.reply.ending == .complete)
        #expect(good.reply.inputTokens == 300 && good.reply.outputTokens == 12)
        #expect(!good.isError)
        let bad = try #require(
            ClaudeResult(
                #"{"type":"result","subtype":"success","is_error":true,"api_error_status":529,"result":"API Error: Overloaded"}"#
            ))
        #expect(bad.isError)
        #expect(bad.status == 529)
        let list = try #require(ClaudeResult(#"[{"type":"system"},{"type":"result","result":"hello"}]"#))
        #expect(list.reply.text == "hello")
        #expect(ClaudeResult("Not logged in") == nil)
    }
}
