/// The form of what hosts share in Redis. By it companions of two versions work side by side, or the older one stands back.
package enum SharedSchema {
    /// What this version writes. It rises with each release that changes what lies there so that the version before would
    /// read it wrong, or write what this one reads wrong.
    package static let own: Int64 = 1
    /// The oldest that may work beside this version: a release's own is no more than one ahead of it.
    package static let oldest: Int64 = 1
}

/// What the newest version that worked on a Redis told there: the hash `schema`.
package struct SchemaRecord: HashRecord, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case schema, oldest, version
    }

    /// What that version writes.
    package var schema: Int64
    /// The oldest that may work there.
    package var oldest: Int64
    /// Of the program; empty where it is not said.
    package var version: String

    /// What is no number was written by a hand, and forbids nothing.
    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        schema = fields.whole(.schema) ?? 0
        oldest = fields.whole(.oldest) ?? 0
        version = fields.text(.version)
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields.set(.schema, schema)
        fields.set(.oldest, oldest)
        fields[.version] = version
        return fields.hash
    }

    /// Why a version may not work there; nil where it may.
    /// - Parameter own: what it writes.
    package func refusal(of own: Int64 = SharedSchema.own, program: String = Holdfast.version) -> String? {
        guard own < oldest else { return nil }
        let newer = ProgramVersion(version).map { "holdfast \($0)" } ?? "a newer holdfast"
        return "\(newer) has taken this Redis over, which needs schema \(oldest) or later, and holdfast \(program) has "
            + "\(own); install \(ProgramVersion(version).map { "\($0) or later" } ?? "that one") on this host"
    }
}
