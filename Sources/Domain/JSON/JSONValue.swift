/// Any JSON value, for text whose shape must be checked by us rather than by a decoder that ignores what it does not know.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

// MARK: - Read and written

extension JSONValue {
    /// Deeper than any file or reply of use; the parser's recursion takes a stack.
    private static let nesting = 128

    /// - Parameter text: JSON as people write it: comments, trailing commas and the rest of JSON5 allowed.
    /// - Throws: with the place of what is no JSON.
    package init(parsing text: String) throws(JSONError) {
        let bytes = Array(text.utf8)
        var parser = JSONParser(bytes, nesting: Self.nesting, dialect: .json5)
        do throws(JSONParser.Fault) {
            self = try parser.value()
            try parser.end()
        } catch {
            throw JSONError(error, in: bytes)
        }
    }

    /// The value as JSON on one line, members in the order of their names.
    package var text: String {
        var bytes: [UInt8] = []
        return write(to: &bytes) ? String(decoding: bytes, as: UTF8.self) : "null"
    }
}

extension JSONValue {
    /// By hand: each memory sends a prompt of some 20 KB, of whose cost `JSONEncoder` would be a sixth.
    /// - Returns: false where a number is not finite, which JSON has no word for.
    private func write(to bytes: inout [UInt8]) -> Bool {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        // 3600 rather than 3600.0.
        case .number(let value) where value == value.rounded() && abs(value) < 0x1p53: bytes += "\(Int64(value))".utf8
        case .number(let value):
            guard value.isFinite else { return false }
            bytes += "\(value)".utf8
        case .string(let value): bytes.appendJSONString(value, isShort: true)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                guard value.write(to: &bytes) else { return false }
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.appendJSONString(member.key, isShort: true)
                bytes.append(UInt8(ascii: ":"))
                guard member.value.write(to: &bytes) else { return false }
            }
            bytes.append(UInt8(ascii: "}"))
        }
        return true
    }
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        // 3600 rather than 3600.0.
        case .number(let value) where value == value.rounded() && abs(value) < 1e15: try container.encode(Int64(value))
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

/// Written as Swift literals, so that schemas and results read like the JSON they become.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// A name given twice keeps its last value, as in JSON.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

// MARK: - Looked into

/// Reading a value of a shape one hopes for: whatever is not of the kind wanted is nil.
extension JSONValue {
    package subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    package var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    package var elements: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var wholeNumber: Int64? {
        if case .number(let value) = self, value == value.rounded(), abs(value) < 1e15 { Int64(value) } else { nil }
    }

    /// A count: whole, not negative, and no more than a counter can take.
    package var count: Int64? {
        guard case .number(let value) = self, value >= 0, value < 1e15 else { return nil }
        return Int64(value)
    }
}

/// What is no JSON, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ fault: JSONParser.Fault, in bytes: [UInt8]) {
        switch fault {
        case .tooDeep(let limit): description = "nested deeper than \(limit)"
        case .malformed(let offset):
            let before = bytes.prefix(offset)
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let column = String(decoding: before[start...], as: UTF8.self).count + 1
            let rest = String(decoding: bytes.dropFirst(offset).prefix(32), as: UTF8.self)
            let found = rest.first.map { $0 == "\n" ? "end of line" : "'\(VisibleText.line(String($0)))'" } ?? "end"
            description = "unexpected \(found) in line \(line), column \(column)"
        }
    }
}
