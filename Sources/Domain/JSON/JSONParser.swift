/// Parses JSON into values, from bytes known to be UTF-8: what programs send, strictly, and what people write in files,
/// as JSON5.
///
/// A `JSONDecoder` must try one type after the other to read a value of any type, each miss taking some 20 µs: an array of
/// a million empty arrays, one line of a client, would hold the tool server for minutes, and every hook reads its settings.
/// It also reads every number as a Double, and an id of 17 digits would come back as another. This reads each byte once,
/// counts how deep it is, and can leave numbers as they are written.
package struct JSONParser {
    package enum Fault: Error, Equatable {
        case malformed(offset: Int)
        case tooDeep(limit: Int)
    }

    package enum Dialect: Sendable {
        /// RFC 8259.
        case strict
        /// <https://spec.json5.org>, but that numbers are finite and that names hold no escapes.
        case json5
    }

    let bytes: [UInt8]
    let isRelaxed: Bool
    private let nesting: Int
    package var position = 0
    private var depth = 0

    package init(_ bytes: [UInt8], nesting: Int, dialect: Dialect = .strict) {
        self.bytes = bytes
        self.nesting = nesting
        isRelaxed = dialect == .json5
    }

    /// The bytes from a position up to the next to be read, as they are written.
    package func written(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

    /// The first byte of the next value, without taking it.
    package mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 9, 10, 13, 32: position += 1
            case let byte where isRelaxed && (byte == UInt8(ascii: "/") || byte >= 0x80 || 11...12 ~= byte):
                let before = position
                skipRelaxedSpace()
                if position == before { return byte }
            default: return bytes[position]
            }
        }
        return nil
    }

    package mutating func value() throws(Fault) -> JSONValue {
        switch peek() {
        case nil: throw fault
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object { (name, parser) throws(Fault) in members[name] = try parser.value() }
            return .object(members)
        case UInt8(ascii: "["):
            var values: [JSONValue] = []
            try array { (parser) throws(Fault) in values.append(try parser.value()) }
            return .array(values)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "'") where isRelaxed: return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default:
            let start = position
            // A number beyond the range of a Double is infinite, which JSON cannot say.
            guard let number = Double(try numeral()), number.isFinite else { throw .malformed(offset: start) }
            return .number(number)
        }
    }

    /// Visits an object's members; the visitor must take the value.
    package mutating func object(_ member: (String, inout JSONParser) throws(Fault) -> Void) throws(Fault) {
        try sequence(from: "{", to: "}") { (parser) throws(Fault) in
            let name = try parser.name()
            try parser.take(":")
            try member(name, &parser)
        }
    }

    /// Visits an array's elements; the visitor must take each.
    package mutating func array(_ element: (inout JSONParser) throws(Fault) -> Void) throws(Fault) {
        try sequence(from: "[", to: "]", element)
    }

    /// Makes sure that nothing follows.
    package mutating func end() throws(Fault) {
        guard peek() == nil else { throw fault }
    }

    package var fault: Fault { .malformed(offset: position) }

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
                if isRelaxed, peek() == UInt8(ascii: closing) { break }
            }
            try take(closing)
        }
        depth -= 1
    }
}
