/// How far one transcript file is captured.
package struct Cursor: Sendable, Equatable {
    /// Bytes from the file's beginning; the end of a line.
    package var offset: Int64
    /// Counts how often the file was replaced by another under the same name.
    package var generation: Int64
    /// SHA-256 of the up to 4 KB before the offset: an appended file still has them.
    package var tailHash: String

    package static let tailLength: Int64 = 4096

    package init(offset: Int64 = 0, generation: Int64 = 0, tailHash: String = "") {
        self.offset = offset
        self.generation = generation
        self.tailHash = tailHash
    }

    /// Where to read on.
    /// - Parameters:
    ///   - size: of the file as it is now, in bytes.
    ///   - tail: the hash of its up to 4 KB before the offset.
    package func following(size: Int64, tail: String) -> Cursor {
        if offset == 0 || size >= offset && tail == tailHash { return self }
        // It shrank or was replaced.
        return Cursor(generation: generation + 1)
    }
}

/// Names one transcript file of one host: 32 hex digits of SHA-256 over host and canonical path.
package struct FileID: Hashable, Sendable, Codable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String

    package init?(rawValue: String) {
        guard rawValue.utf8.count == 32, rawValue.allSatisfy(\.isHexDigit) else { return nil }
        self.rawValue = rawValue
    }

    package init(host: String, path: String) {
        rawValue = String(SHA256.hexadecimal(of: host + "\n" + path).prefix(32))
    }

    package var description: String { rawValue }
}
