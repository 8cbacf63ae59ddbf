/// By what it was decided which of two versions counts.
package enum ConflictRule: String, Sendable, Codable {
    /// The one that was changed later.
    case younger
    /// A version counts for more than a removal.
    case kept
    /// One name, two contents that should be one: both are kept.
    case integrity
}

/// Versions of one item of which none came after the other.
package struct CopyConflict: Sendable, Equatable {
    package struct Side: Sendable, Equatable {
        package var hosts: [String]
        /// Empty for a removal.
        package var digest: String
        package var bytes: Int64
        package var changedMilliseconds: Int64
    }

    /// The same on every host.
    package var id: String
    package var item: ItemName
    /// The one that counts is first.
    package var sides: [Side]
    package var rule: ConflictRule
    /// When a host saw it first, ms since 1970; nil before that is written down.
    package var seenMilliseconds: Int64?

    static func id(of item: ItemName, _ digests: [String]) -> String {
        let text = ([item.kind.rawValue, item.name] + digests.sorted()).joined(separator: "\u{0}")
        return String(ContentDigest.text(of: Array(text.utf8)).prefix(12))
    }
}

/// A conflict as a journal tells it.
package struct NotedConflict: Sendable, Equatable, Codable {
    package var id: String
    package var kind: CopyKind
    package var name: String
    package var rule: ConflictRule
    /// The one that counts is first.
    package var digests: [String]
    package var timeMilliseconds: Int64

    enum CodingKeys: String, CodingKey {
        case id, kind, name, rule, digests
        case timeMilliseconds = "time_ms"
    }
}

/// What a person decided of a conflict.
package struct Resolution: Sendable, Equatable, Codable {
    /// Of the conflict.
    package var id: String
    package var kind: CopyKind
    package var name: String
    /// The digests of what is kept, the first in place of the item itself; the others beside it.
    package var kept: [String]
    /// Of all sides.
    package var sides: [String]
    package var host: String
    package var timeMilliseconds: Int64

    package var item: ItemName { ItemName(kind, name) }

    enum CodingKeys: String, CodingKey {
        case id, kind, name, kept, sides, host
        case timeMilliseconds = "time_ms"
    }
}

/// Whose version of a conflict a person wants.
package enum ConflictChoice: String, Sendable, CaseIterable {
    /// This host's.
    case local
    /// The other's; of several, the one that the rule prefers.
    case remote
    /// Both, one beside the other.
    case both
}
