internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A session in a list.
package struct SessionRow: Codable, Sendable {
    package let session_id: String
    @OrNull package var dispatch_key: String?
    /// active, idle or ended.
    package let state: String
    /// Whether its dispatch key has it.
    package let bound: Bool
    @OrNull package var last_used_at: Timestamp?
    package let turns: Int
    package let resumes: Int
    package let cwd: String
    package let host: String
    package let model: String
    /// Why it is kept but not offered: the class of what the API refused, as often as `dispatch.retire_after` says.
    @OrNull package var retired: String?
    private var record = SessionRecord()

    private enum CodingKeys: CodingKey {
        case session_id, dispatch_key, state, bound, last_used_at, turns, resumes, cwd, host, model, retired
    }

    init(_ id: SessionID, _ record: SessionRecord, isBound: Bool, retireAfter: Int64) {
        session_id = id.rawValue
        self.record = record
        bound = isBound
        state = record.state?.rawValue ?? ""
        turns = Int(record.turns)
        resumes = Int(record.resumes)
        cwd = record.cwd
        host = record.host
        model = record.model
        retired = record.isRetired(after: retireAfter) ? record.failure : nil
        dispatch_key = record.dispatchKey?.rawValue
        last_used_at = Timestamp(orNever: record.lastUsedMilliseconds)
    }

    /// All that is recorded of it, which is more than `Encodable` says.
    package var fields: [String: String] {
        record.fields.merging(["session_id": session_id, "bound": bound ? "yes" : "no"]) { $1 }
    }
}

/// Some of many sessions.
package struct SessionPage: Codable, Sendable {
    package let sessions: [SessionRow]
    /// How many there are, of those that were looked for.
    package let total: Int
    /// nil on the last page.
    @OrNull package var next_offset: Int?
}

extension Workplace {
    /// Sessions, those used last first.
    /// - Parameter search: a session ID, a dispatch key, the beginning of keys, or the absolute path of a folder in which
    ///   sessions were, or below which; empty for all.
    package func sessions(search: String = "", limit: Int, offset: Int = 0) throws -> SessionPage {
        guard (1...10_000).contains(limit), (0...10_000_000).contains(offset) else {
            throw Failure(.usage, "limit is \(limit), offset \(offset); allowed: 1 to 10000, and 0 to 10000000")
        }
        var connection = try connect()
        guard search.isEmpty else {
            let ids =
                if let folder = Self.folder(search) {
                    try used(in: folder, &connection)
                } else {
                    try found(search, &connection)
                }
            let page = Array(ids.dropFirst(offset).prefix(limit))
            return SessionPage(
                sessions: try rows(page, &connection), total: ids.count,
                next_offset: offset + limit < ids.count ? offset + limit : nil)
        }
        let (ids, count) = try connection.ask(registry.usedLast(offset..<offset + limit), registry.count)
        let total = Int(count)
        let rows = try rows(ids, &connection)
        return SessionPage(
            sessions: rows, total: total, next_offset: offset + limit < total ? offset + limit : nil)
    }

    /// - Returns: nil for what is no path.
    private static func folder(_ search: String) -> String? {
        guard search.hasPrefix("/") else { return nil }
        // A folder that is gone is known by the name that it had.
        let path = Files.realPath(search) ?? search
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    private func used(
        in folder: String, _ connection: inout RedisConnection
    ) throws(RedisError) -> [SessionID] {
        var found: [SessionID] = [], start = 0
        while true {
            let ids = try connection.ask(registry.usedLast(start..<start + 500))
            guard !ids.isEmpty else { return found }
            for (id, record) in zip(ids, try connection.ask(registry.sessions(ids))) {
                let cwd = record?.cwd ?? ""
                if cwd == folder || cwd.hasPrefix(folder == "/" ? folder : folder + "/") { found.append(id) }
            }
            start += ids.count
        }
    }

    private func found(_ search: String, _ connection: inout RedisConnection) throws(RedisError) -> [SessionID] {
        var ids: [SessionID] = []
        if let session = SessionID(rawValue: search), try connection.ask(registry.exists(session)) { ids = [session] }
        ids += try begun(search, &connection).filter { !ids.contains($0) }
        let keys = try connection.boundKeys(beginningWith: search, registry)
        let bound = try connection.ask(registry.bindings(keys)).compactMap { $0?.sessionID }
        let known = Set(ids)
        return ids + bound.filter { !known.contains($0) }
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
            return SessionRow(
                id, record, isBound: holder == id, retireAfter: settings.configuration.retireAfter)
        }
    }
}
