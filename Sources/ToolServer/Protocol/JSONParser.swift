internal import Domain

/// Parses JSON (RFC 8259) strictly, from bytes known to be UTF-8.
///
/// A `JSONDecoder` tries one type after the other, each miss taking some 20 µs: an array of a million empty arrays, one
/// line of a client, would hold the server for minutes. It also reads every number as a Double, and an id of 17 digits
/// would come back as another. This reads each byte once, counts how deep it is, and leaves ids as they are written.
struct JSONParser {
    enum Fault: Error, Equatable {
        case malformed(offset: Int)
        case tooDeep(limit: Int)
    }

    let bytes: [UInt8]
    private let nesting: Int
    var position = 0
    private var depth = 0

    init(_ bytes: [UInt8], nesting: Int) {
        self.bytes = bytes
        self.nesting = nesting
    }

    /// The first byte of the next value, without taking it.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 9, 10, 13, 32: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    mutating func value() throws(Fault) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object { (name, parser) throws(Fault) in members[name] = try parser.value() }
            return .object(members)
        case UInt8(ascii: "["):
            var values: [JSONValue] = []
            try array { (parser) throws(Fault) in values.append(try parser.value()) }
            return .array(values)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default:
            // A number beyond the range of a Double is infinite, which JSON cannot say.
            guard let number = Double(try numeral()), number.isFinite else { throw fault }
            return .number(number)
        }
    }

    /// Visits an object's members; the visitor must take the value.
    mutating func object(_ member: (String, inout JSONParser) throws(Fault) -> Void) throws(Fault) {
        try sequence(from: "{", to: "}") { (parser) throws(Fault) in
            guard parser.peek() == UInt8(ascii: "\"") else { throw parser.fault }
            let name = try parser.string()
            try parser.take(":")
            try member(name, &parser)
        }
    }

    /// Visits an array's elements; the visitor must take each.
    mutating func array(_ element: (inout JSONParser) throws(Fault) -> Void) throws(Fault) {
        try sequence(from: "[", to: "]", element)
    }

    /// Takes a value that should be a string or an integer.
    /// - Returns: nil when it is something else.
    mutating func identifier() throws(Fault) -> Identifier? {
        guard let first = peek() else { throw fault }
        let start = position
        switch first {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard try numeral().utf8.allSatisfy({ $0 == UInt8(ascii: "-") || 48...57 ~= $0 }) else { return nil }
        default:
            _ = try value()
            return nil
        }
        return Identifier(text: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    /// Makes sure that nothing follows.
    mutating func end() throws(Fault) {
        guard peek() == nil else { throw fault }
    }

    var fault: Fault { .malformed(offset: position) }

    private mutating func take(_ mark: Unicode.Scalar) throws(Fault) {
        guard peek() == UInt8(ascii: mark) else { throw fault }
        position += 1
    }

    private mutating func sequence(
        from opening: Unicode.Scalar, to closing: Unicode.Scalar,
        _ element: (inout JSONParser) throws(Fault) -> Void
    ) throws(Fault) {
        try take(opening)
        depth += 1
        guard depth <= nesting else { throw .tooDeep(limit: nesting) }
        if peek() == UInt8(ascii: closing) {
            position += 1
        } else {
            while true {
                try element(&self)
                guard peek() == UInt8(ascii: ",") else { break }
                position += 1
            }
            try take(closing)
        }
        depth -= 1
    }
}
