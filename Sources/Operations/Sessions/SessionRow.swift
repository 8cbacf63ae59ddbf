package import Domain

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
    package let record: SessionRecord

    private enum CodingKeys: CodingKey {
        case session_id, dispatch_key, state, bound, last_used_at, turns, resumes, cwd, host, model
    }

    init(_ id: SessionID, _ record: SessionRecord, isBound: Bool) {
        session_id = id.rawValue
        self.record = record
        bound = isBound
        state = record.state?.rawValue ?? ""
        turns = Int(record.turns)
        resumes = Int(record.resumes)
        cwd = record.cwd
        host = record.host
        model = record.model
        dispatch_key = record.dispatchKey?.rawValue
        last_used_at = record.lastUsedAt
    }

    package var lastUsedMilliseconds: Int64? { record.lastUsedMilliseconds }
}

/// Some of many sessions.
package struct SessionPage: Encodable, Sendable {
    package let sessions: [SessionRow]
    /// How many there are, of those that were looked for.
    package let total: Int
    /// nil on the last page.
    @OrNull package var next_offset: Int?
}
