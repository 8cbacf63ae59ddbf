import Domain
import Testing

@testable import ToolServer

struct JSONParserTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", true), ("false", false), ("0", 0), ("-0.5e1", -5), ("1E3", 1000),
            (#""""#, ""), (#" "a" "#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#""\u00e9\ud83d\ude00""#, "é😀"), ("[]", []), ("[ ]", []), ("{ }", [:]), ("[1, [2], {}]", [1, [2], [:]]),
            (#"{"a": {"b": null}, "c": "d"}"#, ["a": ["b": .null], "c": "d"]), (#"{"a": 1, "a": 2}"#, ["a": 2]),
        ] as [(String, JSONValue)])
    func readsJSON(text: String, value: JSONValue) throws {
        var parser = JSONParser(Array(text.utf8), nesting: 8)
        #expect(try parser.value() == value)
        try parser.end()
    }

    /// Text that was cut between the halves of a pair is text nevertheless.
    @Test(arguments: [
        (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        (#""\ud83dx""#, "\u{FFFD}x"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
    ])
    func readsHalfAPairAsAReplacement(text: String, value: String) throws {
        var parser = JSONParser(Array(text.utf8), nesting: 8)
        #expect(try parser.value() == .string(value))
    }

    @Test(arguments: [
        "", " ", "nul", "True", "01", "1.", ".5", "+1", "1e", "-", "0x1", "1e999", "NaN", "'a'", "\"a", "\"\\x\"",
        "\"\\u12g4\"", "\"\\u1", "\"\n\"", "[1,]", "[1 2]", "[", "]", "{\"a\"}", "{\"a\":}", "{a: 1}", "{\"a\": 1,}",
        "{\"a\": 1", "1 2", "[]]", "// a\n1", "\"\\ud83d\\u1\"", "\"\\",
    ])
    func refusesWhatIsNone(text: String) {
        var parser = JSONParser(Array(text.utf8), nesting: 8)
        #expect(throws: JSONParser.Fault.self) {
            _ = try parser.value()
            try parser.end()
        }
    }

    @Test func countsHowDeepItIs() throws {
        var deep = JSONParser(Array("[[{\"a\":[1]}], [[[2]]]]".utf8), nesting: 4)
        _ = try deep.value()
        var deeper = JSONParser(Array("[[[[[".utf8), nesting: 4)
        #expect(throws: JSONParser.Fault.tooDeep(limit: 4)) { try deeper.value() }
        var wide = JSONParser(Array("[[],[],[],[],[],[]]".utf8), nesting: 2)
        _ = try wide.value()
    }

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
