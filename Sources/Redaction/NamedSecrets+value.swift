/// Judges the value behind a name.
extension NamedSecrets {
    static func judge(
        _ text: inout ScannedText, _ value: AssignedValue, _ name: SecretName, _ words: SecretName.Words,
        atLeast minimum: Int = 12
    ) -> Finding? {
        let range = value.range
        guard range.count >= 6, !text.holdsMark(range), !Placeholders.isPlaceholder(text, range),
            !PublicExamples.contains(text, range)
        else { return nil }
        if let known = TokenIndex.shared.find(&text, at: range.lowerBound) {
            return Finding(kind: known.kind, range: range.lowerBound..<max(range.upperBound, known.range.upperBound))
        }
        if let colon = range.prefix(13).first(where: { text[$0] == .colon }),
            let token = TokenShapes.telegramToken(&text, at: colon)
        {
            return token
        }
        guard isSecret(text, value, name, atLeast: minimum) else { return nil }
        return Finding(kind: kind(text, value, name, words), range: range)
    }

    private static func isSecret(
        _ text: ScannedText, _ value: AssignedValue, _ name: SecretName, atLeast minimum: Int
    ) -> Bool {
        let range = value.range
        if text.contains("://", in: range.prefixRange(16)) || isPath(text, range) || isExpression(text, value) {
            return false
        }
        // A phrase, not a word; a word with blanks cannot be told from one.
        if value.isQuoted, range.prefixRange(256).contains(where: { text[$0].isSpace }) { return false }
        switch name {
        case .password:
            return isUUID(text, range) || Randomness.isRandom(text, range, atLeast: 8)
                || value.isLiteral && Randomness.isChosen(text, range) && !isName(text, value)
        case .key:
            let profile = Randomness.profile(text, range)
            return value.isLiteral && range.count >= 20 && profile.upper > 1 && profile.lower > 1 && profile.digits > 1
                && Randomness.isRandom(text, range)
        default: return isUUID(text, range) || Randomness.isRandom(text, range, atLeast: minimum)
        }
    }

    private static func isUUID(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        range.count == 36
            && range.allSatisfy { index in
                [8, 13, 18, 23].contains(index - range.lowerBound)
                    ? text[index] == .dash : Alphabet.hexadecimal.contains(text[index])
            }
    }

    /// `config.apiKey`, `getToken()`, `items[2]`.
    private static func isExpression(_ text: ScannedText, _ value: AssignedValue) -> Bool {
        let range = value.range.prefixRange(256)
        guard !value.isQuoted else { return false }
        let after = text[value.range.upperBound]
        if after == UInt8(ascii: "("), Alphabet.dotted.contains(text[value.range.upperBound - 1]) { return true }
        var opening: Int?
        for index in range where text[index] == UInt8(ascii: "(") || text[index] == UInt8(ascii: "[") {
            opening = index
            break
        }
        if let opening, opening > range.lowerBound, !value.isLiteral || text[range.upperBound - 1] == UInt8(ascii: ")")
        {
            return (range.lowerBound..<opening).allSatisfy { Alphabet.dotted.contains(text[$0]) }
        }
        return false
    }

    private static func isPath(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        let start = range.lowerBound
        switch text[start] {
        case .slash, UInt8(ascii: "~"), .dot:
            let isRooted = text[start] == .slash || text[start + 1] == .slash || text[start + 1] == .dot
            return isRooted && Randomness.profile(text, range).switchRate < 0.3
        default: return text[start + 1] == .colon && text[start + 2] == .backslash
        }
    }

    /// Words and numbers joined by one sign: `user-2`, `gpt-4-turbo`, `step_1`.
    private static func isName(_ text: ScannedText, _ value: AssignedValue) -> Bool {
        let range = value.range
        if !value.isQuoted, text.contains("passw", in: range) || text.contains("secret", in: range) { return true }
        let profile = Randomness.profile(text, range)
        return profile.switchRate < 0.12 && range.allSatisfy { Alphabet.path.contains(text[$0]) } && profile.others > 0
    }

    private static func kind(
        _ text: ScannedText, _ value: AssignedValue, _ name: SecretName, _ words: SecretName.Words
    ) -> String {
        if words.last == "auth", AuthorizationHeaders.holdsPassword(text, value.range) { return "docker-auth" }
        if words.last.hasSuffix("token"), words.second == "session", value.range.count > 100 {
            return "aws-session-token"
        }
        if words.last == "key", words.second == "access", words.third == "secret" { return "aws-secret-key" }
        if words.last.hasSuffix("accountkey") || words.last == "key" && words.second == "account" {
            return "azure-storage-key"
        }
        if words.last == "secret", words.second == "client", words.third == "azure" { return "azure-client-secret" }
        if words.second == "auth", words.third == "twilio" { return "twilio-key" }
        if case .password = name { return "password" }
        return "secret"
    }
}

extension Range<Int> {
    /// Its first places, as a range.
    fileprivate func prefixRange(_ count: Int) -> Range<Int> { lowerBound..<Swift.min(upperBound, lowerBound + count) }
}
