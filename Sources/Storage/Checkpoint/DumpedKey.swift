internal import Domain
package import Redis

/// A key of ours as a line of a dump: name, kind, value, and when it ends.
package struct DumpedKey: Sendable, Equatable {
    package var key: RedisKey
    package var value: StoredValue
    /// ms since 1970; nil for never.
    package var expiresMilliseconds: Int64?

    package init(_ key: RedisKey, _ value: StoredValue, expiresMilliseconds: Int64? = nil) {
        self.key = key
        self.value = value
        self.expiresMilliseconds = expiresMilliseconds
    }

    /// One line, without a break.
    package var json: String {
        let (kind, content): (String, JSONValue) =
            switch value {
            case .string(let text): ("string", .string(text))
            case .hash(let fields): ("hash", .object(fields.mapValues { .string($0) }))
            case .list(let elements): ("list", .array(elements.map { .string($0) }))
            case .set(let members): ("set", .array(members.sorted().map { .string($0) }))
            case .sortedSet(let scores): ("zset", .object(scores.mapValues { .string($0) }))
            }
        return JSONValue.object([
            "key": .string(key.name), "kind": .string(kind), "value": content,
            "expires_ms": expiresMilliseconds.map { .string(String($0)) } ?? .null,
        ]).text
    }

    /// - Returns: nil for what is no such line.
    package init?(json line: some Collection<UInt8>) {
        guard let json = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)),
            case .object(let members) = json, case .string(let name)? = members["key"],
            case .string(let kind)? = members["kind"], let content = members["value"]
        else { return nil }
        func texts(_ array: [JSONValue]) -> [String] {
            array.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
        func fields(_ object: [String: JSONValue]) -> [String: String] {
            object.compactMapValues { if case .string(let text) = $0 { text } else { nil } }
        }
        switch (kind, content) {
        case ("string", .string(let text)): value = .string(text)
        case ("hash", .object(let object)): value = .hash(fields(object))
        case ("list", .array(let array)): value = .list(texts(array))
        case ("set", .array(let array)): value = .set(texts(array))
        case ("zset", .object(let object)): value = .sortedSet(fields(object))
        default: return nil
        }
        key = RedisKey(name)
        if case .string(let end)? = members["expires_ms"] { expiresMilliseconds = Int64(end) }
    }
}
