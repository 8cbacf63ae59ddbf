import Domain
import Testing

@testable import ToolServer

struct CallOutcomeTests {
    private let success = CallOutcome.success(ToolResult(text: "Two.", structured: ["count": 2]))

    @Test(arguments: [ProtocolVersion.november2024, .march2025])
    func olderClientsGetTheJSONAsText(version: ProtocolVersion) {
        let blocks: JSONValue = [["type": "text", "text": "Two."], ["type": "text", "text": #"{"count":2}"#]]
        #expect(success.rendered(for: version) == ["content": blocks, "isError": false])
    }

    @Test(arguments: [ProtocolVersion.june2025, .november2025])
    func newerClientsGetItAsItIsAndNotAgainAsText(version: ProtocolVersion) {
        let result = success.rendered(for: version)
        #expect(result["structuredContent"] == ["count": 2])
        #expect(result["content"] == [["type": "text", "text": "Two."]])
    }

    @Test func whoHasNoWordsGivesTheJSONAsText() {
        let silent = CallOutcome.success(ToolResult(text: "", structured: ["count": 2])).rendered(for: .newest)
        #expect(silent["content"] == [["type": "text", "text": #"{"count":2}"#]])
    }

    @Test func aFailureIsMessageAndRemedy() {
        let result = CallOutcome.failure(ToolError(.quota, "no money", remedy: "pay")).rendered(for: .newest)
        #expect(result["isError"] == true)
        #expect(result["content"]?.elements?.first?["text"] == "no money; pay")
        #expect(
            result["structuredContent"] == ["error": ["category": "quota", "message": "no money", "remedy": "pay"]])
    }

    @Test(arguments: [JSONValue.null, 1, [1], ["a": .number(.nan)], ["a": [.number(.infinity)]]])
    func whatJSONCannotSayIsAFailure(structured: JSONValue) {
        let result = CallOutcome.success(ToolResult(text: "", structured: structured)).rendered(for: .newest)
        #expect(result["structuredContent"]?["error"]?["category"] == "internal")
    }
}
