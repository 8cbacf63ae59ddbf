/// What sort of thing an item is: a short lower-case name. What a sort means only its owner knows, but for `tombstone`, which
/// is never given up for another.
package struct CopyKind: RawRepresentable, Hashable, Sendable, Comparable {
    package let rawValue: String

    /// - Returns: nil for what is not 1 to 32 of the letters a to z and dashes.
    package init?(rawValue: String) {
        guard (1...32).contains(rawValue.utf8.count),
            rawValue.utf8.allSatisfy({ UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.rawValue = rawValue
    }

    private init(_ name: String) { rawValue = name }

    package static let vault = CopyKind("vault"), archive = CopyKind("archive"), block = CopyKind("block")
    package static let conversation = CopyKind("conversation"), binding = CopyKind("binding")
    package static let tombstone = CopyKind("tombstone"), checkpoint = CopyKind("checkpoint")
    package static let settings = CopyKind("settings")

    package static func < (one: CopyKind, other: CopyKind) -> Bool { one.rawValue < other.rawValue }
}

/// How an item changes.
package enum CopyNature: String, Sendable, Codable {
    /// Never: its name stands for its content.
    case immutable
    /// By more at its end; only that is sent. One of whose beginning is another is sent whole.
    case growing
    /// As a whole; the newest counts.
    case replaced
}

/// By what an item is known on all hosts. What each host has of its own bears the host in its name.
package struct ItemName: Hashable, Sendable, Comparable {
    package var kind: CopyKind
    package var name: String

    package init(_ kind: CopyKind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    package static func < (one: ItemName, other: ItemName) -> Bool {
        (one.kind, one.name) < (other.kind, other.name)
    }
}

extension ItemName: CustomStringConvertible {
    package var description: String { "\(kind.rawValue) \(name)" }
}

/// Something of this host that is to have a second copy.
package struct CopyItem: Sendable, Equatable {
    package var item: ItemName
    package var nature: CopyNature
    package var bytes: Int64
    /// Another one when the content may be another: size and time of change, or a digest. While it stays nothing is read.
    package var revision: String
    /// When it was changed last, ms since 1970.
    package var changedMilliseconds: Int64
    /// Where it lies in the copy, of what that alone has: it stays there, and can be sent by nobody. A journal that lost the
    /// entry is told anew from here.
    package var alone: Alone?

    package struct Alone: Sendable, Equatable {
        /// SHA-256, hexadecimal.
        package var digest: String
        package var parts: [ItemPart]

        package init(digest: String, parts: [ItemPart]) { (self.digest, self.parts) = (digest, parts) }
    }

    package init(
        _ kind: CopyKind, _ name: String, _ nature: CopyNature, bytes: Int64, revision: String,
        changedMilliseconds: Int64, alone: Alone? = nil
    ) {
        item = ItemName(kind, name)
        self.nature = nature
        self.bytes = bytes
        self.revision = revision
        self.changedMilliseconds = changedMilliseconds
        self.alone = alone
    }
}
