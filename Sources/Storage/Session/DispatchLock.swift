package import Domain
package import Redis

/// Who may dispatch a key, for other hosts to see. On one host a file lock decides; see `take_lock.lua`.
package struct DispatchLock: Sendable {
    /// Renewed every third of this, so that two renewals may be lost.
    package static let lifetimeMilliseconds: Int64 = 30_000

    let key: String
    package let owner: String
    let host: String

    package init(_ keys: Keys, key: DispatchKey, host: String, pid: Int32, startTicks: UInt64) {
        self.key = keys.lock(key)
        self.host = host
        owner = "\(host):\(pid):\(startTicks)"
    }

    package var take: Take {
        Take(keys: [key], news: .init(owner: owner, host: host, ttl_ms: Self.lifetimeMilliseconds))
    }
    package var release: Release { Release(keys: [key], news: .init(owner: owner)) }

    /// Twin of `take_lock.lua`; answers the other owner, or nil when the lock is ours.
    package struct Take: NewsScript {
        package struct News: Encodable, Sendable {
            let owner: String
            let host: String
            let ttl_ms: Int64
        }

        package static let source = ScriptText.plain(PackageResources.take_lock_lua)
        package let keys: [String]
        package let news: News
        package var nowMilliseconds: Int64? { nil }

        package static func decode(_ reply: RedisReply) throws(RedisError) -> String? {
            if case .text(let owner) = reply { owner } else { nil }
        }
    }

    /// Twin of `release_lock.lua`.
    package struct Release: NewsScript {
        package struct News: Encodable, Sendable {
            let owner: String
        }

        package static let source = ScriptText.plain(PackageResources.release_lock_lua)
        package let keys: [String]
        package let news: News
        package var nowMilliseconds: Int64? { nil }

        package static func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
    }
}
