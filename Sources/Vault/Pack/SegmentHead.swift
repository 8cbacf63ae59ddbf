internal import Domain
package import Transcripts

/// What a pack says of a segment, beside its bytes: enough to find all of a session without the index.
package struct SegmentHead: Sendable, Equatable, Codable {
    /// 2 has a checksum.
    package static let version = 2
    /// Those that are reckoned with; others no writer notes.
    static let numbers: Range<Int64> = 0..<1 << 50

    package var version = SegmentHead.version
    /// Whose it is.
    package var session: String
    /// Of the file, from the folder of the session's transcript on: `<session>.jsonl`, `<session>/subagents/….jsonl`.
    package var name: String
    /// Counts how often another file stood under the name.
    package var generation: Int
    /// In the file, bytes.
    package var from: Int64
    package var to: Int64
    /// Bytes that are kept: `to - from` less what was cut.
    package var kept: Int
    /// Bytes that follow the head in the pack.
    package var stored = 0
    /// Of what is kept.
    package var sha256: String
    /// SHA-256 of the up to 4 KB before `to`, as they stood in the file: by it the file is known when it has grown.
    package var tail: String
    package var cuts: [KeptBytes.Cut] = []
    /// Where it lay, and what was known of the place.
    package var path: String
    package var configDirectory: String
    package var cwd: String
    package var branch: String
    package var commit: String
    package var host: String
    /// When it was kept, ms since 1970.
    package var takenMilliseconds: Int64
    /// Whether the bytes are encrypted; this is not.
    package var isSealed = false
    /// Of the key that they are encrypted with (`Seal.mark`).
    package var key: String?

    package var range: Range<Int64> { from..<max(from, to) }

    /// Whether it can be of a segment: what damage or malice wrote must lead no reader astray.
    var isSound: Bool {
        let numbers = [from, to, Int64(kept), Int64(stored), Int64(generation), takenMilliseconds]
        guard numbers.allSatisfy({ Self.numbers.contains($0) }), to > from, SessionID(rawValue: session) != nil else {
            return false
        }
        return cuts.allSatisfy { $0.from >= from && $0.to <= to && $0.from <= $0.to && Self.numbers.contains($0.kept) }
    }

    enum CodingKeys: String, CodingKey {
        case version, session, name, generation, from, to, kept, stored, sha256, tail, cuts, path, cwd, branch, commit,
            host, key
        case configDirectory = "config_dir"
        case takenMilliseconds = "taken_ms"
        case isSealed = "sealed"
    }
}
