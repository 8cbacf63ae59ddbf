internal import Domain
internal import FoundationEssentials

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
        var reader = PlainEntryReader(bytes)
        if let plain = reader.entry() {
            entry = plain
            // Bytes that read well but are written otherwise, such as a NUL that C strings end at, stay as they came.
            if reader.holdsZero { raw = String(decoding: bytes, as: UTF8.self) }
        } else {
            // Why it is not an entry is of no use: the line is kept.
            entry = try? JSONDecoder().decode(EpisodeEntry.self, from: Data(bytes))
            raw = String(decoding: bytes, as: UTF8.self)
        }
    }

    /// 16 bytes that an entry is unique by: SHA-256 over uuid, hash, role and text.
    /// - Parameter place: for an entry without a uuid, which is unique where it stands.
    static func key(of entry: EpisodeEntry, place: String) -> [UInt8] {
        var hash = SHA256()
        // A length before each, so that no two tell the same.
        var head = entry.uuid.isEmpty ? "at \(place)\n" : "\(entry.uuid.utf8.count) \(entry.uuid)\n"
        head += "\(entry.hash.utf8.count) \(entry.hash)\n\(entry.role.rawValue)\n"
        hash.update(head)
        hash.update(entry.text)
        return bytes(ofHexadecimal: hash.hexadecimal().utf8.prefix(32))
    }

    private static func bytes(ofHexadecimal digits: Substring.UTF8View) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        var high: UInt8?
        for digit in digits {
            let value = digit < 58 ? digit - 48 : digit - 87
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
