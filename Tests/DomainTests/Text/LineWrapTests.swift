import Domain
import Testing

@Suite struct LineWrapTests {
    @Test func breaksBetweenWordsAndKeepsWhatStandsIn() {
        let text = "one two three four five six\n    seven eight nine ten eleven twelve\n\nshort"
        let wrapped = LineWrap(width: 22).lines(of: text)
        #expect(
            wrapped == """
                one two three four
                five six
                    seven eight nine
                    ten eleven twelve

                short
                """)
    }

    @Test func breaksNothingForWhoReadsNoTerminal() {
        let text = String(repeating: "word ", count: 100)
        #expect(LineWrap(width: nil).lines(of: text) == text)
    }

    @Test func leavesAWordWhole() {
        let address = "http://127.0.0.1:7391/" + String(repeating: "x", count: 60)
        #expect(LineWrap(width: 40).lines(of: "see \(address) now") == "see\n\(address)\nnow")
    }

    @Test func countsColumnsAndNotCharacters() {
        #expect(LineWrap.columns(of: "\u{1b}[1;31mred\u{1b}[0m") == 3)
        #expect(LineWrap.columns(of: "日本") == 4)
        #expect(LineWrap.columns(of: "e\u{301}") == 1)
    }
}
