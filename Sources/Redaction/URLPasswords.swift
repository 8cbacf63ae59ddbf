/// Passwords in URLs: `scheme://user:password@host`.
enum URLPasswords {
    private static let reach = 512

    /// - Parameter colon: where `://` is.
    static func find(_ text: ScannedText, at colon: Int) -> Finding? {
        guard text[colon + 1] == .slash, text[colon + 2] == .slash, text[colon - 1].isAlphanumeric else { return nil }
        let start = colon + 3
        guard text[start] != UInt8(ascii: "["), let userInfo = userInfo(text, from: start, after: colon),
            !text.holdsMark(userInfo)
        else { return nil }
        guard let separator = userInfo.first(where: { text[$0] == .colon }) else { return loneToken(text, userInfo) }
        let user = userInfo.lowerBound..<separator
        let password = (separator + 1)..<userInfo.upperBound
        guard !password.isEmpty, !isTemplate(text, password), !Placeholders.isPlaceholder(text, password),
            !isSame(text, user, password)
        else { return nil }
        return Finding(kind: "url-password", range: password)
    }

    /// All up to the `@` before the host.
    private static func userInfo(_ text: ScannedText, from start: Int, after colon: Int) -> Range<Int>? {
        var at = start
        var last: Int?
        let limit = min(text.count, start + reach)
        while at < limit, !endsAuthority(text[at]) {
            if text[at] == .at { last = at }
            at += 1
        }
        if let last { return start..<last }
        // A database's password may hold `/`, `?` or `#` as it is; a web address has an `@` in its path more often.
        guard !isWeb(text, colon), let separator = (start..<at).first(where: { text[$0] == .colon }) else { return nil }
        while at < limit, !endsURL(text[at]) {
            if text[at] == .at { last = at }
            at += 1
        }
        guard let last, last - separator <= 128 else { return nil }
        var port = separator + 1
        while text[port].isDigit { port += 1 }
        return port > separator + 1 && text[port] == .slash ? nil : start..<last
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == .slash || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") || endsURL(byte)
    }

    private static func endsURL(_ byte: UInt8) -> Bool { !Alphabet.unquoted.contains(byte) || byte == .backslash }

    private static func isWeb(_ text: ScannedText, _ colon: Int) -> Bool {
        text.startsIgnoringCase(with: "http", at: colon - 4) || text.startsIgnoringCase(with: "https", at: colon - 5)
            || text.startsIgnoringCase(with: "file", at: colon - 4)
    }

    /// `https://<token>@host`.
    private static func loneToken(_ text: ScannedText, _ user: Range<Int>) -> Finding? {
        let profile = Randomness.profile(text, user)
        guard user.count >= 20, profile.upper > 0, profile.lower > 0, !Placeholders.isPlaceholder(text, user),
            Randomness.isRandom(text, user)
        else { return nil }
        return Finding(kind: "url-password", range: user)
    }

    /// `{name}`, `%s`, `:name` and the like, put together with something else.
    private static func isTemplate(_ text: ScannedText, _ password: Range<Int>) -> Bool {
        switch text[password.lowerBound] {
        case .colon, UInt8(ascii: "*"): true
        case .dollar: text[password.lowerBound + 1].isLetter || text[password.lowerBound + 1] == UInt8(ascii: "{")
        default: text[password.lowerBound] == UInt8(ascii: "{") || text.contains("${", in: password)
        }
    }

    /// `postgres:postgres@localhost` is the default of a container, no secret.
    private static func isSame(_ text: ScannedText, _ user: Range<Int>, _ password: Range<Int>) -> Bool {
        user.count == password.count && zip(user, password).allSatisfy { text[$0] == text[$1] }
    }
}
