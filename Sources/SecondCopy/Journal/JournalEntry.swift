internal import Domain

/// What one host tells of one round: a file in its own folder, written once.
package struct JournalEntry: Sendable, Equatable, Codable {
    /// Of entries; who meets a later one touches nothing.
    package static let format = 1

    package var format = JournalEntry.format
    package var host: String
    /// Counts the entries of the host.
    package var number: Int
    package var timeMilliseconds: Int64
    /// The version of Holdfast that wrote it.
    package var version = Holdfast.version
    package var changes: [ItemChange] = []
    package var resolutions: [Resolution] = []
    /// Conflicts that the host saw for the first time, and how the rule decided.
    package var conflicts: [NotedConflict] = []
    /// What was stored for it.
    package var objects: [StoredObject] = []
    /// The host's entries of a lower number say nothing any more: this and those just before say it all anew.
    package var voidsBefore: Int?

    package init(host: String, number: Int, timeMilliseconds: Int64) {
        self.host = host
        self.number = number
        self.timeMilliseconds = timeMilliseconds
    }

    enum CodingKeys: String, CodingKey {
        case format, host, number, version, changes, resolutions, conflicts, objects
        case timeMilliseconds = "time_ms"
        case voidsBefore = "voids_before"
    }
}

/// A stored object and its size there, bytes.
package struct StoredObject: Sendable, Equatable, Codable {
    package var name: String
    package var bytes: Int64
}

/// Where some of an item's bytes lie.
package struct ItemPart: Sendable, Equatable, Codable {
    package var object: String
    /// In the object's plain bytes.
    package var offset: Int
    package var length: Int

    package init(object: String, offset: Int, length: Int) {
        (self.object, self.offset, self.length) = (object, offset, length)
    }

    var isSound: Bool {
        Hexadecimal.isDigits(object, count: 64) && (0...Seal.mostPlain).contains(offset)
            && (0...Seal.mostPlain).contains(length) && offset + length <= Seal.mostPlain
    }
}

/// What became of one item on one host.
package struct ItemChange: Sendable, Equatable, Codable {
    package var kind: CopyKind
    package var name: String
    package var nature: CopyNature
    package var revision: String
    /// SHA-256 of the whole; empty for what was removed.
    package var digest: String
    package var bytes: Int64
    package var changedMilliseconds: Int64
    /// The digests that this one came after, as far as anybody has still to know.
    package var bases: [String]
    /// Whether `parts` go on from those that the host told of the first base before.
    package var continues: Bool
    package var parts: [ItemPart]

    package var item: ItemName { ItemName(kind, name) }
    package var isRemoval: Bool { digest.isEmpty }

    /// Whether it can be: what damage or malice wrote must lead no reader astray.
    var isSound: Bool {
        (isRemoval || Hexadecimal.isDigits(digest, count: 64)) && bytes >= 0 && parts.allSatisfy(\.isSound)
    }

    enum CodingKeys: String, CodingKey {
        case kind, name, nature, revision, digest, bytes, bases, continues, parts
        case changedMilliseconds = "changed_ms"
    }
}

extension CopyKind: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let kind = CopyKind(rawValue: text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no kind of item"))
        }
        self = kind
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
