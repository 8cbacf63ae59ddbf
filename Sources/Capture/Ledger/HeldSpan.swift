internal import Domain
internal import Redis
internal import Storage
internal import Transcripts

/// What one episode, in Redis or in the archive, holds of a file.
package struct HeldSpan: Sendable {
    var generation: Int64
    var bytes: Range<Int64>
    /// Of its entries.
    var uuids: Set<String>
    var filterMark: String
    var isDiscarded: Bool

    package init(
        generation: Int64, bytes: Range<Int64>, uuids: Set<String>, filterMark: String, isDiscarded: Bool
    ) {
        self.generation = generation
        self.bytes = bytes
        self.uuids = uuids
        self.filterMark = filterMark
        self.isDiscarded = isDiscarded
    }

    /// Whether episodes hold all of a line. One that a person discarded did; one that was filtered by other rules holds
    /// what those kept.
    static func hold(_ line: TranscriptEntry, in spans: [HeldSpan], filterMark: String) -> Bool {
        let own = spans.filter { $0.bytes.overlaps(line.bytes) }
        guard !own.isEmpty else { return false }
        if own.contains(where: { $0.isDiscarded || $0.filterMark != filterMark }) { return true }
        return line.entries.allSatisfy { entry in
            entry.uuid.isEmpty || own.contains { $0.uuids.contains(entry.uuid) }
        }
    }

    fileprivate static func uuids(in content: String) -> Set<String> {
        var found: Set<String> = []
        for line in content.utf8.split(separator: 10) {
            if let uuid = PayloadScanner.strings(of: Array(line), named: ["uuid"])?["uuid"] { found.insert(uuid) }
        }
        return found
    }
}

extension RedisConnection {
    /// What all episodes of a pool hold, by file. One whose content does not match its checksum holds nothing.
    mutating func heldSpans(_ queue: EpisodeQueue) throws(RedisError) -> [FileID: [HeldSpan]] {
        var held: [FileID: [HeldSpan]] = [:]
        var position: String?
        repeat {
            // Few at a time: each may bring a quarter of a megabyte.
            let page = try walk(queue, from: position, count: 50)
            position = page.next
            for record in try ask(queue.episodes(page.ids)).compactMap({ $0 }) {
                guard let file = record.file, let content = record.content ?? record.discardedAt.map({ _ in "" }),
                    record.discardedAt != nil || SHA256.hexadecimal(of: content) == record.sha256
                else { continue }
                held[file, default: []].append(
                    HeldSpan(
                        generation: record.generation, bytes: record.bytes, uuids: HeldSpan.uuids(in: content),
                        filterMark: record.filterMark, isDiscarded: record.discardedAt != nil))
            }
        } while position != nil
        return held
    }
}
