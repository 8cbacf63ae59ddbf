/// A value as error texts hold them: JSON, Python's `repr`, or what Node prints of an object.
indirect enum LooseValue {
    case object([(key: String, value: LooseValue)])
    case array([LooseValue])
    case string(String)
    /// Anything bare: a number, `null`, `None`, the text behind a key of Node's print.
    case word(String)
}

/// Reads values from text that is nearly JSON, and takes what it can get of text that was cut off.
///
/// Beside `JSONParser`, which refuses what is no JSON, since error texts mostly are none. One reader for JSON, Python (`{'code': None}`) and Node (`{ code: 'E', errno: -3008 }`), since one error often
/// nests all of them. It goes through its bytes once; depth and number of values are bounded, whatever the text.
struct LooseParser {
    private let bytes: [UInt8]
    private(set) var position: Int
    private var values = 0

    private static let deepest = 24
    private static let mostValues = 20_000
    private static let longestKey = 120

    init(_ bytes: [UInt8], at position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// Reads the object or array that begins here; nil where none does, though there is a brace.
    mutating func container() -> LooseValue? {
        switch peek() {
        case .braceOpen:
            let value = object(depth: 0)
            if case .object(let fields) = value, fields.isEmpty { return nil }
            return value
        case .bracketOpen: return array(depth: 0)
        default: return nil
        }
    }

    private func peek(_ offset: Int = 0) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    private var isAtEnd: Bool { position >= bytes.count }

    private mutating func skipSpace(andCommas: Bool = false) {
        while !isAtEnd, peek().isSpace || (andCommas && peek() == .comma) { position += 1 }
    }

    private mutating func object(depth: Int) -> LooseValue {
        position += 1
        var fields: [(key: String, value: LooseValue)] = []
        while true {
            skipSpace(andCommas: true)
            if isAtEnd { break }
            if peek() == .braceClose {
                position += 1
                break
            }
            guard let key = key() else { break }
            fields.append((key, value(depth: depth + 1)))
            if values > Self.mostValues { break }
        }
        return .object(fields)
    }

    private mutating func key() -> String? {
        let start = position
        let text: String
        if peek().isQuote {
            text = string()
        } else {
            while position - start < Self.longestKey, !isAtEnd, Self.isBareKey(peek()) { position += 1 }
            text = String(bytes: bytes[start..<position])
        }
        skipSpace()
        guard !text.isEmpty, peek() == .colon else {
            // Prose in braces. What was read of it is no longer looked at, so that no byte is read twice.
            return nil
        }
        position += 1
        return text
    }

    private static func isBareKey(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || byte == .underscore || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "$")
            || byte == .bracketOpen || byte == .bracketClose
    }

    private mutating func value(depth: Int) -> LooseValue {
        values += 1
        skipSpace()
        guard depth < Self.deepest else {
            position = bytes.count
            return .word("")
        }
        switch peek() {
        case .braceOpen: return object(depth: depth)
        case .bracketOpen: return array(depth: depth)
        case .quote, .apostrophe: return .string(joinedString())
        case UInt8(ascii: "b") where peek(1).isQuote, UInt8(ascii: "u") where peek(1).isQuote:
            position += 1
            return .string(string())
        default: return word()
        }
    }

    private mutating func array(depth: Int) -> LooseValue {
        position += 1
        var elements: [LooseValue] = []
        while true {
            skipSpace(andCommas: true)
            if isAtEnd { break }
            if peek() == .bracketClose {
                position += 1
                break
            }
            let before = position
            elements.append(value(depth: depth + 1))
            if position == before { position += 1 }
            if values > Self.mostValues { break }
        }
        return .array(elements)
    }

    private mutating func word() -> LooseValue {
        let start = position
        while !isAtEnd, ![.comma, .braceClose, .bracketClose, .newline].contains(peek()) { position += 1 }
        let text = bytes[start..<position]
        let end = (text.lastIndex { !$0.isSpace } ?? start - 1) + 1
        return .word(String(bytes: bytes[start..<max(start, end)]))
    }

    /// Node prints long strings in pieces: `'one' + 'two'`.
    mutating func joinedString() -> String {
        var text = string()
        while true {
            let end = position
            skipSpace()
            guard peek() == .plus else {
                position = end
                return text
            }
            position += 1
            skipSpace()
            guard peek().isQuote else { return text }
            text += string()
        }
    }

    private mutating func string() -> String {
        let (text, end) = QuotedText.read(bytes, at: position)
        position = end
        return text
    }
}
