internal import Domain
package import Redis

/// What becomes of a key when a checkpoint is restored: nothing newer is taken away.
package enum KeyRule: Sendable, Equatable {
    /// Says of a moment that is over, or is made anew: in no checkpoint.
    case passing
    /// Comes back where there is none.
    case missing
    /// A hash; the one with the later time in this field stays.
    case younger(field: String)
    /// A sorted set; members that it lacks come back.
    case members
    /// Comes back in place of what is there: what was captured twice is known again, what was passed over is not.
    case replaced
}

extension Keys {
    private static let byKind: [String: KeyRule] = [
        "binding": .younger(field: "last_used_ms"), "session": .younger(field: "last_used_ms"),
        "sessions": .members, "bindings": .members, "open": .missing,
        "limit": .missing, "cleared": .missing, "conversation": .missing, "carry": .missing,
        "carry_messages": .missing, "conversation_cleared": .missing, "counters": .missing, "circuit": .missing,
        "circuits": .missing, "tool": .missing, "tools": .members, "lock": .passing, "session_lock": .passing,
        "events": .passing, "companion": .passing,
        "companions": .passing, "schema": .passing, "written": .passing, "circuit_changes": .passing,
    ]

    /// - Returns: nil for a key that is none of ours.
    package func rule(of key: RedisKey) -> KeyRule? {
        if key.name.hasPrefix(prefix) { return Self.byKind[Self.kind(key.name.dropFirst(prefix.count))] }
        return pool(of: key).flatMap { self.pool($0).rule(of: key) }
    }

    /// `binding` of `binding:coder/1`.
    static func kind(_ name: Substring) -> String { String(name.prefix { $0 != ":" }) }

    /// Where a value is put together before it gets its name; on the same slot as that.
    func draft(of key: RedisKey) -> RedisKey { RedisKey("{\(key.hashTag)}:written:restoring") }
}

extension PoolKeys {
    private static let byKind: [String: KeyRule] = [
        "cursor": .replaced, "episode": .missing, "schedule": .members, "leases": .members, "dead": .members,
        "unarchived": .members, "pending": .members, "failed": .members, "done": .missing, "day": .missing,
        "archive": .missing, "archive_owner": .passing, "archive_epoch": .missing, "written": .passing,
        "counters": .missing, "events": .passing,
    ]

    func rule(of key: RedisKey) -> KeyRule? { Self.byKind[Keys.kind(key.name.dropFirst(prefix.count))] }

    /// A cursor is read before what was captured up to it: then what the dump has of episodes is no less than the cursor says.
    static func isCursor(_ key: RedisKey) -> Bool { ByteSearch.contains(key.name, "}:cursor:") }
}
