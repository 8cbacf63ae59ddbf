package import Domain
package import Platform
package import Settings

/// What of a transcript is not to be kept, and why. What was said while recording was off: in its own gaps, by position;
/// and messages that stand in any session's gap and were copied, by a fork or after a compaction, known by time and uuid.
/// And what is forgotten: the whole session, or messages of it and of others, known by what names them.
package struct Exclusions: Sendable {
    private var positions: [Range<Int64>] = []
    private var times: [Range<String>] = []
    private var gaps: [RecordingGaps.Gap] = []
    /// Of the gaps that had to be looked into.
    private var uuids: [Int: Set<String>] = [:]
    private var sources = TranscriptSources.standard
    /// Nothing of the session is kept.
    package private(set) var isForgotten = false
    private var tombstones: Tombstones?
    private var own: Set<String> = []
    /// The transcript has copies of messages that another session was forgotten with, as a fork has.
    private var hasCopies = false
    private var heads: [Tombstone.Head] = []
    /// Of the tombstones that had to be looked into.
    private var messages: [SessionID: Set<String>] = [:]

    /// Nothing.
    package init() {}

    /// - Parameter isSubagent: its positions were not looked at when recording was switched; its entries' times tell.
    package init(
        of session: SessionID, isSubagent: Bool, state: StateFolder, sources: TranscriptSources = .standard
    ) throws(FileError) {
        self.sources = sources
        let gapsOfOwn = try RecordingGaps(state: state, session: session).gaps
        if isSubagent {
            times = gapsOfOwn.map(\.times)
        } else {
            positions = gapsOfOwn.map(\.bytes).filter { !$0.isEmpty }
            gaps = gapsOfOwn + (try RecordingGaps.ofOthers(than: session, state: state))
        }
        try heed(Tombstones(state), of: session)
    }

    /// What is forgotten alone: for bytes that were taken from a transcript before, by whichever host.
    package init(
        forgottenOf session: SessionID, state: StateFolder, sources: TranscriptSources = .standard
    ) throws(FileError) {
        self.sources = sources
        try heed(Tombstones(state), of: session)
    }

    private mutating func heed(_ tombstones: Tombstones, of session: SessionID) throws(FileError) {
        if let tombstone = try tombstones.tombstone(of: session) {
            isForgotten = tombstone.isWhole
            own = tombstone.known.messages
        }
        heads = try tombstones.heads(but: session)
        self.tombstones = tombstones
    }

    /// Whether nothing is excluded, whatever is read.
    var isEmpty: Bool {
        positions.isEmpty && times.isEmpty && gaps.isEmpty && own.isEmpty && heads.isEmpty && !isForgotten && !hasCopies
    }

    /// Says that what is forgotten was left out of the transcript before.
    package mutating func heedCopies() { hasCopies = true }

    /// Whether a line is left out that is known by no name: it is forgotten, or it is one of a transcript of which words are. The
    /// client tells prompts and requests again in such, each time in a line of its own; a fork those of its parent.
    mutating func isForgotten(line: ArraySlice<UInt8>) -> Bool {
        if !own.isEmpty || hasCopies { return true }
        return heads.isEmpty ? false : isForgotten(Self.identity(ofLine: line), at: "")
    }

    /// Whether words that are forgotten stand in a file beside the transcript.
    package func isForgotten(file name: String) -> Bool { isForgotten || own.contains(Self.identity(ofFile: name)) }

    /// Stands in a tombstone for lines without a name that are forgotten: of such none of the session is kept any more.
    package static let nameless = "#" + Checksum.fnv1a("nameless").hexadecimal

    /// What a file beside a transcript is known by, whatever becomes of it.
    package static func identity(ofFile name: String) -> String {
        "#" + Checksum.fnv1a("file " + name).hexadecimal
    }

    /// What a line without a uuid is known by.
    package static func identity(ofLine line: ArraySlice<UInt8>) -> String {
        "#" + Checksum.fnv1a(String(decoding: line, as: UTF8.self)).hexadecimal
    }

    /// Why nothing of a message is to be kept; nil where it may be.
    mutating func reason(for message: Message) -> String? {
        if isForgotten { return Tombstone.reason }
        if !message.uuid.isEmpty && isForgotten(message.uuid, at: message.at) {
            hasCopies = true
            return Tombstone.reason
        }
        return isInGap(message) ? RecordingGaps.reason : nil
    }

    /// Whether an entry is forgotten whose message has no name.
    package mutating func cover(_ entry: EpisodeEntry) -> Bool {
        entry.identity.hasPrefix("#") && isForgotten(entry.identity, at: entry.at)
    }

    private mutating func isForgotten(_ identity: String, at time: String) -> Bool {
        if own.contains(identity) { return true }
        for head in heads where head.mayHold(time) {
            let known = messages[head.session] ?? read(head.session)
            messages[head.session] = known
            // What cannot be read now is taken to be among them: it is captured when it can.
            if known?.contains(identity) ?? true { return true }
        }
        return false
    }

    private func read(_ session: SessionID) -> Set<String>? {
        (try? tombstones?.tombstone(of: session))?.known.messages
    }

    private mutating func isInGap(_ message: Message) -> Bool {
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
