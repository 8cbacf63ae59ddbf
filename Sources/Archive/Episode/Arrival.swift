internal import Crypto
internal import Domain
internal import Glibc

/// An episode on its way into the archive: its content read and hashed.
struct Arrival {
    struct Line {
        var content: EpisodeLine
        /// Of the entry; empty where there is none.
        var key: [UInt8]
    }

    enum Damage: String {
        /// The content is not what was captured.
        case checksum
        /// A line of it cannot be understood.
        case line
        /// It came without content, from an archive that was damaged.
        case lost
    }

    let episode: StoredEpisode
    let lines: [Line]
    var damage: Damage?

    init(_ episode: StoredEpisode) {
        self.episode = episode
        guard episode.discardedMilliseconds == nil else {
            lines = []
            return
        }
        lines = EpisodeLine.all(of: episode.content).enumerated().map { position, line in
            let key = line.entry.map { EpisodeLine.key(of: $0, place: "\(episode.id) \(position)") }
            return Line(content: line, key: key ?? [])
        }
        if Self.checksum(of: episode.content) != episode.sha256 {
            damage = .checksum
        } else if lines.contains(where: { $0.content.entry == nil }) {
            damage = .line
        }
    }

    /// As `SHA256` of `Domain`, by the processor's own instructions where it has some.
    static func checksum(of content: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let digest = Crypto.SHA256.hash(data: Array(content.utf8))
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    var damageReason: String {
        switch damage {
        case .checksum: "its content does not match its SHA-256"
        case .line: "a line of it is no entry that this version knows"
        case .lost: "its content was lost with a damaged archive"
        case nil: ""
        }
    }
}

/// One line of an episode's content.
struct EpisodeLine {
    /// Nil when the line cannot be understood.
    var entry: EpisodeEntry?
    /// The line itself, where the entry would not give it back byte for byte.
    var raw: String?

    /// The entry as columns hold it: SQLite's texts end at a NUL, which only a raw line can bring.
    var storable: EpisodeEntry? {
        guard raw != nil, var entry else { return entry }
        entry.text = PlainText.withoutZeros(entry.text)
        return entry
    }

    /// - Returns: the lines of a content; joined with "\n" they are the content.
    static func all(of content: String) -> [EpisodeLine] {
        guard !content.isEmpty else { return [] }
        let bytes = Array(content.utf8)
        var lines: [EpisodeLine] = []
        var start = 0
        while true {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.endIndex
            lines.append(EpisodeLine(bytes[start..<end]))
            guard end < bytes.endIndex else { return lines }
            start = end + 1
        }
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        entry = EpisodeEntry(json: bytes)
        // What the entry would write otherwise stays as it came; so does one with a NUL, which ends C strings. Why a line
        // is not an entry is of no use: it is kept.
        if let entry, Self.isSame(entry.jsonBytes, bytes), !Self.holdsZero(entry, bytes) { return }
        raw = String(decoding: bytes, as: UTF8.self)
    }

    /// 16 bytes that an entry is unique by: SHA-256 over uuid, hash, role and text.
    /// - Parameter place: for an entry without a uuid, which is unique where it stands.
    static func key(of entry: EpisodeEntry, place: String) -> [UInt8] {
        var hash = Crypto.SHA256()
        // A length before each, so that no two tell the same.
        var head = entry.uuid.isEmpty ? "at \(place)\n" : "\(entry.uuid.utf8.count) \(entry.uuid)\n"
        head += "\(entry.hash.utf8.count) \(entry.hash)\n\(entry.role.rawValue)\n"
        hash.update(data: Array((head + entry.text).utf8))
        return Array(hash.finalize().prefix(16))
    }

    private static func isSame(_ bytes: [UInt8], _ others: ArraySlice<UInt8>) -> Bool {
        guard bytes.count == others.count else { return false }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe others.withUnsafeBytes { others in
                guard let first = bytes.baseAddress, let second = others.baseAddress else { return true }
                return unsafe memcmp(first, second, bytes.count) == 0
            }
        }
    }

    /// - Parameter line: as the entry writes itself; a NUL stands there as an escape.
    private static func holdsZero(_ entry: EpisodeEntry, _ line: ArraySlice<UInt8>) -> Bool {
        ByteSearch.contains(line, #"\u0000"#)
            && [entry.text, entry.uuid, entry.hash, entry.at, entry.subagent].contains { $0.utf8.contains(0) }
    }
}
