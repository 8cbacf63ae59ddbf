/// Passwords that commands take by their place among the arguments: `htpasswd -b file user password`.
enum ListedPasswords {
    private static let mostArguments = 12

    /// Of the tools of impacket, which take `domain/user:password@host`.
    static let impacket: [StaticString] = [
        "secretsdump.py", "psexec.py", "wmiexec.py", "smbexec.py", "atexec.py", "dcomexec.py", "smbclient.py",
        "mssqlclient.py", "addcomputer.py", "lookupsid.py", "samrdump.py", "rpcdump.py", "services.py",
        "getnpusers.py", "getuserspns.py", "getadusers.py", "gettgt.py", "getst.py", "ticketer.py",
        "impacket-secretsdump", "impacket-psexec", "impacket-wmiexec", "impacket-smbexec", "impacket-atexec",
        "impacket-dcomexec", "impacket-smbclient", "impacket-mssqlclient", "impacket-addcomputer",
        "impacket-lookupsid", "impacket-samrdump", "impacket-gettgt", "impacket-getst", "impacket-getnpusers",
        "impacket-getuserspns",
    ]

    /// - Parameters:
    ///   - end: behind the command.
    ///   - command: its name.
    static func find(_ text: inout ScannedText, after end: Int, of command: Range<Int>) -> Finding? {
        let arguments = arguments(text, after: end)
        guard let password = password(text, command, arguments) else { return nil }
        return PasswordArguments.finding(&text, unquoted(text, password))
    }

    private static func password(
        _ text: ScannedText, _ command: Range<Int>, _ arguments: [Range<Int>]
    ) -> Range<Int>? {
        let plain = arguments.filter { text[$0.lowerBound] != .dash }
        func isNamed(_ names: StaticString...) -> Bool {
            names.contains { text.equalsIgnoringCase($0, in: command) }
        }
        if isNamed("htpasswd", "mosquitto_passwd") { return ofPasswordFile(text, arguments, plain) }
        if isNamed("rabbitmqctl") {
            return behind(plain, 2) { isOneOf(["add_user", "change_password", "authenticate_user"], text, $0) }
        }
        if isNamed("wpa_passphrase") { return plain.count > 1 ? plain[1] : nil }
        if isNamed("mysqladmin") { return behind(plain, 1) { isOneOf(["password"], text, $0) } }
        if isNamed("xfreerdp", "xfreerdp3", "freerdp", "wlfreerdp", "wlfreerdp3", "sdl-freerdp") {
            let option = arguments.first { text.startsIgnoringCase(with: "/p:", at: $0.lowerBound) }
            return option.map { ($0.lowerBound + 3)..<$0.upperBound }
        }
        if isNamed("net") { return ofNet(text, plain) }
        if isNamed("openssl") {
            guard let verb = plain.first, isOneOf(["passwd"], text, verb) else { return nil }
            return plain.dropFirst().last { word in !isOption(of: word, ["-salt", "-in", "-rand"], text, arguments) }
        }
        if isNamed("bw") {
            return behind(plain, 1) { isOneOf(["unlock"], text, $0) }
                ?? behind(plain, 2) { isOneOf(["login"], text, $0) }
        }
        if isNamed("mkpasswd") {
            return plain.last { word in !isOption(of: word, ["-m", "-s", "-r"], text, arguments) }
        }
        if isNamed("schtasks") { return behind(arguments, 1) { isOneOf(["/rp", "/p"], text, $0) } }
        if isNamed("sqlplus", "impdp", "expdp", "rman", "sqlldr") {
            // `user/password@database`
            return plain.first.flatMap { credentials(text, $0, from: .slash) }
        }
        return plain.first { word in word.contains { text[$0] == .colon } }
            .flatMap { credentials(text, $0, from: .colon) }
    }

    private static func ofPasswordFile(
        _ text: ScannedText, _ arguments: [Range<Int>], _ plain: [Range<Int>]
    ) -> Range<Int>? {
        guard arguments.contains(where: { holds(UInt8(ascii: "b"), text, $0) }) else { return nil }
        // `-C 10`: the cost comes first, and who prints instead of writing names no file.
        let isPrinted = arguments.contains { holds(UInt8(ascii: "n"), text, $0) }
        let named = plain.filter { !$0.allSatisfy { text[$0].isDigit } }
        let place = isPrinted ? 1 : 2
        return named.count > place ? named[place] : nil
    }

    /// `net user bob password /add`, `net use Z: \\server\share password /user:bob`.
    private static func ofNet(_ text: ScannedText, _ plain: [Range<Int>]) -> Range<Int>? {
        guard let verb = plain.first else { return nil }
        let words = plain.dropFirst().filter { text[$0.lowerBound] != .slash && text[$0.upperBound - 1] != .colon }
        if isOneOf(["user"], text, verb) { return words.count > 1 ? words[1] : nil }
        return isOneOf(["use"], text, verb) ? words.last { text[$0.lowerBound] != .backslash } : nil
    }

    /// What is between a sign and the last `@`.
    private static func credentials(_ text: ScannedText, _ word: Range<Int>, from sign: UInt8) -> Range<Int>? {
        let word = unquoted(text, word)
        let first = word.prefix(128)
        guard let place = first.first(where: { text[$0] == sign }), place > word.lowerBound else { return nil }
        let close = first.last { text[$0] == .at && $0 > place } ?? word.upperBound
        return place + 1 < close ? (place + 1)..<close : nil
    }

    private static func behind(
        _ plain: [Range<Int>], _ count: Int, _ isVerb: (Range<Int>) -> Bool
    ) -> Range<Int>? {
        guard let verb = plain.firstIndex(where: isVerb), plain.count > verb + count else { return nil }
        return plain[verb + count]
    }

    /// Whether one of these options stands before a word, which then belongs to it.
    private static func isOption(
        of word: Range<Int>, _ options: [StaticString], _ text: ScannedText, _ arguments: [Range<Int>]
    ) -> Bool {
        guard let place = arguments.firstIndex(of: word), place > 0 else { return false }
        return isOneOf(options, text, arguments[place - 1])
    }

    private static func isOneOf(_ names: [StaticString], _ text: ScannedText, _ word: Range<Int>) -> Bool {
        names.contains { text.equalsIgnoringCase($0, in: word) }
    }

    /// Whether it is a group of one-letter options with this one among them.
    private static func holds(_ letter: UInt8, _ text: ScannedText, _ argument: Range<Int>) -> Bool {
        text[argument.lowerBound] == .dash && text[argument.lowerBound + 1] != .dash && argument.count < 10
            && argument.contains { text[$0] == letter }
    }
}

/// The words of a shell's line.
extension ListedPasswords {
    /// - Returns: with their quotes.
    private static func arguments(_ text: ScannedText, after end: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = end
        while found.count < mostArguments, at - end < 256 {
            let start = text.skippingBlanks(at)
            guard start > at, !text[start].isLineEnd, !"|;&<>".utf8.contains(text[start]) else { break }
            let close = endOfWord(text, start)
            guard close > start else { break }
            found.append(start..<close)
            at = close
        }
        return found
    }

    /// A quote begins where the word does, or behind `:` or `=`; anywhere else it ends what is around the word.
    private static func endOfWord(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        while at < text.count, at - start < 256 {
            let byte = text[at]
            if byte.isSpace || "|;&<>".utf8.contains(byte) { return at }
            if byte == .backslash, text[at + 1].isQuote || text[at + 1].isLineEnd { return at }
            guard byte.isQuote else {
                at += 1
                continue
            }
            guard at == start || text[at - 1] == .colon || text[at - 1] == .equals,
                let close = ((at + 1)..<min(at + 128, text.count)).first(where: {
                    text[$0] == byte || text[$0].isLineEnd
                }), text[close] == byte
            else { return at }
            at = close + 1
        }
        return at
    }

    private static func unquoted(_ text: ScannedText, _ word: Range<Int>) -> Range<Int> {
        guard word.count > 1, text[word.lowerBound].isQuote, text[word.upperBound - 1] == text[word.lowerBound] else {
            return word
        }
        return (word.lowerBound + 1)..<(word.upperBound - 1)
    }
}
