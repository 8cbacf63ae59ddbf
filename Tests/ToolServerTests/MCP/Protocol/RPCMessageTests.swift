import Domain
import Testing

@testable import ToolServer

@Suite struct IdentifierTests {
    @Test(arguments: ["1", "-7", "12345678901234567890", #""""#, #""a\u0062""#])
    func leavesIdentifiersAsTheyAreWritten(text: String) throws {
        var parser = JSONParser(Array((" " + text + " ").utf8), nesting: 8)
        #expect(try parser.identifier() == Identifier(text: text))
        try parser.end()
    }

    @Test(arguments: ["null", "true", "1.0", "1e2", "[1]", "{}"])
    func takesNothingElseForAnIdentifier(text: String) throws {
        var parser = JSONParser(Array(text.utf8), nesting: 8)
        #expect(try parser.identifier() == nil)
        try parser.end()
    }
}
