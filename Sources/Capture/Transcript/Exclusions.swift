internal import Domain
internal import Glibc
internal import Platform
internal import Settings
internal import Storage

/// What of a transcript was said while recording was off: in its own gaps, by bytes; and lines that stand in any session's
/// gap and were copied, by a fork or after a compaction, known by time and uuid.
struct Exclusions: Sendable {
    private var bytes: [Range<Int64>] = []
    private var times: [Range<String>] = []
    private var gaps: [RecordingGaps.Gap] = []
    /// Of the gaps that had to be looked into.
    private var uuids: [Int: Set<String>] = [:]

    /// Nothing.
    init() {}

    /// - Parameter isSubagent: its bytes were not looked at when recording was switched; its entries' times tell.
    init(of session: SessionID, isSubagent: Bool, state: StateFolder) throws(FileError) {
        let own = try RecordingGaps(state: state, session: session).gaps
        if isSubagent {
            times = own.map(\.times)
        } else {
            bytes = own.map(\.bytes)
            gaps = own + (try RecordingGaps.ofOthers(than: session, state: state))
        }
    }

    mutating func cover(_ line: TranscriptLine, at place: Range<Int64>) -> Bool {
        if bytes.contains(where: { $0.overlaps(place) }) { return true }
        if times.contains(where: { $0.contains(line.timestamp) || line.timestamp.isEmpty }) { return true }
        // A summary may tell again what was said in a gap.
        if line.isCompactSummary, !bytes.isEmpty { return true }
        for (index, gap) in gaps.enumerated() where gap.times.contains(line.timestamp) && !line.uuid.isEmpty {
            let known = uuids[index] ?? Self.uuids(in: gap)
            uuids[index] = known
            if known.contains(line.uuid) { return true }
        }
        return false
    }

    private static func uuids(in gap: RecordingGaps.Gap) -> Set<String> {
        let descriptor = unsafe open(gap.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var found: Set<String> = []
        var lines = FileLines(descriptor, named: gap.path, from: gap.bytes.lowerBound)
        while lines.offset < gap.bytes.upperBound,
            (try? lines.next { text, _, _ in
                if let line = TranscriptLine.read(text, at: text.skipSpace(0)), !line.uuid.isEmpty {
                    found.insert(line.uuid)
                }
                return text.count
            }) == true
        {}
        return found
    }
}
