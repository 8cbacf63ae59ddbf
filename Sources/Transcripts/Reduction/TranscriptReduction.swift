package import Domain

/// Finds out what of a damaged transcript still resumes; the first of two passes over its lines.
///
/// Left are the entries of the conversation and what was attached to them, of the chain that the client would follow from
/// the last of them back, over what is missing to what stands before it. `ReducedTranscript` writes them in the second pass,
/// as one chain.
package struct TranscriptReduction {
    private let session: SessionID
    private var entries: [KeptEntry] = []
    private var objects = 0
    private var torn: Int64 = 0
    private var frame: EntryFrame?
    private var seen: Set<String> = []

    package init(of session: SessionID) { self.session = session }

    /// Nesting beyond this is no client's.
    static let nesting = 120

    /// Takes the next line in: whole, or what is left of it. Where bytes are missing, what stands before and behind them are
    /// two lines: glued together they might say what nobody said.
    package mutating func look(at line: [UInt8]) {
        let isWhole = Self.visit(line) { object in
            defer { objects += 1 }
            var parser = JSONParser(object, nesting: Self.nesting)
            guard let value = try? parser.value(), let entry = KeptEntry(value, ordinal: objects) else {
                return
            }
            if frame == nil || frame?.version == "", entry.isMessage {
                frame = EntryFrame(
                    session: session, cwd: value["cwd"]?.string ?? "", version: value["version"]?.string ?? "",
                    gitBranch: value["gitBranch"]?.string ?? "")
            }
            // Written again, as by a client that moved the file: the client takes one of them.
            if seen.insert(entry.uuid).inserted { entries.append(entry) }
        }
        if !isWhole { torn += 1 }
    }

    /// The objects of a line, each by itself.
    /// - Returns: whether nothing of it was torn.
    static func visit(_ line: [UInt8], _ look: ([UInt8]) -> Void) -> Bool {
        unsafe line.withUnsafeBufferPointer { buffer in
            guard let text = unsafe JSONText(buffer) else { return true }
            return LineObjects.visit(text) { place in
                // Bytes that are no UTF-8 become what the client reads for them.
                let object = unsafe Array(buffer[place])
                look(Array(String(decoding: object, as: UTF8.self).utf8))
            }
        }
    }

    /// Decides, all lines being seen.
    package consuming func decided() -> ReducedTranscript {
        let frame = frame ?? EntryFrame(session: session, cwd: "", version: "", gitBranch: "")
        var chain = EntryChain(entries)
        let kept = chain.kept()
        var pairing = CallPairing(session)
        let pieces = pairing.pieces(of: kept)
        var verdict = ReducedTranscript.Verdict()
        verdict.tornLines = torn
        verdict.entries = Int64(entries.count)
        verdict.keptEntries = Int64(pieces.count { if case .entry = $0 { true } else { false } })
        verdict.bridgedGaps = chain.bridgedGaps
        verdict.madeResults = pairing.madeResults
        verdict.droppedBlocks = pairing.droppedBlocks
        verdict.isSummaryMissing = chain.isSummaryMissing
        verdict.holdsConversation = pairing.holdsWords
        return ReducedTranscript(pieces: pieces, frame: frame, verdict: verdict)
    }
}
