internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A session that its key has no more.
package struct DroppedSession: Encodable, Sendable {
    package let dispatch_key: String
    package let session_id: String
    package let outcome = "dropped"

    private enum CodingKeys: CodingKey { case dispatch_key, session_id, outcome }
}

/// What was unused for too long.
package struct SweepAnswer: Encodable, Sendable {
    package let dropped: Int
    package let session_ids: [String]
}

extension Workplace {
    /// - Parameter name: a session ID, the beginning of one, or a dispatch key.
    func find(_ name: String, _ connection: inout RedisConnection) throws -> (SessionID, DispatchKey?) {
        if let session = SessionID(rawValue: name), let record = try connection.ask(registry.session(session)) {
            return (session, record.dispatchKey)
        }
        let key = try DispatchKey(name)
        let binding = try connection.ask(registry.binding(key))
        if let session = binding?.sessionID ?? binding?.candidateID { return (session, key) }
        if let session = try self.session(beginningWith: name, &connection) {
            return (session, try connection.ask(registry.session(session))?.dispatchKey)
        }
        throw Failure(
            .no, "nothing is known of \"\(name)\": neither a session ID nor a bound dispatch key",
            remedy: likelyKey(for: name).map { "did you mean \($0)?" } ?? "see 'holdfast sessions list'")
    }

    /// Forgets the session of a key: the next dispatch starts fresh.
    /// - Parameter name: a dispatch key or a session ID.
    package func drop(_ name: String) throws -> DroppedSession {
        var connection = try connect()
        let (session, boundKey) = try find(name, &connection)
        guard let key = boundKey else {
            throw Failure(.no, "session \(session) is bound to no key; nothing to drop")
        }
        let lookup = SessionLookup(key: key, settings: settings, host: host, peek: true)
        let now = HostClock.now()
        try refuse(ifDriven: session, of: key, lookup, &connection)
        let news = lookup.droppedNews(session, reason: .manual, at: now)
        guard try connection.run(registry.dropping(news, at: now)) else {
            throw Failure(.no, "session \(session) is no longer bound to \(key); nothing to drop")
        }
        BindingMirror(folder: settings.state.bindings).drop(key, session: session)
        return DroppedSession(
            dispatch_key: key.rawValue, session_id: session.rawValue)
    }

    /// A session at work would bind its key again with its next word: dropping ends nobody.
    private func refuse(
        ifDriven session: SessionID, of key: DispatchKey, _ lookup: SessionLookup, _ connection: inout RedisConnection
    ) throws {
        func busy(_ who: String) -> Failure {
            Failure(.busy, "\(key) is busy: \(who); nothing is dropped", remedy: "drop it when that has ended")
        }
        if let driver = try connection.ask(registry.session(session)).flatMap(driver) {
            throw busy("process \(driver.pid) drives session \(session)")
        }
        if settings.state.isLocked(key) { throw busy("a dispatch runs") }
        let look = try lookup.run(over: &connection)
        if look.verdict == .busy { throw busy("another run drives session \(session)") }
    }

    private func driver(of record: SessionRecord) -> ClientProcess? {
        let place = Driver.Place(
            host: host, space: ProcessTable.space, bootedMilliseconds: HostClock.bootedMilliseconds)
        guard case .here(let process) = Driver.of(record, seenFrom: place), ProcessTable.isAlive(process) else {
            return nil
        }
        return process
    }

    /// Drops every binding that was unused for longer than its maximum age.
    package func sweep() throws -> SweepAnswer {
        var connection = try connectStarting()
        let dropped = try connection.sweep(registry, ages: settings.configuration.ages, host: host)
        return SweepAnswer(dropped: dropped.count, session_ids: dropped.map(\.rawValue))
    }

    /// All that is recorded of a session.
    /// - Parameter name: a session ID or a dispatch key.
    /// - Throws: `Failure` where nothing is known of it.
    package func session(_ name: String) throws -> [String: String] {
        var connection = try connect()
        let (session, _) = try find(name, &connection)
        let fields = try connection.ask(registry.session(session))?.fields ?? [:]
        return fields.merging(["session_id": session.rawValue]) { $1 }
    }
}
