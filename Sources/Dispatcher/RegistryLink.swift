internal import Domain
internal import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A dispatch's line to the registry: the lock on its key, and the mirror for when Redis is away.
final class RegistryLink {
    private let key: DispatchKey
    private let place: Workplace
    private let lock: DispatchLock
    private let lookup: SessionLookup
    private let complain: (String) -> Void
    private var hasComplained = false
    private var holdsLock = false
    private var hasWarned = false

    init(key: DispatchKey, place: Workplace, complain: @escaping (String) -> Void) {
        self.key = key
        self.place = place
        self.complain = complain
        lock = DispatchLock(place.settings.keys, key: key, host: place.host, process: ProcessTable.own)
        lookup = SessionLookup(key: key, settings: place.settings, host: place.host)
    }

    /// - Returns: the owner, when another host holds the key. Nil also where Redis is away: then the file lock is all.
    func takeLock() throws -> String? {
        var other: String?
        let isThere = try trying { connection throws(RedisError) in other = try connection.run(lock.take) }
        holdsLock = isThere && other == nil
        return other
    }

    /// Takes the lock again, also one that could not be had while Redis was away; a failure is mended by the next round.
    func renewLock() {
        do throws(RedisError) {
            // Short, since the client's streams wait meanwhile.
            let deadlines = RedisDeadlines(connect: .milliseconds(250), reply: .milliseconds(250))
            var connection = try RedisConnector(place.settings).connect(deadlines)
            let owner = try connection.run(lock.take)
            holdsLock = owner == nil
            guard let owner, !hasWarned else { return }
            hasWarned = true
            complain("\(owner) dispatches \(key) too: Redis was away when this run began, so neither knew")
        } catch {
            return
        }
    }

    /// Gives the lock back; should that fail it expires by itself.
    func releaseLock() {
        guard holdsLock else { return }
        holdsLock = false
        do throws(RedisError) {
            var connection = try RedisConnector(place.settings).connect(place.deadlines)
            _ = try connection.run(lock.release)
        } catch {
            return
        }
    }

    func look() throws -> SessionLookup.Result {
        var result: SessionLookup.Result?
        _ = try trying { connection throws(RedisError) in
            result = try lookup.run(over: &connection, ownLock: lock.owner)
        }
        return result ?? lookup.runOnMirror()
    }

    /// Whether the registry gave the session up in the meantime.
    func hasDropped(_ session: SessionID) throws -> Bool {
        var hasDropped = false
        _ = try trying { connection throws(RedisError) in
            let (binding, record) = try connection.ask(place.registry.binding(key), place.registry.session(session))
            hasDropped = binding?.sessionID != session && record?.droppedMilliseconds != nil
        }
        return hasDropped
    }

    /// - Returns: false where Redis is away, which is said once.
    private func trying(_ work: (inout RedisConnection) throws(RedisError) -> Void) throws -> Bool {
        do throws(RedisError) {
            var connection = try place.connectStarting()
            try work(&connection)
            return true
        } catch {
            guard error.isAway else { throw error }
            if !hasComplained { complain("\(error); going on with the mirror of this host's bindings") }
            hasComplained = true
            return false
        }
    }
}
