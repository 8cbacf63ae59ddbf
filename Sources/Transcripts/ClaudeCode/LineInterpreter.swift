internal import Domain

/// Finds the messages in a line of a transcript; whole, broken and foreign ones, and what lies between them.
struct LineInterpreter {
    private var messages: MessageInterpreter
    var interpretation: Interpretation

    init(_ rules: ReadingRules, isWhole: Bool) {
        messages = MessageInterpreter(rules)
        interpretation = Interpretation(rules, isWhole: isWhole)
    }

    var statistics: TranscriptStatistics {
        var statistics = interpretation.statistics
        statistics.bytesSeenByModel = messages.bytesSeen
        statistics.usage = messages.usage
        return statistics
    }

    /// - Returns: how many of the line's bytes are done with.
    mutating func look(at text: JSONText, _ offset: Int64, _ isEnded: Bool) -> Int {
        var place = LineObjects.start(of: text)
        var done = 0
        while place < text.count {
            guard let line = TranscriptLine.read(text, at: place) else {
                guard isEnded else { break }
                if let end = text.end(of: place), text.skipSpace(end) >= text.count {
                    // JSON, but nothing that a client writes.
                    interpretation.passOverUnknown(Int64(text.count - done))
                    return text.count
                }
                // The next process appends to the half line that a killed one left.
                let whole = LineObjects.wholeObject(in: text, from: place + 1) ?? text.count
                interpretation.passOverUnparsable(Int64(whole - done))
                (done, place) = (whole, whole)
                continue
            }
            let next = text.skipSpace(line.end)
            let end = next >= text.count ? text.count : line.end
            take(line, text, offset + Int64(done)..<offset + Int64(end))
            (done, place) = (end, next)
        }
        if place >= text.count, done < text.count {
            interpretation.pass(over: Int64(text.count - done), "blank")
            done = text.count
        }
        return done
    }

    /// Accounts for lines that no client writes.
    mutating func passOver(tooLong count: Int64) {
        if count > 0 { interpretation.pass(over: count, "a line of more than \(FileLines.lineLimit >> 20) MB") }
    }

    private mutating func take(_ line: TranscriptLine, _ text: JSONText, _ bytes: Range<Int64>) {
        var message = Message(type: line.type, at: bytes)
        message.pieces = messages.pieces(of: line, text)
        message.firstPrompt = messages.firstPrompt
        message.calls = messages.takeEnded()
        message.uuid = line.uuid
        message.at = line.timestamp
        message.subagent = line.agentID.isEmpty && line.isSidechain ? "side" : line.agentID
        message.isOfClient = line.isMeta
        message.isSummary = line.isCompactSummary
        // Over all of a message's bytes: only where something of it may be kept.
        if message.pieces?.isEmpty == false {
            message.hash = (line.message ?? line.attachment).map { text.checksum($0).value } ?? 0
        }
        interpretation.take(message)
    }

    /// Learns which calls a line makes, so that their results are understood; takes nothing of it.
    mutating func recall(_ text: JSONText) -> Int {
        if let line = TranscriptLine.read(text, at: LineObjects.start(of: text)) { _ = messages.pieces(of: line, text) }
        _ = messages.takeEnded()
        return text.count
    }

    /// Learns when the transcript begins.
    mutating func begin(_ text: JSONText) -> Int {
        if let line = TranscriptLine.read(text, at: LineObjects.start(of: text)) { messages.begins(at: line.timestamp) }
        return text.count
    }
}
