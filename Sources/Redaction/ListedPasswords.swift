/// Passwords that commands take by their place among the arguments: `htpasswd -b file user password`.
enum ListedPasswords {
    private static let mostArguments = 12

    /// - Parameters:
    ///   - end: behind the command.
    ///   - command: its name.
    static func find(_ text: inout ScannedText, after end: Int, of command: Range<Int>) -> Finding? {
        let arguments = arguments(&text, after: end)
        let plain = arguments.filter { text[$0.range.lowerBound] != .dash }
        if text.equalsIgnoringCase("htpasswd", in: command) || text.equalsIgnoringCase("mosquitto_passwd", in: command)
        {
            guard let flags = arguments.first(where: { holds(UInt8(ascii: "b"), text, $0) }) else { return nil }
            // `-C 10`: the cost comes first, and prints instead of writing needs no file.
            let isPrinted = arguments.contains { holds(UInt8(ascii: "n"), text, $0) }
            let named = plain.filter { !$0.range.allSatisfy { text[$0].isDigit } && $0.range != flags.range }
            let place = isPrinted ? 1 : 2
            return named.count > place ? PasswordArguments.finding(&text, named[place].range) : nil
        }
        if text.equalsIgnoringCase("rabbitmqctl", in: command) {
            guard let verb = plain.firstIndex(where: { isPasswordVerb(text, $0.range) }), plain.count > verb + 2 else {
                return nil
            }
            return PasswordArguments.finding(&text, plain[verb + 2].range)
        }
        if text.equalsIgnoringCase("wpa_passphrase", in: command) {
            return plain.count > 1 ? PasswordArguments.finding(&text, plain[1].range) : nil
        }
        if text.equalsIgnoringCase("mysqladmin", in: command) {
            guard let verb = plain.firstIndex(where: { text.equalsIgnoringCase("password", in: $0.range) }),
                plain.count > verb + 1
            else { return nil }
            return PasswordArguments.finding(&text, plain[verb + 1].range)
        }
        if text.equalsIgnoringCase("xfreerdp", in: command) {
            let option = arguments.first { text.startsIgnoringCase(with: "/p:", at: $0.range.lowerBound) }
            return option.flatMap { PasswordArguments.finding(&text, ($0.range.lowerBound + 3)..<$0.range.upperBound) }
        }
        // `sqlplus user/password@database`
        guard let first = plain.first?.range.prefix(128), let slash = first.first(where: { text[$0] == .slash }),
            slash > first.lowerBound
        else { return nil }
        let close = first.last { text[$0] == .at } ?? first.upperBound
        return slash + 1 < close ? PasswordArguments.finding(&text, (slash + 1)..<close) : nil
    }

    private static func arguments(_ text: inout ScannedText, after end: Int) -> [AssignedValue] {
        var found: [AssignedValue] = []
        var at = end
        while found.count < mostArguments, at - end < 256 {
            let start = text.skippingBlanks(at)
            if start > at, text[start].isQuote, text[start + 1] == text[start] {
                // An empty one counts as well.
                found.append(AssignedValue(alone: start..<(start + 2)))
                at = start + 2
                continue
            }
            guard start > at, !text[start].isLineEnd, !"|;&<>".utf8.contains(text[start]),
                let value = AssignedValue(&text, after: start, site: .init(name: start..<start, isEnvironment: true)),
                value.range.upperBound - end < 512
            else { break }
            found.append(value)
            at = value.range.upperBound
            while text[at].isQuote || text[at] == .backslash { at += 1 }
        }
        return found
    }

    private static func holds(_ letter: UInt8, _ text: ScannedText, _ argument: AssignedValue) -> Bool {
        let range = argument.range
        return text[range.lowerBound] == .dash && text[range.lowerBound + 1] != .dash && range.count < 10
            && range.contains { text[$0] == letter }
    }

    private static func isPasswordVerb(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        (["add_user", "change_password", "authenticate_user"] as [StaticString])
            .contains { text.equalsIgnoringCase($0, in: range) }
    }
}
