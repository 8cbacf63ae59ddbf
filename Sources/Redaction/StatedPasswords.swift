/// Passwords that stand in quotes behind the words of a language: `IDENTIFIED BY 'password'`, `send "password\r"`.
enum StatedPasswords {
    private static let reach = 160

    /// - Parameter start: at the first word.
    static func find(_ text: inout ScannedText, at start: Int) -> Finding? {
        switch text[start].lowered {
        case UInt8(ascii: "i"):
            // `IDENTIFIED BY '…'`, `IDENTIFIED WITH plugin BY '…'` of SQL.
            guard text.startsIgnoringCase(with: "identified ", at: start),
                let by = place(of: " by ", in: text, from: start + 10)
            else { return nil }
            return quoted(&text, from: by + 4)
        case UInt8(ascii: "c"):
            if text.startsIgnoringCase(with: "crypt(", at: start) { return quoted(&text, from: start + 6) }
            guard text.startsIgnoringCase(with: "convertto-securestring ", at: start) else { return nil }
            return secureString(&text, at: start)
        case UInt8(ascii: "p"):
            // `PASSWORD('…')`, `SET PASSWORD FOR user = '…'`.
            guard text.startsIgnoringCase(with: "password", at: start) else { return nil }
            if text[start + 8] == UInt8(ascii: "(") { return quoted(&text, from: start + 9) }
            guard text.startsIgnoringCase(with: " for ", at: start + 8),
                let equals = (start..<lineEnd(text, start)).first(where: { text[$0] == .equals })
            else { return nil }
            return quoted(&text, from: equals + 1)
        case UInt8(ascii: "s"): return sent(&text, at: start)
        default: return nil
        }
    }

    /// `ConvertTo-SecureString 'password' -AsPlainText`, `'password' | ConvertTo-SecureString`.
    private static func secureString(_ text: inout ScannedText, at start: Int) -> Finding? {
        let end = lineEnd(text, start)
        let words = start + 23
        if let quote = (words..<max(words, end)).first(where: { text[$0].isQuote }) {
            return quoted(&text, from: quote)
        }
        let value = text.skippingBlanks(words)
        guard value < end, text[value] != .dash, let word = PasswordArguments.argument(&text, value),
            Randomness.isDrawnOrChosen(text, word.range)
        else { return nil }
        return PasswordArguments.finding(&text, word.range)
    }

    /// `send "password\r"` of expect, `child.sendline('password')`, behind the prompt that asks for one.
    private static func sent(_ text: inout ScannedText, at start: Int) -> Finding? {
        let words: [StaticString] = ["sendline(", "send(", "send -- ", "send "]
        guard let word = words.first(where: { text.startsIgnoringCase(with: $0, at: start) }),
            text.contains("assword", in: max(0, start - reach)..<start)
                || text.contains("assphrase", in: max(0, start - reach)..<start)
        else { return nil }
        return quoted(&text, from: start + word.utf8CodeUnitCount)
    }

    private static func quoted(_ text: inout ScannedText, from start: Int) -> Finding? {
        let at = text.skippingBlanks(start)
        guard text[at].isQuote || text[at] == .backslash,
            var value = AssignedValue(&text, after: at, site: .init(name: start..<start)), value.isQuoted
        else { return nil }
        // The return key.
        while value.range.count > 2, text[value.range.upperBound - 2] == .backslash,
            "rn".utf8.contains(text[value.range.upperBound - 1])
        {
            value.range.removeLast(2)
        }
        guard Randomness.isDrawnOrChosen(text, value.range) else { return nil }
        return PasswordArguments.finding(&text, value.range)
    }

    private static func place(of word: StaticString, in text: ScannedText, from start: Int) -> Int? {
        (start..<lineEnd(text, start)).first { text.startsIgnoringCase(with: word, at: $0) }
    }

    private static func lineEnd(_ text: ScannedText, _ start: Int) -> Int {
        let limit = min(start + reach, text.count)
        return (start..<limit).first { text[$0].isLineEnd } ?? limit
    }
}
