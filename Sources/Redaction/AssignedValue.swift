/// The value behind `name =` or `name:`.
struct AssignedValue {
    var range: Range<Int>
    var isQuoted: Bool
    /// Alone on its line, or of an environment variable: no expression of a program.
    var isLiteral: Bool

    /// How the name before it is written, which says where the value ends.
    struct Site {
        /// The name.
        var name: Range<Int>
        /// It is written `NAME=value`, without blanks.
        var isEnvironment = false
    }

    /// A value that stands alone, in a line or in the cell of a table.
    init(alone range: Range<Int>) {
        (self.range, isQuoted, isLiteral) = (range, false, true)
    }

    /// As far as the end of an unquoted value is looked for; longer runs are taken whole.
    private static let reach = 512

    /// - Parameter start: behind the separator.
    init?(_ text: inout ScannedText, after start: Int, site: Site) {
        var at = text.skippingBlanks(start)
        // `==`, `=>`, `:=`, and Markdown's `**Password:** …`.
        while at - start < 32, Self.isJoint(text[at]) || text[at] == UInt8(ascii: "*") && text[start - 1] == .colon {
            at += 1
        }
        at = text.skippingBlanks(at)
        // `${NAME:-value}`
        let isDefault =
            text[at] == .dash && text[start - 1] == .colon && text[site.name.lowerBound - 1] == UInt8(ascii: "{")
        if isDefault { at += 1 }
        at = Self.skippingCall(text, Self.skippingTag(text, at, behind: start))
        var escapes = 0
        while text[at] == .backslash, escapes < 8 {
            at += 1
            escapes += 1
        }
        // `"""value"""`
        if text[at].isQuote, text[at + 1] == text[at], text[at + 2] == text[at], !text[at + 3].isLineEnd { at += 2 }
        if text[at].isQuote {
            guard let end = Self.endOfQuoted(&text, from: at + 1, quote: text[at], escapes: escapes) else { return nil }
            range = (at + 1)..<end
            isQuoted = true
            isLiteral = true
        } else {
            guard escapes == 0 else { return nil }
            let run = text.end(of: .unquoted, from: at)
            guard run > at else { return nil }
            let end = Self.endOfUnquoted(text, at..<run, isEnvironment: site.isEnvironment, isDefault: isDefault)
            range = at..<end
            isQuoted = false
            isLiteral = site.isEnvironment || text[run].isLineEnd || run >= text.count
        }
        if range.isEmpty { return nil }
    }

    private static func isJoint(_ byte: UInt8) -> Bool {
        byte == .equals || byte == .colon || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "|")
            || byte == UInt8(ascii: "?")
    }

    /// A tag or an anchor of YAML (`!!str value`, `&name value`), the frame of XML's texts.
    private static func skippingTag(_ text: ScannedText, _ start: Int, behind separator: Int) -> Int {
        if text.startsIgnoringCase(with: "<![cdata[", at: start) { return start + 9 }
        guard text[separator - 1] == .colon, text[start] == UInt8(ascii: "!") || text[start] == UInt8(ascii: "&") else {
            return start
        }
        var at = start + 1
        while at - start < 40, Alphabet.dotted.contains(text[at]) || text[at] == UInt8(ascii: "!") { at += 1 }
        return at > start + 1 && text[at] == .blank ? text.skippingBlanks(at) : start
    }

    /// A letter before a literal (`b"…"`, `f"…"`), or a call around one (`Secret("…")`).
    private static func skippingCall(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        while at - start < 40, Alphabet.dotted.contains(text[at]) || text[at] == .colon { at += 1 }
        if at - start <= 2, text[at].isQuote { return at }
        guard at > start, text[at] == UInt8(ascii: "(") else { return start }
        let quote = text[at + 1] == .backslash ? at + 2 : at + 1
        return text[quote].isQuote ? at + 1 : start
    }

    private static func endOfQuoted(
        _ text: inout ScannedText, from start: Int, quote: UInt8, escapes: Int
    ) -> Int? {
        let alphabet: Alphabet =
            quote == .quote ? .doubleQuoted : quote == .apostrophe ? .singleQuoted : .backQuoted
        var end = text.end(of: alphabet, from: start)
        // A quote of the value itself is escaped once more than the one it began with.
        var rounds = 0
        while text[end] == quote, rounds < 64 {
            var slashes = 0
            while slashes < 16, end - 1 - slashes >= start, text[end - 1 - slashes] == .backslash { slashes += 1 }
            if slashes == escapes { return end - slashes }
            if escapes == 0, slashes % 2 == 0 { return end }
            guard slashes > escapes, slashes % 2 == 1 else { return end - slashes }
            end = text.end(of: alphabet, from: end + 1)
            rounds += 1
        }
        // The line ends first: what is cut off there is a value all the same.
        return end
    }

    private static func endOfUnquoted(
        _ text: ScannedText, _ run: Range<Int>, isEnvironment: Bool, isDefault: Bool
    ) -> Int {
        guard run.count <= reach else { return run.upperBound }
        let reachesLineEnd = text[run.upperBound].isLineEnd || run.upperBound >= text.count
        let isWhole = (isEnvironment || reachesLineEnd) && !isDefault
        var depth = 0
        var end = run.upperBound
        scan: for index in run {
            switch text[index] {
            // A line break of a text inside a text, or the end of its literal.
            case .backslash where "nrt".utf8.contains(text[index + 1]) || text[index + 1].isQuote:
                end = index
                break scan
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth < 0, !isWhole {
                    end = index
                    break scan
                }
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"):
                if !isWhole || startsPair(text, index + 1, run.upperBound) {
                    end = index
                    break scan
                }
            default: break
            }
        }
        // `,;` behind the value, and brackets that were opened before it.
        while end > run.lowerBound + 1 {
            switch text[end - 1] {
            case UInt8(ascii: ","), UInt8(ascii: ";"): end -= 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard depth < 0 else { return end }
                depth += 1
                end -= 1
            default: return end
            }
        }
        return end
    }

    /// Whether `name=` follows.
    private static func startsPair(_ text: ScannedText, _ start: Int, _ limit: Int) -> Bool {
        var at = start
        while at < limit, at - start < 40, Alphabet.dotted.contains(text[at]) { at += 1 }
        return at > start && text[at] == .equals && at + 1 < limit
    }
}
