internal import Capture
package import Domain
internal import Platform
package import Redis
internal import Settings
internal import Storage

extension Workplace {
    /// Sessions, those used last first.
    /// - Parameter search: a session ID, a dispatch key, or the beginning of keys; empty for all.
    package func sessions(search: String = "", limit: Int, offset: Int = 0) throws -> SessionPage {
        guard (1...10_000).contains(limit), (0...10_000_000).contains(offset) else {
            throw Failure(.usage, "limit is \(limit), offset \(offset); allowed: 1 to 10000, and 0 to 10000000")
        }
        var connection = try connect()
        guard search.isEmpty else { return try found(search, limit, offset, &connection) }
        let (ids, count) = try connection.ask(registry.usedLast(offset..<offset + limit), registry.count)
        let total = Int(count)
        let rows = try rows(ids, &connection)
        return SessionPage(
            sessions: rows, total: total, next_offset: offset + limit < total ? offset + limit : nil)
    }

    private func found(
        _ search: String, _ limit: Int, _ offset: Int, _ connection: inout RedisConnection
    ) throws -> SessionPage {
        var ids: [SessionID] = []
        if let session = SessionID(rawValue: search), try connection.ask(registry.exists(session)) { ids = [session] }
        ids += try begun(search, &connection).filter { !ids.contains($0) }
        let keys = try connection.boundKeys(beginningWith: search, registry)
        let bound = try connection.ask(registry.bindings(keys)).compactMap { $0?.sessionID }
        let known = Set(ids)
        ids += bound.filter { !known.contains($0) }
        let page = Array(ids.dropFirst(offset).prefix(limit))
        return SessionPage(
            sessions: try rows(page, &connection), total: ids.count,
            next_offset: offset + limit < ids.count ? offset + limit : nil)
    }

    /// Sessions whose key begins so and that have not ended, bound or not: the index of bindings has not heard of those
    /// that have only begun. Of the 200 used last.
    private func begun(_ search: String, _ connection: inout RedisConnection) throws(RedisError) -> [SessionID] {
        let ids = try connection.ask(registry.open(200))
        let records = try connection.ask(registry.sessions(ids))
        return zip(ids, records).filter { $1?.dispatchKey?.rawValue.hasPrefix(search) ?? false }.map(\.0)
    }

    private func rows(_ ids: [SessionID], _ connection: inout RedisConnection) throws(RedisError) -> [SessionRow] {
        let records = try connection.ask(registry.sessions(ids)).map { $0 ?? SessionRecord() }
        let asked = records.compactMap(\.dispatchKey)
        var bindings = try connection.ask(registry.bindings(asked))[...]
        return zip(ids, records).map { id, record in
            let holder = record.dispatchKey == nil ? nil : bindings.popFirst()??.sessionID
            return SessionRow(id, record, isBound: holder == id)
        }
    }

    /// - Parameter name: a session ID or a dispatch key.
    package func find(_ name: String, _ connection: inout RedisConnection) throws -> (SessionID, DispatchKey?) {
        if let session = SessionID(rawValue: name), let record = try connection.ask(registry.session(session)) {
            return (session, record.dispatchKey)
        }
        let key = try DispatchKey(name)
        let binding = try connection.ask(registry.binding(key))
        guard let session = binding?.sessionID ?? binding?.candidateID else {
            throw Failure(
                .no, "nothing is known of \"\(name)\": neither a session ID nor a bound dispatch key",
                remedy: "see 'holdfast sessions list'")
        }
        return (session, key)
    }

    /// Forgets the session of a key: the next dispatch starts fresh.
    /// - Parameter name: a dispatch key or a session ID.
    package func drop(_ name: String) throws -> DroppedSession {
        var connection = try connect()
        let (session, boundKey) = try find(name, &connection)
        guard let key = boundKey else {
            throw Failure(.no, "session \(session) is bound to no key; nothing to drop")
        }
        let lookup = SessionLookup(key: key, settings: settings, host: host)
        let now = HostClock.now()
        let news = lookup.droppedNews(session, reason: .manual, at: now)
        guard try connection.run(registry.dropping(news, at: now)) else {
            throw Failure(.no, "session \(session) is no longer bound to \(key); nothing to drop")
        }
        BindingMirror(folder: settings.state.bindings).drop(key, session: session)
        return DroppedSession(dispatch_key: key.rawValue, session_id: session.rawValue)
    }
}

package struct DroppedSession: Encodable, Sendable {
    package let dispatch_key: String
    package let session_id: String
    package let outcome = "dropped"

    private enum CodingKeys: CodingKey { case dispatch_key, session_id, outcome }
}
