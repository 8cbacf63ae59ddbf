package import Domain
package import Redis

/// A dispatch key that somebody drives now.
package struct DrivenKey: Sendable, Equatable {
    package var key: DispatchKey
    package var host: String
    package var pid: Int32

    /// - Parameter owner: as it stands in the lock, be it as earlier versions had it (`LockOwner`).
    init?(_ key: DispatchKey, owner: String) {
        let parts = owner.split(separator: ":")
        guard LockOwner.isAny(owner), let host = parts.first, let pid = Int32(parts[parts.count - 2]) else {
            return nil
        }
        (self.key, self.host, self.pid) = (key, String(host), pid)
    }
}

extension RedisConnection {
    /// The dispatch keys that are locked, on whatever host, sorted. It looks at every key, a thousand at a time: for people
    /// who ask.
    package mutating func drivenKeys(_ keys: Keys) throws(RedisError) -> [DrivenKey] {
        let pattern = keys.allOf("lock")
        var names: Set<String> = []
        var position: String? = SCAN.start
        while let from = position {
            let page = try ask(SCAN(pattern.name, from: from, count: 1000))
            names.formUnion(page.keys.map { String($0.name.dropFirst(pattern.name.utf8.count - 1)) })
            position = page.next
        }
        // What somebody else put there under a name that is no key is driven by nobody.
        let locked = names.sorted().compactMap { try? DispatchKey($0) }
        let owners = try ask(ForEach(locked.map { GET(keys.lock($0)) }))
        // One that was released meanwhile has no owner any more.
        return zip(locked, owners).compactMap { key, owner in
            owner.flatMap { DrivenKey(key, owner: $0) }
        }
    }
}
