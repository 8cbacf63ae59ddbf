internal import Domain

extension ClaudeCode {
    package func kept(_ bytes: [UInt8], at position: Int64, _ exclusions: inout Exclusions) -> KeptBytes {
        // As most are; line by line it would take a capturer longer than all else it does.
        if exclusions.isEmpty, !PrivateMarks.mayHold(bytes[...]) { return KeptBytes(bytes: bytes) }
        var kept = KeptBytes()
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
            let range = position + Int64(start)..<position + Int64(end)
            if let reason = Self.reason(toLeaveOut: bytes[start..<end], at: range, &exclusions) {
                kept.leaveOut(range, reason)
            } else {
                kept.add(bytes[start..<end], range, isLine: true)
            }
            start = end
        }
        return kept
    }

    private static func reason(
        toLeaveOut line: ArraySlice<UInt8>, at range: Range<Int64>, _ exclusions: inout Exclusions
    ) -> String? {
        guard !exclusions.isEmpty else { return nil }
        let message = message(in: line, at: range)
        if let reason = exclusions.reason(for: message) { return reason }
        // One that is no plain name stands in no tombstone: it could say words.
        return SessionID(rawValue: message.uuid) == nil && exclusions.isForgotten(line: line) ? Tombstone.reason : nil
    }

    /// As much of a line's message as tells when it was said.
    private static func message(in line: ArraySlice<UInt8>, at range: Range<Int64>) -> Message {
        var message = Message(type: "", at: range)
        unsafe line.withUnsafeBufferPointer { buffer in
            guard let text = unsafe JSONText(buffer), let read = TranscriptLine.read(text, at: text.skipSpace(0)) else {
                return
            }
            message.uuid = read.uuid
            message.at = read.timestamp
            message.isSummary = read.isCompactSummary
        }
        return message
    }
}
