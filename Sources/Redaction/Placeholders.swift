/// What stands where a secret would: a reference to one, a hint to fill it in, a mask.
enum Placeholders {
    /// As far as a value is looked at; what marks a placeholder is near its start, or the whole is short.
    private static let reach = 96

    private static let words: [StaticString] = [
        "example", "placeholder", "changeme", "change-me", "change_me", "redacted", "dummy", "your-", "your_",
        "yourapi",
        "yourtoken", "yoursecret", "yourpassword", "replace-", "replace_", "insert-", "insert_", "-here", "_here",
        "my-secret", "my_secret", "mysecret", "my-api", "my_api", "my-token", "my_token", "mytoken", "mypassword",
        "my-password", "my_password", "notasecret", "not-a-secret", "not_a_secret", "{{", "${", "$(", "#{", "...",
        "***",
        "process.env", "os.environ", "getenv", "secrets.", "env.", "…",
        // Regular expressions.
        "[a-z", "[0-9", "[^", "\\d", "\\w",
    ]

    private static let wordsByLetter: [[StaticString]] = {
        var table = [[StaticString]](repeating: [], count: 256)
        for word in words { unsafe table[Int(word.utf8Start[0])].append(word) }
        return table
    }()

    /// Whole values that everybody writes.
    private static let wholes: [StaticString] = [
        "password", "passwort", "passwd", "pass", "pwd", "pw", "secret", "token", "apikey", "api_key", "api-key", "key",
        "string", "test", "testing", "admin", "root", "user", "username", "guest", "foo", "bar", "hunter2", "none",
        "null", "nil", "true", "false", "undefined", "default", "empty", "required", "optional", "unset", "value",
        "hidden", "masked", "credentials", "postgres", "mysql", "letmein", "qwerty",
    ]

    static func isPlaceholder(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return true }
        let seen = range.lowerBound..<min(range.upperBound, range.lowerBound + reach)
        if isReference(text, seen) || isFamiliar(text, seen) { return true }
        return isMasked(text, seen) || holdsWord(text, seen)
    }

    private static func holdsWord(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        for index in range {
            for word in wordsByLetter[Int(text[index].lowered)]
            where index + word.utf8CodeUnitCount <= range.upperBound && text.startsIgnoringCase(with: word, at: index) {
                return true
            }
        }
        return false
    }

    /// `$NAME`, `%NAME%`, `<name>`, `[name]`, `{name}`, `@name@`, `!Ref name`.
    private static func isReference(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        let last = text[range.upperBound - 1]
        switch text[range.lowerBound] {
        case .dollar:
            return text[range.lowerBound + 1].isLetter && isName(text, range.dropFirst())
                || text[range.lowerBound + 1] == UInt8(ascii: "{") || range.count == 2
        case UInt8(ascii: "%"):
            return last == UInt8(ascii: "%") || text[range.lowerBound + 1] == UInt8(ascii: "(") || range.count <= 3
        case UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("): return true
        case .at: return last == .at
        default: return false
        }
    }

    private static func isName(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        var hasDigit = false
        var hasUpper = false
        var hasLower = false
        for index in range {
            guard Alphabet.word.contains(text[index]) else { return false }
            hasDigit = hasDigit || text[index].isDigit
            hasUpper = hasUpper || text[index].isUpper
            hasLower = hasLower || text[index].isLower
        }
        return !hasDigit || !(hasUpper && hasLower)
    }

    /// A word everybody writes, maybe with a number or a sign behind it.
    private static func isFamiliar(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        var core = range
        while let last = core.last, !text[last].isLetter { core.removeLast() }
        if core.isEmpty { core = range }
        return wholes.contains { text.equalsIgnoringCase($0, in: core) }
    }

    /// One character over and over (`xxxxx`, `*****`, `00000000`), or counting (`1234567890`, `abcdefghij`).
    private static func isMasked(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        var same = 1
        var counting = 1
        for index in range.dropFirst() {
            let byte = text[index]
            let previous = text[index - 1]
            same = byte == previous ? same + 1 : 1
            counting = byte == previous &+ 1 || byte == 48 && previous == 57 ? counting + 1 : 1
            switch byte {
            case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "*"), .dot: if same >= 5 { return true }
            default: if same >= 9 && same * 2 >= range.count { return true }
            }
            if counting >= 9 { return true }
        }
        return false
    }
}

/// Values that stand in public documentation and open nothing.
enum PublicExamples {
    /// In pieces, so that no scanner of this source takes them for leaks.
    private static let all: [[UInt8]] = [
        ["sk_", "test_", "4eC39HqLyjWDarjtT1zdp7dc"],
        ["sk_", "test_", "BQokikJOvBiI2HlWgH4olfQ2"],
        [
            "sk_", "test_", "51",
            "BTUDGJAJfZb9HEBwDg86TN1KNprHjkfipXmEDMb0gSCassK5T3ZfxsAbcgKVmAIXF7oZ6ItlZZbXO6idTHE67IM007EwQ4uN3",
        ],
        ["wJalrXUtnFEMI/", "K7MDENG/", "bPxRfiCYEXAMPLEKEY"],
        // The token of jwt.io.
        [
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
            "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.",
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        ],
        // Aladdin, of RFC 7617.
        ["QWxhZGRpbjpv", "cGVuIHNlc2FtZQ=="],
    ].map { Array($0.joined().utf8) }

    static func contains(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        all.contains { $0.count == range.count && text.starts(with: $0, at: range.lowerBound) }
    }
}
