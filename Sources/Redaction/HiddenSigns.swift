/// What a text holds and nobody sees: control characters, what colours a terminal, signs without width, a line
/// continuation. A secret with one of them in its midst is a secret all the same.
enum HiddenSigns {
    /// As much of a sequence is looked at; longer ones are none.
    private static let longestSequence = 512

    /// Bytes at which something hidden, or an escape, may begin; 1 for those of control characters alone.
    static let beginnings: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        switch byte {
        case .newline, .tab: 0
        case ..<32, 127, 0xC2: 1
        case 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF3: 2
        case .backslash, UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "["), UInt8(ascii: "^"): 2
        case .backtick, .equals, .quote, .apostrophe, UInt8(ascii: "<"): 2
        default: 0
        }
    }

    /// How many bytes at `start` a terminal takes in without showing them; 0 where it shows one. The carriage return of
    /// a line end is left to it.
    static func controls(_ text: ScannedText, at start: Int) -> Int {
        switch text[start] {
        case 13: return text[start + 1] == .newline ? 0 : 1
        case .newline, .tab: return 0
        case 27: return sequence(text, after: start + 1).map { $0 - start } ?? 1
        case ..<32, 127: return start < text.count ? 1 : 0
        case 0xC2 where text[start + 1] == 0x9B: return (controlSequence(text, after: start + 2) ?? start + 2) - start
        case 0xC2 where 0x80...0x9F ~= text[start + 1]: return 2
        default: return 0
        }
    }

    /// How many bytes at `start` nobody sees, however they are shown.
    static func length(_ text: ScannedText, at start: Int) -> Int {
        let length = controls(text, at: start)
        if length > 0 { return length }
        switch text[start] {
        case .backslash: return continuation(text, at: start)
        // Colours whose escape is gone, or is spelled `^[`.
        case UInt8(ascii: "["): return colour(text, at: start)
        case UInt8(ascii: "^") where text[start + 1] == UInt8(ascii: "["):
            let rest = colour(text, at: start + 2)
            return rest > 0 ? rest + 2 : 0
        // The continuations of other shells, of mail, and of a string in its parts.
        case UInt8(ascii: "^"): return text[start - 1] == UInt8(ascii: "^") ? 0 : brokenLine(text, at: start)
        case .equals: return brokenLine(text, at: start)
        case .backtick:
            let length = text[start - 1] == .backtick ? 0 : brokenLine(text, at: start)
            return length > 0 ? length : joinedStrings(text, at: start)
        case .quote, .apostrophe: return joinedStrings(text, at: start)
        case UInt8(ascii: "<"): return text.startsIgnoringCase(with: "<wbr>", at: start) ? 5 : 0
        case 0x80...: return sign(text, at: start)
        default: return 0
        }
    }

    /// Signs without width: joiners, marks of direction, variation selectors, tags.
    private static func sign(_ text: ScannedText, at start: Int) -> Int {
        let (second, third) = (text[start + 1], text[start + 2])
        switch (text[start], second) {
        case (0xC2, 0xAD), (0xCD, 0x8F), (0xD8, 0x9C): return 2
        case (0xE1, 0x85) where 0x9F...0xA0 ~= third, (0xE1, 0x9E) where 0xB4...0xB5 ~= third,
            (0xE1, 0xA0) where 0x8B...0x8F ~= third, (0xE2, 0x80) where 0x8B...0x8F ~= third || 0xA8...0xAE ~= third,
            (0xE2, 0x81) where 0xA0...0xAF ~= third, (0xE3, 0x85) where third == 0xA4,
            (0xEF, 0xB8) where 0x80...0x8F ~= third, (0xEF, 0xBB) where third == 0xBF,
            (0xEF, 0xBE) where third == 0xA0, (0xEF, 0xBF) where 0xB9...0xBB ~= third:
            return 3
        case (0xF3, 0xA0) where 0x80...0x87 ~= third: return 4
        default: return 0
        }
    }

    /// What follows an escape character.
    private static func sequence(_ text: ScannedText, after start: Int) -> Int? {
        switch text[start] {
        case UInt8(ascii: "["): return controlSequence(text, after: start + 1)
        // A title or a link, up to a bell or `ESC \`.
        case UInt8(ascii: "]"):
            var at = start + 1
            while at - start < longestSequence, at < text.count, text[at] != .newline, text[at] != 27, text[at] != 7 {
                at += 1
            }
            if text[at] == 7 { return at + 1 }
            return text[at] == 27 && text[at + 1] == .backslash ? at + 2 : nil
        case UInt8(ascii: "("), UInt8(ascii: ")"): return text[start + 1].isAlphanumeric ? start + 2 : nil
        default: return nil
        }
    }

    /// `32m`, `?25h`: parameters, signs between, a final letter.
    static func controlSequence(_ text: ScannedText, after start: Int) -> Int? {
        var at = start
        while at - start < 48, 0x20...0x3F ~= text[at] { at += 1 }
        return 0x40...0x7E ~= text[at] ? at + 1 : nil
    }

    private static func colour(_ text: ScannedText, at start: Int) -> Int {
        guard text[start] == UInt8(ascii: "["), text[start + 1].isDigit else { return 0 }
        var at = start + 1
        while at - start < 20, text[at].isDigit || text[at] == UInt8(ascii: ";") { at += 1 }
        return text[at] == UInt8(ascii: "m") ? at + 1 - start : 0
    }

    /// A sign that ends its line in the midst of a word.
    private static func brokenLine(_ text: ScannedText, at start: Int) -> Int {
        var end = start + 1
        if text[end] == 13 { end += 1 }
        guard text[end] == .newline, text[start - 1].isAlphanumeric else { return 0 }
        end = text.skippingBlanks(end + 1)
        return text[end].isAlphanumeric ? end - start : 0
    }

    /// The end of one string and the beginning of the next: `"…" + "…"`, or with a line break between.
    private static func joinedStrings(_ text: ScannedText, at start: Int) -> Int {
        guard text[start - 1].isAlphanumeric || text[start - 1] == .dash || text[start - 1] == .underscore else {
            return 0
        }
        var at = start + 1
        var isJoined = false
        while at - start < 60 {
            switch text[at] {
            case UInt8(ascii: "+"), .dot, UInt8(ascii: "&"), .backslash, .newline: isJoined = true
            case .blank, .tab, 13: break
            default: return isJoined && text[at] == text[start] && text[at + 1].isAlphanumeric ? at + 1 - start : 0
            }
            at += 1
        }
        return 0
    }

    /// A backslash that ends its line, and where no blank keeps the two parts apart, what indents the next.
    private static func continuation(_ text: ScannedText, at start: Int) -> Int {
        var end = start + 1
        if text[end] == 13 { end += 1 }
        if text[end] == .newline {
            end += 1
        } else if text[start + 1] == .backslash, text[start + 2] == .backslash, text[start + 3] == UInt8(ascii: "n") {
            // The same in a text inside a text.
            end = start + 4
        } else {
            return 0
        }
        return (text[start - 1].isSpace ? end : text.skippingBlanks(end)) - start
    }
}

extension Redactor {
    /// The text as it is kept: what steers a terminal is taken out first, so that nothing stands between the parts of a
    /// secret when it is looked for, and none is put together afterwards.
    package func cleaned(_ text: String) -> String {
        redact(Self.withoutControls(text))
    }

    /// The text without what a person marked as private.
    package static func withoutPrivateSections(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let kept = PrivateSections.dropped(from: bytes)
        return kept.count == bytes.count ? text : String(decoding: kept, as: UTF8.self)
    }

    /// The text without control characters and the sequences that begin with one; line breaks and tabs stay.
    package static func withoutControls(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { HiddenSigns.beginnings[Int($0)] == 1 }) else { return text }
        let scanned = ScannedText(bytes, steps: StepCount())
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            var hidden = HiddenSigns.beginnings[Int(bytes[at])] == 1 ? HiddenSigns.controls(scanned, at: at) : 0
            // Of a line end the line feed is enough.
            if bytes[at] == 13 { hidden = 1 }
            if hidden == 0 {
                kept.append(bytes[at])
                hidden = 1
            }
            at += hidden
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
