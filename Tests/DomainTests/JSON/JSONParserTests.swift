import Domain
import TestSupport
import Testing

@Suite struct JSONParserTests {
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

    // MARK: - JSON5

    @Test(
        arguments: [
            ("// a\n1", 1), ("/* a\n*/ 1 // b", 1), ("[1, /**/ 2,]", [1, 2]), (#"{"a": 1,}"#, ["a": 1]),
            ("'a\"b'", "a\"b"),
            (#""a'b""#, "a'b"), (#"{a: 1, $_b2: 'c', 'd': "e", ü: 2}"#, ["a": 1, "$_b2": "c", "d": "e", "ü": 2]),
            ("+1", 1), ("-.5", -0.5), ("5.", 5), ("0x1F", 31), ("-0xa", -10), ("1e3", 1000), ("\u{FEFF} 1\u{A0}", 1),
            (#"'\x41\v\0\'\q\ü'"#, "A\u{b}\0'qü"), ("'a\\\nb\\\r\nc'", "abc"), ("'\t'", "\t"), ("[]", []),
            ("null", .null),
        ] as [(String, JSONValue)])
    func readsWhatPeopleWrite(text: String, value: JSONValue) throws { #expect(try JSONValue(parsing: text) == value) }

    @Test(arguments: [
        ("", "unexpected end in line 1, column 1"), ("{ broken", "unexpected end in line 1, column 9"),
        ("{\n  \"a\": 1\n  \"b\": 2\n}", "unexpected '\"' in line 3, column 3"),
        ("{\"ä\": tru}", "unexpected 't' in line 1, column 7"), ("[1,,2]", "unexpected ',' in line 1, column 4"),
        ("{\"a\": \"b\n\"}", "unexpected end of line in line 1, column 9"),
        ("/* a", "unexpected '/' in line 1, column 1"),
        ("1 2", "unexpected '2' in line 1, column 3"), ("NaN", "unexpected 'N' in line 1, column 1"),
        ("1e999", "unexpected '1' in line 1, column 1"), ("\u{1B}", #"unexpected '\u{1B}' in line 1, column 1"#),
        (String(repeating: "[", count: 1000), "nested deeper than 128"),
        ("{1: 2}", "unexpected '1' in line 1, column 2"),
        ("[,]", "unexpected ',' in line 1, column 2"), ("- 1", "unexpected '-' in line 1, column 1"),
    ])
    func saysWhatIsNoneAndWhere(text: String, description: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.description == description)
    }

    /// Whatever bytes come: an answer, and no trap.
    @Test func endsOnAnyText() throws {
        let signs = Array(#"{}[]:,"'\/*n1.e-+x0u ü"#)
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in signs.randomElement(using: &random) ?? " " })
            if let value = try? JSONValue(parsing: text) { #expect(try JSONValue(parsing: value.text) == value) }
        }
    }
}

@Suite struct JSONValueTests {
    @Test(
        arguments: [
            .null, true, 0, -3600, 0.1, 1e20, "a\"\\\n\u{1}ü/", [], [:], ["b": [1, .null], "a": ["": "x"]],
        ] as [JSONValue])
    func comesBackAsItWasWritten(value: JSONValue) throws {
        #expect(try JSONValue(parsing: value.text) == value)
        #expect(try JSONValue(encoding: value) == value)
    }

    @Test func writesNamesInOrderAndWholeNumbersWhole() {
        #expect((["b": 3600, "a": 0.5, "c": "/"] as JSONValue).text == #"{"a":0.5,"b":3600,"c":"/"}"#)
    }

    @Test func aNameGivenTwiceKeepsItsLastValue() throws { #expect(try JSONValue(parsing: "{a: 1, a: 2}") == ["a": 2]) }
}
