package import Domain
package import Redis

/// Every Redis key of the project: its name, its type, what ends its life. Nobody else spells a key.
package struct Keys: Sendable {
    /// The registry's namespace. The braces keep all its keys on one Cluster slot; scripts rely on the closing `}:`.
    package let prefix: String

    /// - Parameter namespace: another than `holdfast` only in tests and for `doctor --self-test`.
    package init(namespace: String = "holdfast") {
        prefix = "{\(namespace)}:"
    }

    /// HASH   the session a key resumes; backstop expiry 24 h after its max age, decisions compare `last_used_ms`.
    package func binding(_ key: DispatchKey) -> RedisKey { RedisKey(prefix + "binding:" + key.rawValue) }
    /// HASH   what is known of one session; expires 7 days after its max age.
    package func session(_ id: SessionID) -> RedisKey { RedisKey(prefix + "session:" + id.rawValue) }
    /// ZSET   session id by last use (ms); the sweep walks it and removes what has expired.
    package var sessions: RedisKey { RedisKey(prefix + "sessions") }
    /// ZSET   dispatch key by its binding's backstop expiry (ms), a day after its maximum age: counts what resumes.
    package var bindings: RedisKey { RedisKey(prefix + "bindings") }
    /// ZSET   session id by last use (ms), from its start to its end.
    package var open: RedisKey { RedisKey(prefix + "open") }
    /// STRING owner of a running dispatch, for other hosts; expires after 30 s, renewed.
    package func lock(_ key: DispatchKey) -> RedisKey { RedisKey(prefix + "lock:" + key.rawValue) }
    /// STRING owner of the dispatch that drives a session, under whatever key; expires after 30 s, renewed.
    package func lock(_ id: SessionID) -> RedisKey { RedisKey(prefix + "session_lock:" + id.rawValue) }
    /// STRING end of an account's usage limit and when that was told (ms); expires with the limit.
    package func limit(_ credential: String) -> RedisKey { RedisKey(prefix + "limit:" + credential) }
    /// STRING ms and boot moment of the last `/clear` or drop by hand; older news never binds. Expires with a binding.
    package func cleared(_ key: DispatchKey) -> RedisKey { RedisKey(prefix + "cleared:" + key.rawValue) }
    /// LIST   what was said last under a key, a JSON object each, the oldest first; expires some time after the last
    /// message (`conversations.timeout_hours`).
    package func conversation(_ key: DispatchKey) -> RedisKey { RedisKey(prefix + "conversation:" + key.rawValue) }
    /// HASH   why the key's next fresh start may carry its conversation over; that start takes it, and it expires with the
    /// conversation.
    package func carry(_ key: DispatchKey) -> RedisKey { RedisKey(prefix + "carry:" + key.rawValue) }
    /// LIST   what the key's next fresh start is shown before its conversation, from the archive: what was said in a session
    /// that expired later than its conversation. Kept as long as a conversation.
    package func carryMessages(_ key: DispatchKey) -> RedisKey { RedisKey(prefix + "carry_messages:" + key.rawValue) }
    /// STRING ms of the last `conversation clear`: what is read late of before it does not come back. Expires with a binding.
    package func conversationCleared(_ key: DispatchKey) -> RedisKey {
        RedisKey(prefix + "conversation_cleared:" + key.rawValue)
    }
    /// HASH   totals, each named as its Prometheus metric; for ever.
    package var counters: RedisKey { RedisKey(prefix + "counters") }
    /// STREAM one entry per state change worth telling; about the last 10,000.
    package var events: RedisKey { RedisKey(prefix + "events") }
    /// HASH   how a tool does: its last calls, and whether it is worth calling; expires 7 days after the last.
    package func tool(_ name: ToolName) -> RedisKey { RedisKey(prefix + "tool:" + name.rawValue) }
    /// ZSET   tool by when something was last told of it (ms); 7 days.
    package var tools: RedisKey { RedisKey(prefix + "tools") }
    /// HASH   the failing tools of which a session was told, by when (ms), until it was told that they are back; a day.
    package func toldTools(_ id: SessionID) -> RedisKey { RedisKey(prefix + "told_tools:" + id.rawValue) }
    /// HASH   what the newest version that worked here writes, and the oldest that may work beside it; for ever.
    package var schema: RedisKey { RedisKey(prefix + "schema") }
    /// HASH   heartbeat of a companion; expires after 30 s.
    package func companion(_ host: String) -> RedisKey { RedisKey(prefix + "companion:" + host) }
    /// ZSET   host by its companion's last heartbeat (ms); 7 days, so that one that is gone is missed.
    package var companions: RedisKey { RedisKey(prefix + "companions") }

    /// STREAM left by the last status that looked whether the server takes what scripts write; expires after a minute.
    package var written: RedisKey { RedisKey(prefix + "written") }

    /// HASH   whether a provider may be called, shared by all who use the same credential; for ever.
    package func circuit(_ provider: ProviderID) -> RedisKey { RedisKey(prefix + "circuit:" + provider.description) }
    /// SET    the circuits there are, as `<provider>:<fingerprint>`.
    package var circuits: RedisKey { RedisKey(prefix + "circuits") }
    /// STREAM one entry per change of state of any circuit, with its reason; about the last 1,000.
    package var circuitChanges: RedisKey { RedisKey(prefix + "circuit_changes") }

    /// What SCAN looks for to see what was said under each key: of `conversation:<dispatch key>` and what is carried over.
    var allSaid: [String] { Self.said.map { "\(prefix)\($0)*" } }
    /// The key under which something was said that `allSaid` finds.
    func saidUnder(_ key: RedisKey) -> String? {
        Self.said.lazy.map { prefix + $0 }.first(where: key.name.hasPrefix).map { String(key.name.dropFirst($0.count)) }
    }
    private static let said = ["conversation:", "carry:", "carry_messages:"]

    /// What SCAN looks for to see all keys of the namespace, its pools' too.
    var everything: String { prefix.dropLast(2) + "[}:]*" }
    /// What SCAN looks for to see all keys of a kind, such as `session`.
    func allOf(_ kind: String) -> RedisKey { RedisKey("\(prefix)\(kind):*") }
    /// What SCAN looks for to see all conversations. A namespace holds no character that a pattern gives meaning.
    var allConversations: String { prefix + "conversation:*" }
    /// The dispatch key whose conversation a key names.
    package func dispatchKey(ofConversation key: RedisKey) -> DispatchKey? {
        try? DispatchKey(String(key.name.dropFirst(allConversations.count - 1)))
    }
    /// What SCAN looks for to see the queues of all pools.
    func allPools(_ end: String) -> String { "\(prefix.dropLast(2)):*}:\(end)" }
    /// The pool whose queue a key is of.
    func pool(of key: RedisKey) -> String? {
        let start = "\(prefix.dropLast(2)):"
        guard key.name.hasPrefix(start), let end = key.name.lastIndex(of: "}") else { return nil }
        return String(key.name[..<end].dropFirst(start.count))
    }
    /// The keys of one pool's queue.
    package func pool(_ name: String) -> PoolKeys { PoolKeys(prefix: prefix.dropLast(2) + ":\(name)}:") }
}
