/// A text as it is meant: without what nobody sees, and with escapes read (`%3D`, `\u003d`, `&quot;`, `\n`). Secrets are
/// looked for in it as in the text itself, and what is found is replaced where it stands in that.
struct PlainReading {
    private(set) var bytes: [UInt8] = []
    /// Where something was left out: a word may begin here whatever stands before.
    private(set) var joints: [Int] = []
    private var pieces: [Piece] = []

    /// Some bytes of the reading: the same as those they stand for, or one for an escape.
    private struct Piece {
        var start: Int
        var source: Range<Int>
        var isEscape: Bool
    }

    /// - Returns: nil when the text reads as it stands.
    init?(_ source: [UInt8], steps: StepCount) {
        let text = ScannedText(source, steps: steps)
        var copied = 0
        var at = 0
        while at < source.count {
            guard HiddenSigns.beginnings[Int(source[at])] != 0 else {
                at += 1
                continue
            }
            let hidden = HiddenSigns.length(text, at: at)
            if hidden > 0 {
                copy(text, copied..<at)
                at = min(at + hidden, source.count)
            } else if let escape = Escape(text, at: at) {
                copy(text, copied..<at)
                if let byte = escape.byte {
                    pieces.append(Piece(start: bytes.count, source: at..<escape.end, isEscape: true))
                    bytes.append(byte)
                }
                at = escape.end
            } else {
                at += 1
                continue
            }
            copied = at
            if joints.last != bytes.count { joints.append(bytes.count) }
        }
        guard copied > 0 else { return nil }
        copy(text, copied..<source.count)
    }

    private mutating func copy(_ text: ScannedText, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        pieces.append(Piece(start: bytes.count, source: range, isEscape: false))
        bytes += text.bytes[range]
    }

    /// What a part of the reading stands for.
    func source(of range: Range<Int>) -> Range<Int> {
        let first = piece(of: range.lowerBound)
        let last = piece(of: range.upperBound - 1)
        let start = first.source.lowerBound + (first.isEscape ? 0 : range.lowerBound - first.start)
        let end = last.isEscape ? last.source.upperBound : last.source.lowerBound + range.upperBound - last.start
        return start..<end
    }

    private func piece(of index: Int) -> Piece {
        var (low, high) = (0, pieces.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].start <= index { low = middle } else { high = middle }
        }
        return pieces[low]
    }
}

/// A character that is spelled: percent-encoded, escaped as in JSON or a program, or as in HTML.
private struct Escape {
    /// Nil for a character that nobody sees.
    var byte: UInt8?
    var end: Int

    private static let entities: [(name: StaticString, byte: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&quot;", .quote), ("&apos;", .apostrophe), ("&lt;", UInt8(ascii: "<")),
        ("&gt;", UInt8(ascii: ">")), ("&equals;", .equals), ("&colon;", .colon),
    ]

    init?(_ text: ScannedText, at start: Int) {
        let found: (value: UInt32, end: Int)? =
            switch text[start] {
            case UInt8(ascii: "%"): Self.percent(text, start)
            case .backslash: Self.backslash(text, start)
            case UInt8(ascii: "&"): Self.entity(text, start)
            default: nil
            }
        guard let found else { return nil }
        end = found.end
        switch found.value {
        case 9, 10, 13, 32...126: byte = UInt8(truncatingIfNeeded: found.value)
        case 27:
            // The rest of a colour.
            if text[end] == UInt8(ascii: "["), let after = HiddenSigns.controlSequence(text, after: end + 1) {
                end = after
            }
        case ..<32, 0x7F...0x9F, 0xAD, 0x34F, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
            0xFE00...0xFE0F, 0xFEFF:
            break
        default: return nil
        }
    }

    /// `%3D`, and `%253D` of a text that was encoded twice.
    private static func percent(_ text: ScannedText, _ start: Int) -> (UInt32, Int)? {
        if text[start + 1].lowered == UInt8(ascii: "e"), let sign = encodedSign(text, start) {
            return (sign, start + 9)
        }
        var at = start + 1
        while text[at] == UInt8(ascii: "2"), text[at + 1] == UInt8(ascii: "5"), at - start < 9 { at += 2 }
        if let value = number(text, at, digits: 2) { return (value, at + 2) }
        // `%25` alone.
        return number(text, start + 1, digits: 2).map { ($0, start + 3) }
    }

    /// `%E2%80%8B`: a sign of three bytes.
    private static func encodedSign(_ text: ScannedText, _ start: Int) -> UInt32? {
        var value: UInt32 = 0
        for place in 0..<3 {
            let at = start + 3 * place
            guard text[at] == UInt8(ascii: "%"), let byte = number(text, at + 1, digits: 2),
                place == 0 ? byte >> 4 == 0xE : byte >> 6 == 2
            else { return nil }
            value = value << 6 | byte & (place == 0 ? 0xF : 0x3F)
        }
        return value
    }

    /// `\u003d`, `\u{3d}`, `\x3d`, `\075`, `\n`, with as many backslashes as it was escaped times.
    private static func backslash(_ text: ScannedText, _ start: Int) -> (UInt32, Int)? {
        var at = start + 1
        while text[at] == .backslash, at - start < 16 { at += 1 }
        switch text[at] {
        case UInt8(ascii: "u") where text[at + 1] == UInt8(ascii: "{"):
            var end = at + 2
            while end - at < 8, Alphabet.hexadecimal.contains(text[end]) { end += 1 }
            guard text[end] == UInt8(ascii: "}") else { return nil }
            return number(text, at + 2, digits: end - at - 2).map { ($0, end + 1) }
        case UInt8(ascii: "u"): return number(text, at + 1, digits: 4).map { ($0, at + 5) }
        case UInt8(ascii: "U"): return number(text, at + 1, digits: 8).map { ($0, at + 9) }
        case UInt8(ascii: "x"): return number(text, at + 1, digits: 2).map { ($0, at + 3) }
        case UInt8(ascii: "e") where text[at + 1] == UInt8(ascii: "["): return (27, at + 1)
        case UInt8(ascii: "0"), UInt8(ascii: "1"):
            let digits = (text[at], text[at + 1], text[at + 2])
            guard 48...55 ~= digits.1, 48...55 ~= digits.2 else { return nil }
            return (UInt32(digits.0 - 48) << 6 | UInt32(digits.1 - 48) << 3 | UInt32(digits.2 - 48), at + 3)
        case UInt8(ascii: "n"): return (10, at + 1)
        case UInt8(ascii: "t"): return (9, at + 1)
        case UInt8(ascii: "r"): return (13, at + 1)
        default: return nil
        }
    }

    /// `&quot;`, `&#61;`, `&#x3D;`.
    private static func entity(_ text: ScannedText, _ start: Int) -> (UInt32, Int)? {
        guard text[start + 1] == UInt8(ascii: "#") else {
            let entity = entities.first { text.startsIgnoringCase(with: $0.name, at: start) }
            return entity.map { (UInt32($0.byte), start + $0.name.utf8CodeUnitCount) }
        }
        let isHexadecimal = text[start + 2].lowered == UInt8(ascii: "x")
        var at = start + (isHexadecimal ? 3 : 2)
        var value: UInt32 = 0
        let first = at
        while at - first < 6, let digit = digit(text[at]), isHexadecimal || digit < 10 {
            value = value * (isHexadecimal ? 16 : 10) + digit
            at += 1
        }
        return at > first && text[at] == UInt8(ascii: ";") ? (value, at + 1) : nil
    }

    private static func number(_ text: ScannedText, _ start: Int, digits: Int) -> UInt32? {
        guard digits > 0 else { return nil }
        var value: UInt32 = 0
        for index in start..<(start + digits) {
            guard let digit = digit(text[index]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        if byte.isDigit { return UInt32(byte - 48) }
        let letter = byte.lowered &- 97
        return letter < 6 ? UInt32(letter) + 10 : nil
    }
}
