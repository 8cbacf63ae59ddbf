import Domain
import Testing

@testable import ToolServer

struct ArgumentsTests {
    private let arguments = Arguments(["text": "t", "count": 3, "half": 0.5, "flag": true, "list": ["a"], "mixed": [1]])

    @Test func readsEachKind() throws {
        #expect(try arguments.string("text") == "t")
        #expect(try arguments.int("count") == 3)
        #expect(try arguments.bool("flag"))
        #expect(try arguments.strings("list") == ["a"])
    }

    @Test func hasNothingWhereNothingOfThatKindIs() {
        #expect(arguments.optionalString("count") == nil)
        #expect(arguments.optionalInt("half") == nil)
        #expect(arguments.optionalBool("none") == nil)
        #expect(arguments.optionalStrings("mixed") == nil)
    }

    @Test func refusesWhatIsMissing() {
        let error = ToolError(.invalid, "none is missing", remedy: "call again with none")
        #expect(throws: error) { try arguments.string("none") }
    }
}
