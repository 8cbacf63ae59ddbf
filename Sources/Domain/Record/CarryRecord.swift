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
