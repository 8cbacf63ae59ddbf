/// Lines of `.pgpass`: `host:port:database:user:password`.
enum PasswordFiles {
    /// - Parameter colon: the first one of the line's.
    static func find(_ text: inout ScannedText, at colon: Int) -> Finding? {
        guard text[colon + 1].isDigit || text[colon + 1] == UInt8(ascii: "*") else { return nil }
        var host = colon
        while host > 0, colon - host < 80,
            Alphabet.dotted.contains(text[host - 1]) || text[host - 1] == UInt8(ascii: "*")
        {
            host -= 1
        }
        guard host < colon, host == 0 || text[host - 1].isSpace || text[host - 1].isQuote else { return nil }
        let port = (colon + 1)..<endOfField(text, colon + 1)
        guard (4...5).contains(port.count) && port.allSatisfy({ text[$0].isDigit }) || port.count == 1 else {
            return nil
        }
        let database = (port.upperBound + 1)..<max(port.upperBound + 1, endOfField(text, port.upperBound + 1))
        let user = (database.upperBound + 1)..<max(database.upperBound + 1, endOfField(text, database.upperBound + 1))
        guard text[port.upperBound] == .colon, text[database.upperBound] == .colon, text[user.upperBound] == .colon,
            text[database.lowerBound].isLetter || text[database.lowerBound] == UInt8(ascii: "*"),
            text[user.lowerBound].isLetter
        else { return nil }
        let end = text.end(of: .unquoted, from: user.upperBound + 1)
        let password = (user.upperBound + 1)..<end
        guard end >= text.count || text[end].isLineEnd || text[end].isQuote, !text.holdsMark(password),
            !Placeholders.isPlaceholder(text, password),
            Randomness.isChosen(text, password) || Randomness.isRandom(text, password)
        else { return nil }
        return Finding(kind: "password", range: password)
    }

    private static func endOfField(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        while at - start < 64, Alphabet.dotted.contains(text[at]) || text[at] == UInt8(ascii: "*") { at += 1 }
        return at
    }
}
