internal import Domain
internal import Transcripts

/// Cuts a transcript's entries into episodes of at most 256 KB of text: between turns, then between entries, then within
/// one. Episodes lie end to end: each byte before the cursor belongs to one, whether or not something of it was kept.
struct EpisodeBuilder {
    /// Bytes of text.
    static let limit = 256 << 10

    /// Episodes that belong into one push.
    typealias Batch = [EpisodeSpan.Episode]

    let file: FileID
    let generation: Int64
    /// Up to here all is in episodes.
    private(set) var covered: Int64
    private var held: [TranscriptEntry] = []
    private var textCount = 0

    init(file: FileID, from cursor: Cursor) {
        self.file = file
        generation = cursor.generation
        covered = cursor.offset
    }

    var isEmpty: Bool { held.isEmpty }

    /// Takes an entry in. Answers what is complete by that.
    mutating func add(_ entry: TranscriptEntry) -> [Batch] {
        var batches: [Batch] = []
        let count = entry.textCount
        while !held.isEmpty, textCount + count > Self.limit {
            let turn = held.lastIndex(where: \.startsTurn) ?? 0
            // A new turn begins here, or none did since the last cut.
            batches.append(
                cut(at: entry.startsTurn || turn == 0 ? held.count : turn, before: entry.bytes.lowerBound))
        }
        if count > Self.limit {
            batches.append(parts(of: entry))
        } else {
            held.append(entry)
            textCount += count
        }
        return batches
    }

    /// What is left, to the end of what was read; nil when there is nothing to keep in it.
    mutating func finish(at end: Int64) -> Batch? {
        held.isEmpty ? nil : cut(at: held.count, before: end)
    }

    private mutating func cut(at index: Int, before next: Int64) -> Batch {
        let entries = held[..<index].flatMap(\.entries)
        let end = index < held.count ? held[index].bytes.lowerBound : next
        held.removeFirst(index)
        textCount = held.reduce(0) { $0 + $1.textCount }
        defer { covered = end }
        return [episode(entries, covered..<end)]
    }

    /// One entry too large for an episode. Its line is divided evenly among its parts, which go in one push.
    private mutating func parts(of entry: TranscriptEntry) -> Batch {
        var groups: [[EpisodeEntry]] = []
        var count = Int.max
        for piece in entry.entries.flatMap(Self.pieces) {
            let length = piece.text.utf8.count
            if count > Self.limit - length {
                groups.append([])
                count = 0
            }
            groups[groups.count - 1].append(piece)
            count += length
        }
        let start = covered, length = entry.bytes.upperBound - covered
        covered = entry.bytes.upperBound
        return groups.enumerated().map { index, group in
            let from = start + length * Int64(index) / Int64(groups.count)
            let to = start + length * Int64(index + 1) / Int64(groups.count)
            return episode(group, from..<to)
        }
    }

    /// Cuts a text behind line breaks, or where it must be, between characters.
    private static func pieces(of entry: EpisodeEntry) -> [EpisodeEntry] {
        var rest = Array(entry.text.utf8)[...]
        var pieces: [EpisodeEntry] = []
        while !rest.isEmpty {
            var end = min(rest.endIndex, rest.startIndex + limit)
            if end < rest.endIndex {
                if let line = rest[..<end].lastIndex(of: 10), line > rest.startIndex {
                    end = line + 1
                } else {
                    while end > rest.startIndex + 1, rest[end] & 0xC0 == 0x80 { end -= 1 }
                }
            }
            var piece = entry
            piece.text = String(decoding: rest[..<end], as: UTF8.self)
            if !pieces.isEmpty { piece.hash = Checksum.fnv1a(entry.hash + "\(pieces.count)").hexadecimal }
            pieces.append(piece)
            rest = rest[end...]
        }
        return pieces
    }

    private func episode(_ entries: [EpisodeEntry], _ bytes: Range<Int64>) -> EpisodeSpan.Episode {
        let content = entries.map(\.json).joined(separator: "\n")
        return EpisodeSpan.Episode(
            id: EpisodeID(file: file, generation: generation, bytes: bytes, content: content), bytes: bytes,
            content: content, entryCount: entries.count)
    }
}
