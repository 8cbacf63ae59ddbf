package import Domain

/// What was put back, so that it can be taken away again.
package struct PlacementReceipt: Sendable, Equatable, Codable {
    package var session: SessionID
    /// Of the transcript.
    package var path: String
    package var configDirectory: String
    /// The files that were made, the transcript first.
    package var files: [PlacedFile]
    /// The folders that were made, each after the one above it.
    package var folders: [String]
    /// Files that were there already and had the same bytes, or begin with them.
    package var kept: [String]
    /// Files that were there already with other bytes, and still are.
    package var differing: [String]
}

/// A file as it was when it was put there.
package struct PlacedFile: Sendable, Equatable, Codable {
    package var name: String
    package var device: UInt64
    package var inode: UInt64
    /// Bytes.
    package var size: Int64
    package var modifiedNanoseconds: Int64
}

package enum PlacementOutcome: Sendable, Equatable {
    case placed(PlacementReceipt)
    /// The session is there already, or came meanwhile; nothing was done.
    case alreadyThere(path: String)
}

/// What became of a copy that was to be taken away.
package struct Withdrawal: Sendable, Equatable {
    package var removed: [String] = []
    /// By the file's name: why it was left.
    package var left: [String: String] = [:]
}
