import Domain
import Testing

@testable import ToolServer

struct IncomingReaderTests {
    private func read(_ text: String) -> Incoming { IncomingReader(nesting: 8).read(Array(text.utf8)) }

    @Test func findsWhatMustBeKeptExactly() {
        let text = """
            {"params": {"requestId": 9007199254740993, "name": "x", "_meta": {"other": 1, "progressToken": "t"}},
            "method": "tools/call", "id": 9007199254740995, "jsonrpc": "2.0"}
            """
        let parameters = Parameters(
            values: ["name": "x"], requestID: Identifier(text: "9007199254740993"),
            progressToken: Identifier(text: "\"t\""))
        let request = Request(id: Identifier(text: "9007199254740995"), method: "tools/call", parameters: parameters)
        #expect(read(text) == .message(.request(request)))
    }

    @Test(arguments: [#"{"jsonrpc":"2.0","id":1,"result":{}}"#, #"{"jsonrpc":"2.0","id":null,"error":{}}"#])
    func knowsAnAnswer(text: String) {
        #expect(read(text) == .message(.response))
    }

    @Test func knowsANotificationByItsMissingID() {
        #expect(read(#"{"jsonrpc":"2.0","method":"a"}"#) == .message(.notification(method: "a", Parameters())))
        #expect(
            read(#"{"jsonrpc":"2.0","method":"a","id":null}"#)
                == .message(.invalid(id: nil, .invalidRequest("\"id\" is neither a string nor an integer"))))
    }

    @Test func namesTheRequestThatIsInvalidWhereItCan() {
        let id = Identifier(text: "1")
        #expect(
            read(#"{"jsonrpc":"2.0","method":"a","id":1,"params":[]}"#)
                == .message(.invalid(id: id, .invalidParameters("\"params\" is no object"))))
        #expect(
            read(#"{"method":"a","id":1}"#)
                == .message(.invalid(id: id, .invalidRequest("\"jsonrpc\" is not \"2.0\""))))
    }

    @Test func takesNullForNoParameters() {
        let request = Request(id: Identifier(text: "1"), method: "a", parameters: Parameters())
        #expect(read(#"{"jsonrpc":"2.0","method":"a","id":1,"params":null}"#) == .message(.request(request)))
    }

    @Test func toleratesMetadataOfAnotherShape() {
        let request = Request(id: Identifier(text: "1"), method: "a", parameters: Parameters(values: ["_meta": 7]))
        #expect(read(#"{"jsonrpc":"2.0","method":"a","id":1,"params":{"_meta":7}}"#) == .message(.request(request)))
    }

    @Test func readsEachMessageOfABatch() {
        guard case .batch(let messages) = read(#"[1, {"jsonrpc":"2.0","method":"a"}]"#) else {
            Issue.record("no batch")
            return
        }
        #expect(messages.count == 2)
        #expect(read("[]") == .batch([]))
    }

    @Test func saysWhyItCannotRead() {
        #expect(read("{") == .unreadable(.parse("no JSON at byte 1")))
        #expect(read("[[[[[[[[[1]]]]]]]]]") == .unreadable(.parse("nested deeper than 8")))
        #expect(IncomingReader(nesting: 8).read([0x22, 0xff, 0x22]) == .unreadable(.parse("no UTF-8")))
    }
}
