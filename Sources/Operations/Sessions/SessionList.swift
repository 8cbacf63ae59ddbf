internal import Domain
internal import Redis
internal import Settings
internal import Storage

/// A session in a list.
package struct SessionRow: Encodable, Sendable {
    package let session_id: String
    @OrNull package var dispatch_key: String?
    /// active, idle or ended.
    package let state: String
    /// Whether its dispatch key has it.
    package let bound: Bool
    @OrNull package var last_used_at: String?
    package let turns: Int
    package let resumes: Int
    package let cwd: String
    package let host: String
    package let model: String
    private let record: [String: String]

    private enum CodingKeys: CodingKey {
        case session_id, dispatch_key, state, bound, last_used_at, turns, resumes, cwd, host, model
    }

    init(_ id: SessionID, _ record: [String: String], isBound: Bool) {
        session_id = id.rawValue
        self.record = record
        bound = isBound
        state = record["state"] ?? ""
        turns = record["turns"].flatMap { Int($0) } ?? 0
        resumes = record["resumes"].flatMap { Int($0) } ?? 0
        cwd = record["cwd"] ?? ""
        host = record["host"] ?? ""
        model = record["model"] ?? ""
        dispatch_key = record["dispatch_key"]
        last_used_at = record["last_used_at"]
    }

    /// All that is recorded of it, which is more than `Encodable` says.
    package var fields: [String: String] {
        record.merging(["session_id": session_id, "bound": bound ? "yes" : "no"]) { $1 }
    }

    package var lastUsedMilliseconds: Int64? { record["last_used_ms"].flatMap { Int64($0) } }
}

/// Some of many sessions.
package struct SessionPage: Encodable, Sendable {
    package let sessions: [SessionRow]
    /// How many there are, of those that were looked for.
    package let total: Int
    /// nil on the last page.
    @OrNull package var next_offset: Int?
}

extension Workplace {
    /// Sessions, those used last first.
    /// - Parameter search: a session ID, a dispatch key, or the beginning of keys; empty for all.
    package func sessions(search: String = "", limit: Int, offset: Int = 0) throws -> SessionPage {
        guard (1...10_000).contains(limit), (0...10_000_000).contains(offset) else {
            throw Failure(.usage, "limit is \(limit), offset \(offset); allowed: 1 to 10000, and 0 to 10000000")
        }
        var connection = try connect()
        let keys = settings.keys
        guard search.isEmpty else { return try found(search, limit, offset, &connection) }
        let replies = try connection.pipeline([
            ["ZREVRANGE", keys.sessions, String(offset), String(offset + limit - 1)], ["ZCARD", keys.sessions],
        ])
        if case .error(let message) = replies[0] { throw RedisError(reply: message) }
        let total = Int(replies[1].integer ?? 0)
        let ids = (replies[0].array ?? []).compactMap { $0.text.flatMap(SessionID.init) }
        let rows = try rows(ids, &connection)
        return SessionPage(
            sessions: rows, total: total, next_offset: offset + limit < total ? offset + limit : nil)
    }

    /// Some hundred thousand keys are looked through at most.
    private static let mostLooks = 200

    private func found(
        _ search: String, _ limit: Int, _ offset: Int, _ connection: inout RedisConnection
    ) throws -> SessionPage {
        var ids: [SessionID] = []
        if let session = SessionID(rawValue: search),
            try connection.send(["EXISTS", settings.keys.session(session)]) == .integer(1)
        {
            ids = [session]
        }
        ids += try begun(search, &connection).filter { !ids.contains($0) }
        var position = "0", looks = 0
        var names: Set<String> = []
        repeat {
            let page =
                try connection.send([
                    "ZSCAN", settings.keys.bindings, position, "MATCH", Self.pattern(search) + "*", "COUNT", "1000",
                ]).array ?? []
            guard page.count == 2, let next = page[0].text else { break }
            let flat = (page[1].array ?? []).compactMap(\.text)
            names.formUnion(stride(from: 0, to: flat.count, by: 2).map { flat[$0] })
            position = next
            looks += 1
        } while position != "0" && looks < Self.mostLooks && names.count < 10_000
        let sorted = names.sorted().compactMap { try? DispatchKey($0) }
        let bound = try connection.pipeline(sorted.map { ["HGET", settings.keys.binding($0), "session_id"] })
        let known = Set(ids)
        ids += bound.compactMap { $0.text.flatMap(SessionID.init) }.filter { !known.contains($0) }
        let page = Array(ids.dropFirst(offset).prefix(limit))
        return SessionPage(
            sessions: try rows(page, &connection), total: ids.count,
            next_offset: offset + limit < ids.count ? offset + limit : nil)
    }

    /// Sessions whose key begins so and that have not ended, bound or not: the index of bindings has not heard of those
    /// that have only begun. Of the 200 used last.
    private func begun(_ search: String, _ connection: inout RedisConnection) throws(RedisError) -> [SessionID] {
        let open = try connection.send(["ZREVRANGE", settings.keys.open, "0", "199"]).array ?? []
        let ids = open.compactMap { $0.text.flatMap(SessionID.init) }
        let keys = try connection.pipeline(ids.map { ["HGET", settings.keys.session($0), "dispatch_key"] })
        return zip(ids, keys).filter { $1.text?.hasPrefix(search) ?? false }.map(\.0)
    }

    /// What stands for itself in a pattern of `SCAN`.
    private static func pattern(_ text: String) -> String {
        text.reduce(into: "") { pattern, character in
            if "*?[]\\^-".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
    }

    private func rows(_ ids: [SessionID], _ connection: inout RedisConnection) throws(RedisError) -> [SessionRow] {
        let records = try connection.pipeline(ids.map { ["HGETALL", settings.keys.session($0)] }).map(\.fields)
        let keys = records.map { try? DispatchKey($0["dispatch_key"] ?? "") }
        let asked = keys.compactMap { $0 }
        var bound = try connection.pipeline(asked.map { ["HGET", settings.keys.binding($0), "session_id"] })[...]
        return zip(ids, zip(records, keys)).map { id, known in
            let holder = known.1 == nil ? nil : bound.popFirst()?.text
            return SessionRow(id, known.0, isBound: holder == id.rawValue)
        }
    }
}
