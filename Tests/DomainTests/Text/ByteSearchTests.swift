import Domain
import Testing

@Suite struct ByteSearchTests {
    @Test(arguments: [
        ("", "", true), ("a", "", true), ("", "a", false), ("abc", "abc", true), ("xabc", "abc", true),
        ("ab", "abc", false), ("aab", "ab", true), ("aaab", "aab", true), ("abab", "aba", true), ("é日本", "日", true),
        ("abcabd", "abd", true), ("abcab", "abd", false),
    ])
    func findsAWordWhereItIs(text: String, word: String, isThere: Bool) {
        #expect(ByteSearch.contains(text, word) == isThere)
    }

    @Test func findsAnEscapeInALine() {
        let line = Array(#"{"text":"a\u0000b"}"#.utf8)
        #expect(ByteSearch.contains(line[...], #"\u0000"#))
        #expect(!ByteSearch.contains(line[..<12], #"\u0000"#))
    }
}
