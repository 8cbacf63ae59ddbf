/// Judges what stands where a command takes its password.
enum PasswordArguments {
    static func argument(_ text: inout ScannedText, _ start: Int) -> AssignedValue? {
        AssignedValue(&text, after: start, site: .init(name: start..<start, isEnvironment: true))
    }

    /// The password of `user:password`, of `user:'password'`.
    static func behind(_ separator: UInt8, _ text: inout ScannedText, _ value: AssignedValue) -> Finding? {
        guard !text.holdsMark(value.range),
            let place = value.range.prefix(128).first(where: { text[$0] == separator })
        else { return nil }
        if place + 1 == value.range.upperBound, text[place + 1].isQuote, let quoted = argument(&text, place + 1) {
            return finding(&text, quoted.range)
        }
        return finding(&text, (place + 1)..<value.range.upperBound)
    }

    static func finding(_ text: inout ScannedText, _ range: Range<Int>) -> Finding? {
        // `1000:1000`, `8080:80`, a host's `:port`.
        let isPort = range.prefix(32).allSatisfy {
            text[$0].isDigit || text[$0] == .colon || text[$0] == .dot || text[$0] == .slash
        }
        guard range.count >= 4, !isPort, !Placeholders.isPlaceholder(text, range), !text.holdsMark(range) else {
            return nil
        }
        let known = TokenIndex.shared.find(&text, at: range.lowerBound)
        return Finding(
            kind: known?.kind ?? "password",
            range: range.lowerBound..<max(range.upperBound, known?.range.upperBound ?? 0))
    }
}
