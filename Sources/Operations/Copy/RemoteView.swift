internal import Domain
internal import Integrity
internal import SecondCopy

/// How the second copy stands.
package struct RemoteStatus: Encodable, Sendable {
    /// Empty where none is set.
    package let url: String
    package let mode: String
    package let encrypted: Bool
    /// Of the key that closes what is sent; nil where there is none.
    @OrNull package var key: String?
    @OrNull package var last_success: Timestamp?
    package let failures: Int
    @OrNull package var next_try: Timestamp?
    @OrNull package var last_error: String?
    package let lacking_items: Int
    package let lacking_bytes: Int64
    /// Age of the oldest change that the copy lacks.
    @OrNull package var lag_seconds: Double?
    /// Hosts that have a copy there; nil where nobody asked.
    @OrNull package var hosts: [String]?
    /// Why it could not be asked.
    @OrNull package var error: String?
}

/// What a sync did.
package struct RemoteSync: Encodable, Sendable {
    package let outcome: String
    package let sent_items: Int
    package let sent_bytes: Int64
    /// Compressed and encrypted.
    package let stored_bytes: Int64
    package let removed_items: Int
    package let lacking_items: Int
    package let lacking_bytes: Int64
    package let conflicts: Int
    /// So many items of a kind are gone that it looks like a loss: their copies are kept.
    package let withheld_removals: Int
    @OrNull package var error: String?

    package var succeeded: Bool { error == nil }
}

/// Versions of one thing of which none came after the other.
package struct RemoteConflict: Encodable, Sendable {
    package let id: String
    package let thing: String
    /// By which it was decided until somebody else does.
    package let rule: String
    /// The one that counts is first.
    package let sides: [Side]

    package struct Side: Encodable, Sendable {
        package let hosts: [String]
        package let changed_at: Timestamp
        package let bytes: Int64
        package let is_removal: Bool
    }

    /// - Parameter key: whose session or words it is about; nil where nobody here knows.
    init(_ conflict: CopyConflict, key: DispatchKey?) {
        id = conflict.id
        thing =
            switch (conflict.item.kind, key) {
            case (.binding, let key?): "the session of \(key)"
            case (.conversation, let key?): "what was said last under \(key)"
            case (.binding, nil): "the session of a key that this host does not know"
            case (.conversation, nil): "what was said last under a key that this host does not know"
            case (.tombstone, _): "what is forgotten of session \(conflict.item.name)"
            case (.settings, _): "the configuration \(conflict.item.name)"
            default: "\(conflict.item)"
            }
        rule =
            switch conflict.rule {
            case .younger: "the later change"
            case .kept: "kept, not removed"
            case .integrity: "both are kept"
            }
        sides = conflict.sides.map {
            Side(
                hosts: $0.hosts, changed_at: Timestamp($0.changedMilliseconds), bytes: $0.bytes,
                is_removal: $0.digest.isEmpty)
        }
    }
}

/// What came back.
package struct RemoteClone: Encodable, Sendable {
    package let url: String
    package let items: Int
    package let bytes: Int64
    package let hosts: [String]
    /// By kind.
    package let came_back: [String: Int]
    package let keys: Int
    /// What does not come back, and why.
    package let failures: [String]
    /// Marks of keys that are not here.
    package let locked: [String]
    package let is_whole: Bool
}

/// Keys of the second copy.
package struct RemoteKey: Encodable, Sendable {
    package let file: String
    /// Newest first: the first closes, all of them open.
    package let marks: [String]
    package let warning: String
    /// made, rotated, or there.
    package let outcome: String
}
