/// Numbers, strings and the three words.
extension JSONParser {
    /// Takes a number, as it is written.
    package mutating func numeral() throws(Fault) -> String {
        if isRelaxed { return try relaxedNumeral() }
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return written(from: start)
    }

    private mutating func relaxedNumeral() throws(Fault) -> String {
        let start = position
        let isHexadecimal = bytes[start...].drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }.prefix(2)
            .elementsEqual("0x".utf8)
        while let byte = current {
            switch byte {
            case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                break
            case _ where isHexadecimal && (byte == UInt8(ascii: "x") || byte.hexadecimalDigit != nil): break
            default:
                guard position > start else { throw fault }
                return written(from: start)
            }
            position += 1
        }
        return written(from: start)
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func digits() throws(Fault) {
        let start = position
        while let digit = current, 48...57 ~= digit { position += 1 }
        guard position > start else { throw fault }
    }

    /// Takes the name of a member.
    mutating func name() throws(Fault) -> String {
        switch peek() {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "'") where isRelaxed: return try string()
        case let first? where isRelaxed && Self.isOfName(first) && !(48...57 ~= first):
            let start = position
            while let byte = current, Self.isOfName(byte) { position += 1 }
            return written(from: start)
        default: throw fault
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57,
            UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }

    /// Takes a string that begins with the quote it ends with.
    package mutating func string() throws(Fault) -> String {
        let quote = bytes[position]
        position += 1
        var start = position
        var text = ""
        while true {
            skipPlain(before: quote)
            guard let byte = current else { throw fault }
            switch byte {
            case quote:
                let rest = written(from: start)
                position += 1
                return text.isEmpty ? rest : text + rest
            case UInt8(ascii: "\\"):
                text += written(from: start)
                if let scalar = try escaped() { text.unicodeScalars.append(scalar) }
                start = position
            case 10, 13: throw fault
            case 0..<32 where !isRelaxed: throw fault
            default: position += 1
            }
        }
    }

    /// Skips what stands for itself: nearly all of a text.
    private mutating func skipPlain(before quote: UInt8) {
        var index = position
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 32 || byte == quote || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        position = index
    }

    /// - Returns: nil for a line break that continues the string on the next line.
    private mutating func escaped() throws(Fault) -> Unicode.Scalar? {
        position += 1
        guard let letter = current else { throw fault }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            guard isRelaxed else {
                position -= 1
                throw fault
            }
            return try relaxedEscape(letter)
        }
        let unit = try hexadecimal(digits: 4)
        guard 0xD800..<0xDC00 ~= unit, current == UInt8(ascii: "\\"), position + 1 < bytes.count,
            bytes[position + 1] == UInt8(ascii: "u")
        else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
        let before = position
        position += 2
        let low = try hexadecimal(digits: 4)
        guard 0xDC00..<0xE000 ~= low else {
            // Half a pair, as of text that was cut between its units; what follows stands for itself.
            position = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func relaxedEscape(_ letter: UInt8) throws(Fault) -> Unicode.Scalar? {
        switch letter {
        case UInt8(ascii: "x"): return Unicode.Scalar(try hexadecimal(digits: 2))
        case UInt8(ascii: "v"): return "\u{b}"
        case UInt8(ascii: "0"): return "\0"
        case 10: return nil
        case 13:
            if current == 10 { position += 1 }
            return nil
        default:
            // Any other character stands for itself; of one of several bytes the rest follows as it is.
            position -= 1
            let rest = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
            guard let scalar = rest.unicodeScalars.first else { throw fault }
            position += UTF8.width(scalar)
            return scalar
        }
    }

    private mutating func hexadecimal(digits: Int) throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = current?.hexadecimalDigit else { throw fault }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual("\(word)".utf8) else { throw fault }
        position = end
        return value
    }
}

/// What JSON5 lets stand between values.
extension JSONParser {
    /// Skips a comment or a white space beyond JSON's; stays where there is none, or where a comment does not end.
    mutating func skipRelaxedSpace() {
        let rest = bytes[position...]
        if rest.starts(with: "//".utf8) {
            position = rest.firstIndex { $0 == 10 || $0 == 13 } ?? bytes.count
        } else if rest.starts(with: "/*".utf8) {
            var index = position + 2
            while index + 1 < bytes.count {
                if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
                    position = index + 2
                    return
                }
                index += 1
            }
        } else {
            let text = String(decoding: rest.prefix(4), as: UTF8.self)
            guard let scalar = text.unicodeScalars.first else { return }
            // A byte order mark counts as white space.
            if scalar == "\u{FEFF}" || scalar.properties.isWhitespace { position += UTF8.width(scalar) }
        }
    }
}
