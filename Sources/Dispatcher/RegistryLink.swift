internal import Domain
internal import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A dispatch's line to the registry: the locks on its key and its session, and the mirror for when Redis is away, or answers
/// what nobody understands. Nothing that is wrong there keeps a client from being started: it is said once.
final class RegistryLink {
    private let key: DispatchKey
    private let place: Workplace
    private let owner: LockOwner
    private let lookup: SessionLookup
    private let complain: (String) -> Void
    private var hasComplained = false
    private var hasWarned = false
    /// Those that are ours, and those that could not be had while Redis was away.
    private var locks: [DispatchLock] = []

    init(key: DispatchKey, place: Workplace, complain: @escaping (String) -> Void) {
        self.key = key
        self.place = place
        self.complain = complain
        owner = LockOwner(host: place.host, space: ProcessTable.space, process: ProcessTable.own)
        lookup = SessionLookup(key: key, settings: place.settings, host: place.host)
    }

    /// - Parameter isProven: whether we hold the file lock, by which other owners of this host are dead.
    /// - Returns: the owner, when somebody else holds the key. Nil also where Redis is away: then the file lock is all.
    func takeLock(isProven: Bool) -> String? {
        take(DispatchLock(place.settings.keys.lock(key), owner: owner), isProven)
    }

    /// The same for the session that the key has: two keys may share one.
    func takeLock(of session: SessionID, isProven: Bool) -> String? {
        take(DispatchLock(place.settings.keys.lock(session), owner: owner), isProven)
    }

    private func take(_ lock: DispatchLock, _ isProven: Bool) -> String? {
        var other: String?
        let isThere = trying { connection throws(RedisError) in
            other = try connection.run(lock.take(from: isProven ? nil : owner.text))
            if let dead = other, !LockOwner.mayLive(dead) { other = try connection.run(lock.take(from: dead)) }
        }
        // What answers with no owner at all tells of no dispatch.
        if let text = other, !LockOwner.isAny(text) {
            sayOnce("what Redis has for a lock is none; going on with the lock of this host")
            other = nil
        }
        if !isThere || other == nil { locks.append(lock) }
        return other
    }

    /// Takes the locks again, also those that could not be had while Redis was away; a failure is mended by the next round.
    func renewLocks() {
        do throws(RedisError) {
            // Short, since the client's streams wait meanwhile.
            let deadlines = RedisDeadlines(connect: .milliseconds(250), reply: .milliseconds(250))
            var connection = try RedisConnector(place.settings).connect(deadlines)
            for lock in locks {
                guard let owner = try connection.run(lock.take(from: owner.text)), !hasWarned else { continue }
                hasWarned = true
                complain("\(owner) dispatches \(key) too: Redis was away when this run began, so neither knew")
            }
        } catch {
            return
        }
    }

    /// Gives the locks back; should that fail they expire by themselves.
    func releaseLocks() {
        guard !locks.isEmpty else { return }
        do throws(RedisError) {
            var connection = try RedisConnector(place.settings).connect(place.deadlines)
            for lock in locks { _ = try connection.run(lock.release) }
        } catch {
            return
        }
    }

    func look() -> SessionLookup.Result {
        var result: SessionLookup.Result?
        _ = trying { connection throws(RedisError) in
            result = try lookup.run(over: &connection, ownLock: owner.text)
        }
        if let first = result?.refusedNotes.first {
            complain("Redis refuses what this host's hooks noted, which is tried again: \(first.prefix(300))")
        }
        return result ?? lookup.runOnMirror(isOwn: true)
    }

    /// Whether the registry heard meanwhile that the session was refused, or gave it up.
    func wasRefused(_ session: SessionID, since start: Moment) -> Bool {
        var wasRefused = false
        let isThere = trying { connection throws(RedisError) in
            let (binding, record) = try connection.ask(place.registry.binding(key), place.registry.session(session))
            let isDropped = binding?.sessionID != session && record?.droppedMilliseconds != nil
            wasRefused = isDropped || record?.wasRefused(since: start) ?? false
        }
        if isThere { return wasRefused }
        return lookup.noted(since: start).contains {
            $0.sessionID == session && $0.kind == .ended && $0.startIsNotPending
        }
    }

    /// The fresh session that starts in place of another may be shown what was said before.
    func letCarry(from session: SessionID, _ reason: CarryReason) {
        _ = trying { connection throws(RedisError) in
            try lookup.letCarry(from: session, reason, over: &connection)
        }
    }

    /// Whether a hook told of the key since, here or in a note; nil where Redis cannot be asked and no note tells.
    func isRecorded(since start: Moment) -> Bool? {
        if lookup.noted(since: start).contains(where: { $0.dispatchKey == key }) { return true }
        var isRecorded = false
        let isThere = trying { connection throws(RedisError) in
            guard let binding = try connection.ask(place.registry.binding(key)) else { return }
            for session in [binding.candidateID, binding.sessionID].compactMap({ $0 }) where !isRecorded {
                isRecorded = try connection.ask(place.registry.session(session))?.wasUsed(since: start) ?? false
            }
        }
        return isThere ? isRecorded : nil
    }

    /// Whether a hook told meanwhile that the session was prompted, here or in a note: the client writes that into the
    /// transcript a moment later.
    func wasPrompted(_ session: SessionID, since start: Moment) -> Bool {
        var wasPrompted = false
        let isThere = trying { connection throws(RedisError) in
            let record = try connection.ask(place.registry.session(session))
            wasPrompted = record.map { $0.state == .active && $0.wasUsed(since: start) } ?? false
        }
        if isThere, wasPrompted { return true }
        return lookup.noted(since: start).contains {
            $0.sessionID == session && [.prompted, .stopped, .worked].contains($0.kind)
        }
    }

    /// Whether a hook told meanwhile that a process opened the session, here or in a note.
    func wasOpened(_ session: SessionID, since start: Moment) -> Bool {
        if let isHeardOf = isHeardOf(session, since: start) { return isHeardOf }
        return lookup.noted(since: start).contains { $0.sessionID == session && $0.kind != .ended }
    }

    /// Whether a hook told meanwhile that a process drives the session; nil where Redis cannot be asked.
    func isHeardOf(_ session: SessionID, since start: Moment) -> Bool? {
        var isHeardOf = false
        let isThere = trying { connection throws(RedisError) in
            let record = try connection.ask(place.registry.session(session))
            isHeardOf = record.map { $0.process != nil && $0.wasUsed(since: start) } ?? false
        }
        return isThere ? isHeardOf : nil
    }

    private func sayOnce(_ sentence: String) {
        if !hasComplained { complain(sentence) }
        hasComplained = true
    }

    /// - Returns: false where Redis is away or not to be understood.
    private func trying(_ work: (inout RedisConnection) throws(RedisError) -> Void) -> Bool {
        do throws(RedisError) {
            var connection = try place.connectStarting(place.lookupDeadlines)
            try work(&connection)
            return true
        } catch {
            sayOnce("\(error); going on with the mirror of this host's bindings")
            return false
        }
    }
}
