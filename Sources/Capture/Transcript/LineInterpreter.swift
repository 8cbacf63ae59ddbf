internal import Domain
internal import Redaction
internal import Storage

/// Makes entries of transcript lines, and keeps account of all others.
struct LineInterpreter {
    let isWhole: Bool
    var messages: MessageReader
    let redactor: Redactor
    private var exclusions: Exclusions

    /// Entries not yet handed over: a line may hold several objects.
    var queue: [TranscriptEntry] = []
    private(set) var sessionID = ""
    private(set) var cwd = ""
    private(set) var ownWork: OwnWork?
    /// A hook's `last_assistant_message`, which is waited for.
    private let awaited: AwaitedAnswer?
    /// Whether it was met.
    private(set) var isHeard = false
    private var isPastFirstPrompt = false
    private var counted = TranscriptStatistics()

    init(
        isWhole: Bool, messages: MessageReader, redactor: Redactor, exclusions: Exclusions,
        awaited: AwaitedAnswer? = nil
    ) {
        self.awaited = awaited
        self.isWhole = isWhole
        self.messages = messages
        self.redactor = redactor
        self.exclusions = exclusions
    }

    var statistics: TranscriptStatistics {
        var statistics = counted
        statistics.bytesSeenByModel = messages.bytesSeen
        statistics.usage = messages.usage
        return statistics
    }

    /// - Returns: how many of the line's bytes are done with.
    mutating func look(at text: JSONText, _ offset: Int64, _ isEnded: Bool) -> Int {
        var place = start(of: text)
        var done = 0
        while place < text.count {
            guard let line = TranscriptLine.read(text, at: place) else {
                guard isEnded else { break }
                if let end = text.end(of: place), text.skipSpace(end) >= text.count {
                    // JSON, but nothing that a client writes.
                    counted.skipped["none", default: 0] += 1
                    exclude(Int64(text.count - done), "type none")
                    return text.count
                }
                // The next process appends to the half line that a killed one left.
                let whole = Self.wholeObject(in: text, from: place + 1) ?? text.count
                exclude(Int64(whole - done), "unparsable")
                counted.unparsableLines += 1
                (done, place) = (whole, whole)
                continue
            }
            let next = text.skipSpace(line.end)
            let end = next >= text.count ? text.count : line.end
            take(line, text, offset + Int64(done)..<offset + Int64(end))
            (done, place) = (end, next)
        }
        if place >= text.count, done < text.count {
            exclude(Int64(text.count - done), "blank")
            done = text.count
        }
        return done
    }

    /// Past white space and a byte order mark.
    private func start(of text: JSONText) -> Int {
        let start = text.skipSpace(0)
        guard start + 2 < text.count, text[start] == 0xEF, text[start + 1] == 0xBB, text[start + 2] == 0xBF else {
            return start
        }
        return text.skipSpace(start + 3)
    }

    /// Where in a broken line a whole entry begins that reaches to its end. Few places are tried: a line of a hundred
    /// thousand beginnings must not take a hundred thousand looks.
    private static func wholeObject(in text: JSONText, from start: Int) -> Int? {
        var tries = 0
        for position in start..<text.count where text[position] == UInt8(ascii: "{") {
            guard position + 16 < text.count,
                text.matches(position..<position + 14, "{\"parentUuid\":")
                    || text.matches(position..<position + 8, "{\"type\":")
                    || text.matches(position..<position + 15, "{\"isSidechain\":")
            else { continue }
            tries += 1
            guard tries <= 16 else { return nil }
            guard let line = TranscriptLine.read(text, at: position), !line.uuid.isEmpty else { continue }
            if text.skipSpace(line.end) >= text.count { return position }
        }
        return nil
    }

    private mutating func take(_ line: TranscriptLine, _ text: JSONText, _ bytes: Range<Int64>) {
        counted.bytesRaw += Int64(bytes.count)
        if sessionID.isEmpty { sessionID = line.sessionID }
        if cwd.isEmpty { cwd = line.cwd }
        guard let pieces = messages.pieces(of: line, text) else {
            let type = line.type.isEmpty ? "none" : line.type
            counted.skipped[type, default: 0] += 1
            counted.excludedBytes["type " + type, default: 0] += Int64(bytes.count)
            return
        }
        if exclusions.cover(line, at: bytes) {
            counted.excludedBytes[RecordingGaps.reason, default: 0] += Int64(bytes.count)
            return
        }
        if isWhole, ownWork == nil, !isPastFirstPrompt, let first = messages.firstPrompt {
            isPastFirstPrompt = true
            ownWork = OwnWork(firstPrompt: first)
        }
        if pieces.contains(where: \.startsTurn) { counted.turns += 1 }
        if let awaited { isHeard = awaited.isHeard(after: isHeard, pieces, at: bytes.lowerBound) }
        let entries = entries(of: pieces, line, text)
        guard !entries.isEmpty else {
            let reason = line.isMeta ? "written by the client" : "\(line.type) without kept content"
            counted.excludedBytes[reason, default: 0] += Int64(bytes.count)
            return
        }
        queue.append(
            TranscriptEntry(bytes: bytes, startsTurn: pieces.contains(where: \.startsTurn), entries: entries))
    }

    private func entries(of pieces: [MessageReader.Piece], _ line: TranscriptLine, _ text: JSONText) -> [EpisodeEntry] {
        guard !pieces.isEmpty else { return [] }
        let message = line.message ?? line.attachment
        let hash = message.map { text.checksum($0).value } ?? 0
        let agent = line.agentID.isEmpty && line.isSidechain ? "side" : line.agentID
        return pieces.enumerated().compactMap { index, piece in
            let kept = piece.shortening.apply(to: redactor.redact(piece.text))
            guard kept.utf8.contains(where: { $0 > 32 }) else { return nil }
            return EpisodeEntry(
                uuid: line.uuid, hash: Checksum(value: hash &+ UInt64(index)).hexadecimal, role: piece.role,
                at: line.timestamp, text: Self.printable(kept), agent: agent)
        }
    }

    /// Without NUL and other control characters that would trouble a terminal; line breaks and tabs stay.
    private static func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 && $0 != 10 && $0 != 9 || $0 == 127 }) else { return text }
        return String(
            decoding: text.utf8.filter { $0 >= 32 && $0 != 127 || $0 == 10 || $0 == 9 }, as: UTF8.self)
    }

    private mutating func exclude(_ bytes: Int64, _ reason: String) {
        counted.excludedBytes[reason, default: 0] += bytes
        counted.bytesRaw += bytes
    }

    /// Learns which calls a line makes, so that their results are understood; takes nothing of it.
    mutating func recall(_ text: JSONText) -> Int {
        if let line = TranscriptLine.read(text, at: start(of: text)) { _ = messages.pieces(of: line, text) }
        return text.count
    }
}
