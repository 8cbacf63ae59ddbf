/// Why the next fresh start of a key may carry its conversation over: the hash `carry:<dispatch key>`.
package struct CarryRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case reason, at
        case sessionID = "session_id"
        case milliseconds = "at_ms"
    }

    package var reason: CarryReason?
    /// Of which a resume was impossible.
    package var sessionID: SessionID?
    /// ISO 8601.
    package var at: String?
    /// Since 1970.
    package var milliseconds: Int64?

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        reason = fields[.reason].flatMap(CarryReason.init)
        sessionID = fields[.sessionID].flatMap(SessionID.init)
        at = fields[.at]
        milliseconds = fields.whole(.milliseconds)
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields[.reason] = reason?.rawValue
        fields[.sessionID] = sessionID?.rawValue
        fields[.at] = at
        fields.set(.milliseconds, milliseconds)
        return fields.hash
    }
}

extension CarryRecord: HashRecord {}

/// Why a key starts fresh that had a conversation: the label of `claude_session_carry_overs_total`.
package enum CarryReason: String, Sendable, CaseIterable, Codable {
    /// Its session was unused for too long.
    case expired
    /// Its transcript is gone.
    case missing
    /// A client refused it, or ended before it said anything.
    case failed
    /// The API refuses its conversation each time.
    case retired
    /// It lies under another config folder.
    case elsewhere
}

/// Which keys' fresh starts carry a conversation over.
package enum CarryOverPolicy: String, Sendable, CaseIterable {
    /// Those that somebody named: not `dir:` keys.
    case dispatch
    case always
    case never
}
