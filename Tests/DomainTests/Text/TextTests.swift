import Domain
import Testing

@Suite struct PercentCodingTests {
    @Test(arguments: [
        ("", ""), ("aZ09-._~", "aZ09-._~"), ("a b/c", "a%20b%2Fc"), ("100%", "100%25"), ("\u{7}", "%07"),
        ("ä", "%C3%A4"),
    ])
    func writesWhatIsNotUnreservedInDigits(text: String, encoded: String) {
        #expect(PercentCoding.encode(text) == encoded)
    }

    @Test func everyByteComesBack() {
        let text = String(String.UnicodeScalarView((0..<0x250).compactMap(Unicode.Scalar.init))) + "👩‍👩‍👧 ✓"
        #expect(PercentCoding.decode(PercentCoding.encode(text)[...]) == text)
        #expect(PercentCoding.decode(PercentCoding.encode(text, spaceIsPlus: true)[...], plusIsSpace: true) == text)
        #expect(PercentCoding.decode(PercentCoding.encodePath(text)[...]) == text)
    }

    @Test func aBlankIsAPlusInFormsOnly() {
        #expect(PercentCoding.encode("a b+", spaceIsPlus: true) == "a+b%2B")
        #expect(PercentCoding.decode("a+b", plusIsSpace: true) == "a b")
        #expect(PercentCoding.decode("a+b") == "a+b")
        #expect(PercentCoding.encodePath("/a b/c?#%") == "/a%20b/c%3F%23%25")
    }

    @Test(arguments: ["%", "%4", "%4g", "%+5", "%-1", "%%41", "%FF", "%C3", "a%2"])
    func refusesWhatIsBroken(text: String) { #expect(PercentCoding.decode(text[...]) == nil) }
}

@Suite struct DigitsTests {
    @Test(arguments: [(0, 3, "000"), (7, 2, "07"), (123, 2, "123"), (99, 2, "99"), (5, 0, "5")])
    func putsZerosBefore(number: Int, digits: Int, text: String) { #expect(String(number, digits: digits) == text) }

    @Test func hexadecimalDigitsCountAsTheyAreWritten() {
        for byte in UInt8.min...UInt8.max {
            let scalar = Unicode.Scalar(byte)
            #expect(byte.hexadecimalDigit.map(Int.init) == (scalar.isASCII ? Character(scalar).hexDigitValue : nil))
        }
        #expect(String(UInt8(10), digits: 2, radix: 16, uppercase: true) == "0A")
        #expect(String(UInt64.max, digits: 16, radix: 16) == "ffffffffffffffff")
    }
}

@Suite struct ChecksumTests {
    /// http://www.isthe.com/chongo/src/fnv/test_fnv.c
    @Test(arguments: [
        ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
        ("chongo was here!\n", "46810940eff5f915"), ("127.0.0.1", "aabafe7104d914be"),
    ])
    func agreesWithItsAuthors(text: String, digits: String) {
        #expect(Checksum.fnv1a(text).hexadecimal == digits)
        #expect(Checksum.fnv1a(Array(text.utf8).span).hexadecimal == digits)
    }

    @Test func keepsZerosAtTheFront() { #expect(Checksum(value: 255).hexadecimal == "00000000000000ff") }
}

@Suite struct ConstantTimeTests {
    @Test(arguments: [
        ("", "", true), ("a", "a", true), ("ab", "aB", false), ("ab", "bb", false), ("ab", "a", false),
        ("a", "ab", false),
        ("é", "e\u{301}", false),
    ])
    func comparesBytes(one: String, other: String, areEqual: Bool) {
        #expect(ConstantTime.areEqual(one, other) == areEqual)
        #expect(ConstantTime.areEqual(one, other[...]) == areEqual)
    }
}

@Suite struct MarkupTests {
    @Test(arguments: [
        ("", ""), ("a<b>c&d\"e'f", "a&lt;b&gt;c&amp;d&quot;e&#39;f"), ("&amp;", "&amp;amp;"), ("ä\n", "ä\n"),
    ])
    func marksBecomeText(text: String, escaped: String) { #expect(Markup.escaped(text) == escaped) }

    @Test(arguments: ["\"\u{301}", "\u{600}\"", "<\u{338}", "\u{200D}'", "\r\n\""])
    func marksThatGrewTogetherWithOtherSignsToo(text: String) {
        #expect(Markup.escaped(text).unicodeScalars.allSatisfy { !["\"", "<", "'"].contains($0) })
    }
}

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("  a \t b \r\n\n c ", "a b c"), ("a\u{202E}b\u{200B}c", "abc"), ("a\u{1B}[31mb", "a[31mb"),
        ("a\u{85}b", "a b"),
        ("👩‍👩‍👧", "👩‍👩‍👧"), ("\u{FEFF}a", "a"),
    ])
    func aLineHoldsNothingThatSteers(text: String, line: String) { #expect(PlainText.line(text) == line) }

    @Test func bounds() {
        #expect(PlainText.line("abcdef", limit: 6) == "abcdef")
        #expect(PlainText.line("abcdefg", limit: 6) == "abcde…")
        #expect(PlainText.line("a" + String(repeating: "\u{301}", count: 1000), limit: 6).utf8.count <= 48)
        #expect(PlainText.lines("\n a\r\nb\rc ", limit: 10) == "a\nb\nc")
    }

    @Test func zerosAreBlanks() {
        #expect(PlainText.withoutZeros("a\0b\0") == "a b ")
        #expect(PlainText.withoutZeros("ab") == "ab")
    }
}

@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("a\u{1B}[31m", #"a\u{1B}[31m"#), ("a\u{202E}b", #"a\u{202E}b"#), ("a\r\nb\tc", #"a\nb\tc"#),
        ("\"\u{301}", #""\u{301}"#), ("e\u{301}", "e\u{301}"),
    ])
    func showsWhatSteers(text: String, line: String) { #expect(VisibleText.line(text) == line) }

    @Test func keepsLines() { #expect(VisibleText.of("a\r\nb\tc\u{7F}") == "a\nb\tc\\u{7F}") }
}
