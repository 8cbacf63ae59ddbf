/// How far one transcript is captured. Made, moved and checked by the `TranscriptSource` it belongs to; to everybody else
/// it is three fields to be kept and compared.
package struct Cursor: Sendable, Equatable {
    /// The position behind all that is captured. Of a file that only grows: bytes from its beginning, the end of a line.
    package var offset: Int64
    /// Counts how often the transcript was replaced by another under the same name.
    package var generation: Int64
    /// By which the source knows what lies before the offset for what it was.
    package var tailHash: String

    package init(offset: Int64 = 0, generation: Int64 = 0, tailHash: String = "") {
        self.offset = offset
        self.generation = generation
        self.tailHash = tailHash
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
