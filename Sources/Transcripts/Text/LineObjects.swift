/// The objects in a line of a transcript: one, mostly; several where a process appended to what a killed one left.
enum LineObjects {
    /// Past white space and a byte order mark.
    static func start(of text: JSONText) -> Int {
        let start = text.skipSpace(0)
        guard start + 2 < text.count, text[start] == 0xEF, text[start + 1] == 0xBB, text[start + 2] == 0xBF else {
            return start
        }
        return text.skipSpace(start + 3)
    }

    /// Where in a broken line a whole entry begins that reaches to its end. Few places are tried: a line of a hundred
    /// thousand beginnings must not take a hundred thousand looks.
    static func wholeObject(in text: JSONText, from start: Int) -> Int? {
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

    /// The places of the objects in a line, in order.
    /// - Returns: whether nothing of the line was torn.
    static func visit(_ text: JSONText, _ look: (Range<Int>) -> Void) -> Bool {
        var place = start(of: text), isWhole = true
        while place < text.count {
            if let line = TranscriptLine.read(text, at: place) {
                look(place..<line.end)
                place = text.skipSpace(line.end)
            } else {
                isWhole = false
                place = wholeObject(in: text, from: place + 1) ?? text.count
            }
        }
        return isWhole
    }
}
