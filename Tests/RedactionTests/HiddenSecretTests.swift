import Redaction
import Testing

/// Secrets with something in their midst that nobody sees, and those that are spelled with escapes.
@Suite struct HiddenSecretTests {
    private static let token = "gh" + "p_" + "x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAeUiO"
    private static let password = "x7Kq!2LmN9vR"

    static let hidden: [String] = [
        "\0", "\u{1b}", "\r", "\u{7}", "\u{8}", "\u{7f}", "\u{85}", "\u{1b}[0m", "\u{1b}[1;32m", "\u{1b}[38;5;196m",
        "\u{1b}]8;;\u{7}", "\u{1b}(B", "\u{9b}0m", "\u{200b}", "\u{200d}", "\u{feff}", "\u{2060}", "\u{ad}", "\u{202e}",
        "\u{fe0f}", "\\\n", "\\\r\n", "\\\n   ", "\\\\\\n", "\\u200b", "\\u0000", "\\x00", "%00", "[32m", "^[[0m",
        "\\u001b[1m", "\\033[0m", "\\e[0m", "%E2%80%8B", "<wbr>",
    ]

    /// The parts of a string in a program, and a line that mail has broken.
    @Test(arguments: ["\" + \"", "\"\n    \"", "\" \\\n  \"", "\" .\n\"", "=\n", "=\r\n", "^\n", "`\n  "])
    func findsASecretInParts(joint: String) {
        let split = Self.token.prefix(17) + joint + Self.token.dropFirst(17)
        #expect(Redactor().redact("t = \"\(split)\"") == "t = \"[redacted:github-token]\"")
    }

    @Test(arguments: hidden)
    func findsASecretThatIsSplitByWhatNobodySees(sign: String) {
        let half = Self.token.index(Self.token.startIndex, offsetBy: 17)
        let split = Self.token[..<half] + sign + Self.token[half...]
        #expect(Redactor().redact("token is \(split) ok") == "token is [redacted:github-token] ok")
        let early = Self.token.prefix(2) + sign + Self.token.dropFirst(2)
        #expect(Redactor().redact("is \(early), ok") == "is [redacted:github-token], ok")
        let password = Self.password.prefix(5) + sign + Self.password.dropFirst(5)
        #expect(Redactor().redact("DB_PASSWORD=\(password)\nx=1") == "DB_PASSWORD=[redacted:password]\nx=1")
        let name = "DB_PASS" + sign + "WORD="
        #expect(Redactor().redact("\(name)\(Self.password)\nx=1") == "\(name)[redacted:password]\nx=1")
    }

    @Test func leavesWhatNobodySeesWhereThereIsNoSecret() {
        for sign in Self.hidden {
            let text = "a\(sign)b password\(sign)s are fine\(sign)"
            #expect(Redactor().redact(text) == text)
        }
    }

    @Test(arguments: [
        ("password%3D", "%26user%3Dbob"), ("%22password%22%3A%22", "%22%7D"), ("password%253D", "%2526x%253D1"),
        ("\\u0022password\\u0022:\\u0022", "\\u0022,"), ("password\\u003d", "\\u0026user=bob"),
        ("\\\\u0022password\\\\u0022:\\\\u0022", "\\\\u0022"), ("password\\x3d", "\\x26a=1"),
        ("&quot;password&quot;:&quot;", "&quot;"), ("\\u0070assword\\u003a ", "\n"), ("p%61ssword=", "\n"),
        ("password&#61;", "&amp;a=1"),
    ])
    func readsEscapes(before: String, after: String) {
        #expect(Redactor().redact(before + Self.password + after) == "\(before)[redacted:password]\(after)")
    }

    @Test func dropsAPrivateSectionWhoseTagsAreEscapedOrSplit() {
        #expect(Redactor().redact("a\\u003cprivate\\u003eb\\u003c/private\\u003ec") == "ac")
        #expect(Redactor().redact("a<pri\u{200b}vate>b</private>c") == "ac")
        #expect(Redactor().redact("a %3Cprivate%3E b") == "a %3Cprivate%3E b")
    }

    @Test func isDoneAfterOnce() {
        for sign in Self.hidden {
            let once = Redactor().redact("a \(Self.token.prefix(9))\(sign)\(Self.token.dropFirst(9)) b")
            #expect(Redactor().redact(once) == once)
        }
    }

    @Test func cleansBeforeItLooks() {
        let text = "a\u{1b}[31m \(Self.token.prefix(9))\0\(Self.token.dropFirst(9))\u{1b}[0m b\tc\r\nd\u{7}"
        #expect(Redactor().cleaned(text) == "a [redacted:github-token] b\tc\nd")
        #expect(Redactor.withoutControls("é\u{200d}→") == "é\u{200d}→")
    }
}
