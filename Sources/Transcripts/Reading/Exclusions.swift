package import Domain
package import Platform
package import Settings

/// What of a transcript was said while recording was off: in its own gaps, by position; and messages that stand in any
/// session's gap and were copied, by a fork or after a compaction, known by time and uuid.
package struct Exclusions: Sendable {
    private var positions: [Range<Int64>] = []
    private var times: [Range<String>] = []
    private var gaps: [RecordingGaps.Gap] = []
    /// Of the gaps that had to be looked into.
    private var uuids: [Int: Set<String>] = [:]
    private var sources = TranscriptSources.standard

    /// Nothing.
    package init() {}

    /// - Parameter isSubagent: its positions were not looked at when recording was switched; its entries' times tell.
    package init(
        of session: SessionID, isSubagent: Bool, state: StateFolder, sources: TranscriptSources = .standard
    ) throws(FileError) {
        self.sources = sources
        let own = try RecordingGaps(state: state, session: session).gaps
        if isSubagent {
            times = own.map(\.times)
        } else {
            positions = own.map(\.bytes)
            gaps = own + (try RecordingGaps.ofOthers(than: session, state: state))
        }
    }

    mutating func cover(_ message: Message) -> Bool {
        if positions.contains(where: { $0.overlaps(message.positions) }) { return true }
        if times.contains(where: { $0.contains(message.at) || message.at.isEmpty }) { return true }
        // A summary may tell again what was said in a gap.
        if message.isSummary, !positions.isEmpty { return true }
        for (index, gap) in gaps.enumerated() where gap.times.contains(message.at) && !message.uuid.isEmpty {
            let known = uuids[index] ?? sources.source(of: gap.path).uuids(in: gap.path, at: gap.bytes)
            uuids[index] = known
            if known.contains(message.uuid) { return true }
        }
        return false
    }
}
