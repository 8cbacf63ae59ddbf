/// `Codable` without Foundation: whoever links its coders pays for them at every start, and a hook starts at every turn.
extension JSONValue {
    /// What the value says, as a type that decodes itself.
    /// - Throws: `JSONShapeError`, or what the type throws.
    package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try Value(from: ValueDecoder(value: self))
    }

    /// A value as the JSON it encodes to.
    package init(encoding value: some Encodable) throws {
        let slot = Slot()
        try value.encode(to: ValueEncoder(slot: slot))
        self = slot.value
    }
}

/// A value is not of the kind that was asked for.
package struct JSONShapeError: Error, CustomStringConvertible {
    package let description: String
}

// MARK: - Decoding

private struct ValueDecoder: Decoder {
    let value: JSONValue
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.members else { throw JSONShapeError(description: "no object") }
        return KeyedDecodingContainer(DecodedMembers(members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.elements else { throw JSONShapeError(description: "no array") }
        return DecodedElements(elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { DecodedValue(value: value) }
}

private struct DecodedMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [String: JSONValue]
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { members.keys.compactMap(Key.init) }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).value == .null }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try Value(from: try decoder(key))
    }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> { try decoder(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }
    func superDecoder() -> any Decoder { ValueDecoder(value: .object(members)) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> ValueDecoder {
        guard let value = members[key.stringValue] else { throw JSONShapeError(description: "no \(key.stringValue)") }
        return ValueDecoder(value: value)
    }
}

private struct DecodedElements: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    init(elements: [JSONValue]) { self.elements = elements }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: try next()) }
    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try next().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> ValueDecoder {
        guard !isAtEnd else { throw JSONShapeError(description: "too few elements") }
        defer { currentIndex += 1 }
        return ValueDecoder(value: elements[currentIndex])
    }
}

private struct DecodedValue: SingleValueDecodingContainer {
    let value: JSONValue
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { value == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try wanted(value.bool) }
    func decode(_ type: String.Type) throws -> String { try wanted(value.string) }
    func decode(_ type: Double.Type) throws -> Double { try wanted(value.number) }
    func decode(_ type: Float.Type) throws -> Float { Float(try wanted(value.number)) }
    func decode(_ type: Int.Type) throws -> Int { try whole() }
    func decode(_ type: Int8.Type) throws -> Int8 { try whole() }
    func decode(_ type: Int16.Type) throws -> Int16 { try whole() }
    func decode(_ type: Int32.Type) throws -> Int32 { try whole() }
    func decode(_ type: Int64.Type) throws -> Int64 { try whole() }
    func decode(_ type: UInt.Type) throws -> UInt { try whole() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try whole() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try whole() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try whole() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try whole() }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: ValueDecoder(value: value)) }

    private func whole<Number: FixedWidthInteger>() throws -> Number {
        try wanted(value.number.flatMap { Number(exactly: $0) })
    }

    private func wanted<Wanted>(_ found: Wanted?) throws -> Wanted {
        guard let found else { throw JSONShapeError(description: "no \(Wanted.self)") }
        return found
    }
}

// MARK: - Encoding

/// Where a value goes that is being encoded.
private final class Slot {
    var leaf: JSONValue?
    var elements: [Slot]?
    var members: [String: Slot]?

    /// Nothing encoded is an empty object.
    var value: JSONValue {
        leaf ?? elements.map { .array($0.map(\.value)) } ?? .object((members ?? [:]).mapValues(\.value))
    }

    func member(_ name: String) -> Slot {
        let slot = Slot()
        members?[name] = slot
        return slot
    }

    func next() -> Slot {
        let slot = Slot()
        elements?.append(slot)
        return slot
    }
}

private struct ValueEncoder: Encoder {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if slot.members == nil { slot.members = [:] }
        return KeyedEncodingContainer(EncodedMembers(slot: slot))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if slot.elements == nil { slot.elements = [] }
        return EncodedElements(slot: slot)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { EncodedValue(slot: slot) }
}

private struct EncodedMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { slot.member(key.stringValue).leaf = .null }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try value.encode(to: ValueEncoder(slot: slot.member(key.stringValue)))
    }
    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Inner> {
        ValueEncoder(slot: slot.member(key.stringValue)).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        ValueEncoder(slot: slot.member(key.stringValue)).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { ValueEncoder(slot: slot) }
    func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder(slot: slot.member(key.stringValue)) }
}

private struct EncodedElements: UnkeyedEncodingContainer {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }
    var count: Int { slot.elements?.count ?? 0 }

    func encodeNil() { slot.next().leaf = .null }
    func encode<Value: Encodable>(_ value: Value) throws { try value.encode(to: ValueEncoder(slot: slot.next())) }
    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        ValueEncoder(slot: slot.next()).container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { ValueEncoder(slot: slot.next()).unkeyedContainer() }
    func superEncoder() -> any Encoder { ValueEncoder(slot: slot.next()) }
}

private struct EncodedValue: SingleValueEncodingContainer {
    let slot: Slot
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { slot.leaf = .null }
    func encode(_ value: Bool) { slot.leaf = .bool(value) }
    func encode(_ value: String) { slot.leaf = .string(value) }
    func encode(_ value: Double) { slot.leaf = .number(value) }
    func encode(_ value: Float) { slot.leaf = .number(Double(value)) }
    func encode(_ value: Int) { slot.leaf = .number(Double(value)) }
    func encode(_ value: Int8) { slot.leaf = .number(Double(value)) }
    func encode(_ value: Int16) { slot.leaf = .number(Double(value)) }
    func encode(_ value: Int32) { slot.leaf = .number(Double(value)) }
    func encode(_ value: Int64) { slot.leaf = .number(Double(value)) }
    func encode(_ value: UInt) { slot.leaf = .number(Double(value)) }
    func encode(_ value: UInt8) { slot.leaf = .number(Double(value)) }
    func encode(_ value: UInt16) { slot.leaf = .number(Double(value)) }
    func encode(_ value: UInt32) { slot.leaf = .number(Double(value)) }
    func encode(_ value: UInt64) { slot.leaf = .number(Double(value)) }
    func encode<Value: Encodable>(_ value: Value) throws { try value.encode(to: ValueEncoder(slot: slot)) }
}
