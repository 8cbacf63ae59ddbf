/// Secrets that only the name in front of them gives away: `SMTP_PASSWORD=…`, `"client_secret": "…"`, `--token …`.
enum NamedSecrets {
    static let longestName = 64

    /// What the pass knows besides the text.
    struct Surroundings {
        /// A pair named a secret, and its value comes before this place: `- name: TOKEN⏎  value: …`.
        var pairName: SecretName?
        var pairEnds = 0
        /// Where the cookies of a header end.
        var cookiesEnd = 0
        /// The block that begins below the name.
        var block: BlockScalar?
    }

    /// - Parameter separator: where one of `=`, `:`, `,`, `>` or the first of `||` and `??` is.
    static func find(_ text: inout ScannedText, at separator: Int, _ around: inout Surroundings) -> Finding? {
        if let finding = ForeignNames.find(&text, at: separator) { return finding }
        guard let site = site(text, before: separator) else { return nil }
        var words = SecretName.Words(text, site.name)
        addProse(text, site.name, to: &words)
        var name = SecretName(words)
        if text[separator] == .equals, name == nil {
            // A cookie of a header; the signature of a shared access URL.
            if separator < around.cookiesEnd { name = .secret }
        }
        if text[separator] == .equals, queryNames.contains(words.last), isOfQuery(text, site.name) { name = .secret }
        guard var name else { return nil }
        switch name {
        case .authorization:
            guard let value = headerValue(text, after: separator) else { return nil }
            return AuthorizationHeaders.find(&text, valueAt: value)
        case .cookie:
            around.cookiesEnd = min(text.end(of: .doubleQuoted, from: separator), separator + 8192)
            return nil
        case .pairName:
            notePair(&text, separator, site, &around)
            return nil
        case .pairValue:
            guard let pairName = around.pairName, separator < around.pairEnds else { return nil }
            around.pairName = nil
            name = pairName
        case .password, .secret, .key: break
        }
        if let block = BlockScalar(&text, after: separator, name, words) {
            around.block = block
            return nil
        }
        guard text[separator] != UInt8(ascii: ",") || text[text.skippingBlanks(separator + 1)].isQuote,
            let value = AssignedValue(&text, after: separator + 1, site: site)
        else { return nil }
        return judge(&text, value, name, words)
    }

    /// What the query of a URL gives a secret by: a key, the signature of a shared access, what a login is exchanged for.
    private static let queryNames: NameWordSet = [
        "key", "sig", "signature", "zapikey", "code", "t", "ticket", "invite", "invitation", "assertion", "samlart",
    ]

    /// `?name=`, `&name=`.
    private static func isOfQuery(_ text: ScannedText, _ name: Range<Int>) -> Bool {
        text[name.lowerBound - 1] == UInt8(ascii: "?") || text[name.lowerBound - 1] == UInt8(ascii: "&")
    }

    /// `--password value`, `--token "value"`, `-password value`.
    /// - Parameter start: at the dashes.
    static func findOption(_ text: inout ScannedText, at start: Int) -> Finding? {
        let isShort = text[start + 1] != .dash
        let first = isShort ? start + 1 : start + 2
        let end = text.end(of: .base64URL, from: first)
        guard end - first > 2, end - start < longestName, text[end] == .blank else { return nil }
        let range = first..<end
        let words = SecretName.Words(text, range)
        guard let name = SecretName(words), !isShort || name.isSecret, text[text.skippingBlanks(end)] != .dash,
            let value = AssignedValue(&text, after: end, site: .init(name: range, isEnvironment: true))
        else { return nil }
        return judge(&text, value, name, words)
    }

    private static let spokenNames: [StaticString] = [
        "password", "passwort", "passphrase", "passwd", "passcode", "pwd", "pass", "pw", "kennwort", "passe", "senha",
        "wachtwoord", "requirepass", "masterauth",
    ]
    private static let tellingWords: [StaticString] = [
        "is now ", "is ", "was ", "ist ", "lautet ", "war ", "will be ", "est ", "es ", "e ", "é ",
    ]

    /// `password value`, as in `.netrc`, or `the password is value`, as people write.
    /// - Parameter start: at the word.
    static func findSpoken(_ text: inout ScannedText, at start: Int) -> Finding? {
        let end = text.end(of: .word, from: start)
        guard text[end] == .blank, spokenNames.contains(where: { text.equalsIgnoringCase($0, in: start..<end) }) else {
            return nil
        }
        var at = text.skippingBlanks(end)
        let told = tellingWords.first { text.startsIgnoringCase(with: $0, at: at) }
        if let told { at = text.skippingBlanks(at + told.utf8CodeUnitCount) }
        // `pwd` and `pass` are words of other kinds, too.
        let isSetting = ["requirepass", "masterauth"].contains { text.equalsIgnoringCase($0, in: start..<end) }
        guard
            told != nil || !["pass", "pwd", "passe"].contains(where: { text.equalsIgnoringCase($0, in: start..<end) })
        else { return nil }
        if told == nil, text.startsIgnoringCase(with: "to ", at: at) { at = text.skippingBlanks(at + 3) }
        // A bar parts the cells of a table.
        guard text[at] != UInt8(ascii: "|"),
            let value = AssignedValue(
                &text, after: at, site: .init(name: start..<end, isEnvironment: told != nil))
        else { return nil }
        // Who says what it is means a word by it that is none: letters with digits or signs.
        if told != nil || isSetting, Randomness.isChosen(text, value.range) {
            return judge(&text, value, .password, SecretName.Words(text, start..<end))
        }
        if told != nil, Randomness.isSpelledWithDigits(text, value.range) {
            return PasswordArguments.finding(&text, value.range)
        }
        guard Randomness.isRandom(text, value.range, atLeast: 8), Randomness.isChosen(text, value.range) else {
            return nil
        }
        return judge(&text, value, .secret, SecretName.Words(text, start..<end), atLeast: 8)
    }
}
