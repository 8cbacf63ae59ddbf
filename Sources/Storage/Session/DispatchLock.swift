package import Domain
package import Redis

/// Who may dispatch a key, for other hosts to see. On one host a file lock decides; see `take_lock.lua`.
package struct DispatchLock: Sendable {
    /// Renewed every third of this, so that two renewals may be lost.
    package static let lifetimeMilliseconds: Int64 = 30_000

    let key: RedisKey
    package let owner: String
    let host: String

    package init(_ keys: Keys, key: DispatchKey, host: String, process: ClientProcess) {
        self.key = keys.lock(key)
        self.host = host
        owner = "\(host):\(process.pid):\(process.startTicks)"
    }

    package var take: TakeLock {
        TakeLock(keys: [key], argument: .init(owner: owner, host: host, ttl_ms: Self.lifetimeMilliseconds))
    }
    package var release: ReleaseLock { ReleaseLock(keys: [key], argument: .init(owner: owner)) }
}

/// Twin of `take_lock.lua`; answers the other owner, or nil when the lock is ours.
package struct TakeLock: JSONScript {
    package struct Argument: Encodable, Sendable {
        let owner: String
        let host: String
        let ttl_ms: Int64
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.take_lock_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> String? {
        if case .text(let owner) = reply { owner } else { nil }
    }
}

/// Twin of `release_lock.lua`; answers whether the lock was ours.
package struct ReleaseLock: JSONScript {
    package struct Argument: Encodable, Sendable {
        let owner: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.release_lock_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}
