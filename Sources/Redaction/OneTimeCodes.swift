/// Codes that stand in for a password once: of an authenticator or a message, and lists of them to recover an account.
enum OneTimeCodes {
    /// What a code is called, within so many bytes before the word.
    private static let reach = 40
    private static let single: [StaticString] = [
        "verification", "one-time", "onetime", "one time", "login", "log-in", "sign-in", "signin", "authentication",
        "authenticator", "confirmation", "2fa", "mfa", "otp", "two-factor", "2-step", "two-step", "passcode", "device",
        "security", "your ", "sms", "whatsapp", "telegram", "steam guard", "unlock", "pairing", "activation", "reset",
    ]
    private static let factors: [StaticString] = [
        "one-time", "one time", "onetime", "2fa", "mfa", "otp", "two-factor", "2-step", "two-step", "authenticator",
    ]
    private static let owners: [StaticString] = ["your ", "my ", "deine ", "bank", "card", "sim "]
    /// Codes that are none of these.
    private static let others: [StaticString] = [
        "exit ", "error ", "status ", "zip ", "postal ", "area ", "country ", "source ", "return ", "response ",
        "order ", "product ", "tracking ", "discount ", "promo ", "commit ", "state ", "project ", "color ", "region ",
    ]
    private static let setups: [StaticString] = ["setup", "manual", "2fa", "mfa", "totp", "authenticator"]
    private static let listed: [StaticString] = ["recovery", "backup", "scratch", "emergency", "rescue"]

    /// Which words go with a name before a code is believed to be one.
    private enum Word {
        /// It says so alone.
        case plain
        case code, codes, key
        case named([StaticString])

        init?(_ text: ScannedText, _ word: Range<Int>) {
            func isOneOf(_ names: StaticString...) -> Bool {
                names.contains { text.equalsIgnoringCase($0, in: word) }
            }
            if isOneOf("otp", "totp", "passcode", "2fa", "mfa") {
                self = .plain
            } else if isOneOf("code") {
                self = .code
            } else if isOneOf("codes") {
                self = .codes
            } else if isOneOf("key", "secret") {
                self = .key
            } else if isOneOf("password", "token") {
                self = .named(factors)
            } else if isOneOf("pin") {
                self = .named(owners)
            } else {
                return nil
            }
        }
    }

    /// - Parameter start: at a word `code`, `codes`, `passcode`, `password`, `token`, `PIN` or `OTP`.
    static func find(_ text: inout ScannedText, at start: Int) -> (finding: Finding?, list: CodeList?) {
        let end = text.end(of: .word, from: start)
        guard let word = Word(text, start..<end) else { return (nil, nil) }
        // What it is called is looked at where a code stands beside it: in programs most codes are others.
        let before = max(0, start - reach)..<start
        switch word {
        case .codes: return (nil, isNamed(text, before, listed) ? CodeList() : nil)
        case .code:
            if let finding = recoveryCode(text, behind: end), isNamed(text, before, listed) { return (finding, nil) }
            if let finding = code(&text, behind: end), isNamed(text, before, single) || isToBeKept(text, finding),
                !isNamed(text, max(0, start - 12)..<start, others)
            {
                return (finding, nil)
            }
        case .key:
            guard let finding = keyInGroups(text, behind: end), isNamed(text, before, listed + setups) else { break }
            return (finding, nil)
        case .plain: if let finding = code(&text, behind: end) { return (finding, nil) }
        case .named(let names):
            if let finding = code(&text, behind: end), isNamed(text, before, names) { return (finding, nil) }
        }
        return (told(&text, before: start), nil)
    }

    /// `Use 482913 to sign in`.
    /// - Parameter start: at `use` or `enter`.
    static func findAsked(_ text: inout ScannedText, at start: Int) -> Finding? {
        guard
            let verb = (["use ", "enter ", "type "] as [StaticString])
                .first(where: { text.startsIgnoringCase(with: $0, at: start) })
        else { return nil }
        var at = start + verb.utf8CodeUnitCount
        for word in ["the ", "this ", "code "] as [StaticString] where text.startsIgnoringCase(with: word, at: at) {
            at += word.utf8CodeUnitCount
        }
        guard let finding = code(&text, at) else { return nil }
        let behind = finding.range.upperBound..<min(text.count, finding.range.upperBound + reach)
        let aims: [StaticString] = [
            "to sign in", "to log in", "to login", "to verify", "to confirm", "to authenticate", "to complete",
            "to reset your", "to finish", "to access your", "as your ",
        ]
        return isNamed(text, behind, aims) ? finding : nil
    }

    /// `Code: 482913. Do not share it.`
    private static func isToBeKept(_ text: ScannedText, _ code: Finding) -> Bool {
        let behind = code.range.upperBound..<min(text.count, code.range.upperBound + 60)
        return isNamed(
            text, behind, ["not share", "n't share", "never share", "expires in", "valid for", "will expire"])
    }

    private static func isNamed(_ text: ScannedText, _ before: Range<Int>, _ names: [StaticString]) -> Bool {
        names.contains { text.contains($0, in: before) }
    }

    /// Where what is said to be the code begins: `code: …`, `code is …`.
    private static func value(_ text: ScannedText, behind end: Int) -> Int? {
        var at = end
        while at - end < 24 {
            if text.startsIgnoringCase(with: "is ", at: at) || text.startsIgnoringCase(with: "is:", at: at) {
                at += 2
            } else if text[at] == UInt8(ascii: "#"), text[at + 1].isDigit {
                at += 2
            } else if text[at].isSpace || text[at].isQuote || isMark(text[at]) {
                at += 1
            } else {
                break
            }
        }
        return at > end ? at : nil
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == .colon || byte == .equals || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "(")
    }

    private static func recoveryCode(_ text: ScannedText, behind end: Int) -> Finding? {
        guard let start = value(text, behind: end) else { return nil }
        let code = start..<CodeList.endOfWord(text, start)
        return CodeList.isCode(text, code) ? Finding(kind: "recovery-code", range: code) : nil
    }

    /// `JBSW Y3DP EHPK 3PXQ`, and the same in one.
    private static func keyInGroups(_ text: ScannedText, behind end: Int) -> Finding? {
        guard let start = value(text, behind: end) else { return nil }
        var close = CodeList.endOfWord(text, start)
        if close - start >= 16, (start..<close).allSatisfy({ text[$0].isUpper || text[$0].isDigit }) {
            return Placeholders.isPlaceholder(text, start..<close) ? nil : Finding(kind: "secret", range: start..<close)
        }
        if CodeList.isCode(text, start..<close) { return Finding(kind: "recovery-code", range: start..<close) }
        let length = close - start
        var groups = 1
        var digits = 0
        guard 4...6 ~= length else { return nil }
        while groups < 16, text[close] == .blank, CodeList.endOfWord(text, close + 1) == close + 1 + length {
            digits += ((close + 1)..<(close + 1 + length)).count { text[$0].isDigit }
            close += 1 + length
            groups += 1
        }
        return groups >= 4 && digits > 1 ? Finding(kind: "recovery-code", range: start..<close) : nil
    }

    private static func code(_ text: inout ScannedText, behind end: Int) -> Finding? {
        value(text, behind: end).flatMap { code(&text, $0) }
    }

    /// `482913 is your verification code`, `… is your OTP`.
    private static func told(_ text: inout ScannedText, before word: Int) -> Finding? {
        let phrase = " is your "
        let first = max(0, word - 48)
        guard text.contains(" is your ", in: first..<word),
            let place = (first..<word).last(where: { text.starts(with: Array(phrase.utf8), at: $0) })
        else { return nil }
        var start = place
        while start > 0, place - start < 12, Alphabet.base64URL.contains(text[start - 1]) { start -= 1 }
        guard let finding = code(&text, start), finding.range.upperBound == place else { return nil }
        return finding
    }

    /// Six to eight digits, maybe in two halves, or as `ABCD-1234`.
    private static func code(_ text: inout ScannedText, _ start: Int) -> Finding? {
        guard !Alphabet.word.contains(text[start - 1]) else { return nil }
        var at = start
        if text[at] == UInt8(ascii: "G"), text[at + 1] == .dash { at += 2 }
        let digits = at
        while text[at].isDigit, at - digits < 9 { at += 1 }
        if 3...4 ~= at - digits, text[at] == .dash || text[at] == .blank {
            let half = at - digits
            var second = at + 1
            while text[second].isDigit, second - at < 6 { second += 1 }
            if second - at - 1 == half { at = second }
        }
        if at - digits >= 6, at - digits <= 9, !Alphabet.word.contains(text[at]),
            !(text[at] == .dot || text[at] == .colon || text[at] == .dash) || !text[at + 1].isAlphanumeric,
            isDrawn(text, digits..<at)
        {
            return Finding(kind: "one-time-code", range: start..<at)
        }
        let end = text.end(of: .upperDigits, from: start)
        guard end - start == 4, text[end] == .dash, text.end(of: .upperDigits, from: end + 1) == end + 5,
            !Alphabet.base64URL.contains(text[end + 5]), isDrawn(text, start..<(end + 5))
        else { return nil }
        return Finding(kind: "one-time-code", range: start..<(end + 5))
    }

    /// Neither `000000` nor `123456`.
    private static func isDrawn(_ text: ScannedText, _ code: Range<Int>) -> Bool {
        var steps: Set<Int> = []
        for index in code.dropFirst() where text[index].isAlphanumeric && text[index - 1].isAlphanumeric {
            steps.insert(Int(text[index]) - Int(text[index - 1]))
        }
        return steps.count > 1
    }
}
