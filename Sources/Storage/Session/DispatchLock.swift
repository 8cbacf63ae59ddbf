package import Domain
internal import Platform
package import Redis

/// Who may dispatch a key, or drive a session, for others to see. On one host a file lock decides; see `take_lock.lua`.
package struct DispatchLock: Sendable {
    /// Renewed every third of this, so that two renewals may be lost.
    package static let lifetimeMilliseconds: Int64 = 30_000

    let key: RedisKey
    package let owner: LockOwner

    package init(_ key: RedisKey, owner: LockOwner) {
        self.key = key
        self.owner = owner
    }

    /// Takes or renews it.
    /// - Parameter other: an owner that is known to be dead; nil where the file lock that we hold proves that of every owner
    ///   of this host and boot.
    package func take(from other: String? = nil) -> TakeLock {
        TakeLock(
            keys: [key],
            argument: .init(owner: owner.text, dead: other ?? owner.place, ttl_ms: Self.lifetimeMilliseconds))
    }
    package var release: ReleaseLock { ReleaseLock(keys: [key], argument: .init(owner: owner.text)) }
}

/// A dispatch as it stands in a lock: `<host>:<boot>/<PID namespace>/<machine>:<pid>:<start ticks>`.
package struct LockOwner: Sendable, Equatable {
    package let host: String
    package let space: ProcessSpace
    package let process: ClientProcess

    package init(host: String, space: ProcessSpace, process: ClientProcess) {
        self.host = host
        self.space = space
        self.process = process
    }

    /// Nil for what is none.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
        guard parts.count == 4, let space = ProcessSpace(parts[1]), let pid = Int32(parts[2]),
            let start = UInt64(parts[3])
        else { return nil }
        self.init(host: parts[0], space: space, process: ClientProcess(pid: pid, startTicks: start))
    }

    package var text: String { "\(host):\(space.text):\(process.pid):\(process.startTicks)" }

    /// What all owners of this host and boot begin with: they share the file locks of one state folder and one kernel.
    var place: String { "\(host):\(space.bootID)/" }

    /// Whether a text names an owner at all, be it as earlier versions did: `<host>:<pid>:<start ticks>`.
    package static func isAny(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":")).map { String(Substring($0)) }
        return parts.count >= 3 && text.utf8.count < 512 && parts.suffix(2).allSatisfy { UInt64($0) != nil }
    }

    /// Whether it may run. One that cannot be seen from here is believed; it may have been killed, then its lock ends soon.
    package static func mayLive(_ text: String) -> Bool {
        guard let owner = LockOwner(text) else { return isAny(text) }
        // A dispatch may be the first process of its container.
        return owner.space != ProcessTable.space || ProcessTable.isRunning(owner.process)
    }
}

/// Twin of `take_lock.lua`; answers the other owner, or nil when the lock is ours.
package struct TakeLock: JSONScript {
    package struct Argument: Encodable, Sendable {
        let owner: String
        let dead: String
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
