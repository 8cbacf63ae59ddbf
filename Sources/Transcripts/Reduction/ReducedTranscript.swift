internal import Domain

/// What of a damaged transcript still resumes, as one chain of entries; the second of two passes over its lines.
package struct ReducedTranscript {
    package struct Verdict: Sendable, Equatable {
        /// Whether anybody says anything in what is left; if not, nothing resumes.
        package var holdsConversation = false
        /// Objects that could hang together with others, and how many of them are left.
        package var entries: Int64 = 0
        package var keptEntries: Int64 = 0
        /// Lines that are no whole object, or not only.
        package var tornLines: Int64 = 0
        /// Places at which entries are missing, and the chain was joined.
        package var bridgedGaps: Int64 = 0
        /// Calls whose result is missing, and was made up to say so.
        package var madeResults: Int64 = 0
        /// Blocks without what they need: thinking without its signature, results without their call.
        package var droppedBlocks: Int64 = 0
        /// What was said before the last compaction is neither there nor summed up.
        package var isSummaryMissing = false

        package init() {}
    }

    package let verdict: Verdict
    private let pieces: [CallPairing.Piece]
    private let frame: EntryFrame
    /// By the number of the object: which of the pieces it is.
    private let places: [Int: Int]
    /// Lines that wait for what comes before them.
    private var held: [Int: [UInt8]] = [:]
    private var next = 0
    private var objects = 0

    init(pieces: [CallPairing.Piece], frame: EntryFrame, verdict: Verdict) {
        self.pieces = pieces
        self.frame = frame
        self.verdict = verdict
        var places: [Int: Int] = [:]
        for (index, piece) in pieces.enumerated() {
            if case .entry(let entry, _) = piece { places[entry.ordinal] = index }
        }
        self.places = places
    }

    /// - Parameter line: the next of the same lines that the first pass saw.
    /// - Returns: what comes next of the reduced transcript, whole lines; empty where nothing does yet. Nothing is left to
    ///   come when all lines were seen.
    package mutating func write(_ line: [UInt8]) -> [UInt8] {
        _ = TranscriptReduction.visit(line) { object in
            defer { objects += 1 }
            guard let place = places[objects], case .entry(_, let dropped) = pieces[place] else { return }
            held[place] = Self.line(object, parent: parent(of: place), dropping: dropped)
        }
        return flushed()
    }

    private func parent(of place: Int) -> String? {
        guard place > 0 else { return nil }
        switch pieces[place - 1] {
        case .entry(let entry, _): return entry.uuid
        case .made(let made): return made.uuid
        }
    }

    private mutating func flushed() -> [UInt8] {
        var lines: [UInt8] = []
        while next < pieces.count {
            if case .made(let made) = pieces[next] {
                lines += made.line(parent: parent(of: next), frame).utf8
            } else if let line = held.removeValue(forKey: next) {
                lines += line
            } else {
                break
            }
            lines.append(UInt8(ascii: "\n"))
            next += 1
        }
        return lines
    }

    /// The entry with another parent and without some of its blocks; all else stays as the client wrote it.
    private static func line(_ object: [UInt8], parent: String?, dropping dropped: Set<Int>) -> [UInt8] {
        unsafe object.withUnsafeBufferPointer { buffer in
            guard let text = unsafe JSONText(buffer) else { return [] }
            var line = Array(#"{"parentUuid":\#(parent.map { JSONValue.string($0).text } ?? "null")"#.utf8)
            _ = text.members(of: 0) { name, value in
                guard !text.matches(name, "parentUuid") else { return }
                line.append(UInt8(ascii: ","))
                line += object[name.lowerBound - 1..<name.upperBound + 1]
                line.append(UInt8(ascii: ":"))
                if !dropped.isEmpty, text.matches(name, "message"), let content = content(of: value, text) {
                    line += object[value.lowerBound..<content.lowerBound]
                    append(content, of: text, object, dropping: dropped, to: &line)
                    line += object[content.upperBound..<value.upperBound]
                } else {
                    line += object[value]
                }
            }
            line.append(UInt8(ascii: "}"))
            return line
        }
    }

    private static func append(
        _ content: Range<Int>, of text: JSONText, _ object: [UInt8], dropping dropped: Set<Int>, to line: inout [UInt8]
    ) {
        line.append(UInt8(ascii: "["))
        var index = 0, isFirst = true
        _ = text.elements(of: content.lowerBound) { element in
            defer { index += 1 }
            guard !dropped.contains(index) else { return }
            if !isFirst { line.append(UInt8(ascii: ",")) }
            isFirst = false
            line += object[element]
        }
        line.append(UInt8(ascii: "]"))
    }

    private static func content(of message: Range<Int>, _ text: JSONText) -> Range<Int>? {
        var found: Range<Int>?
        _ = text.members(of: message.lowerBound) { name, value in
            if text.matches(name, "content"), text.isArray(value) { found = value }
        }
        return found
    }
}
