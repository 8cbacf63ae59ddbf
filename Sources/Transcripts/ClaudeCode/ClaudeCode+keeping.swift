extension ClaudeCode {
    package func kept(_ bytes: [UInt8], at position: Int64, _ exclusions: inout Exclusions) -> KeptBytes {
        var kept = KeptBytes()
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
            let range = position + Int64(start)..<position + Int64(end)
            if exclusions.isEmpty || !exclusions.cover(Self.message(in: bytes[start..<end], at: range)) {
                kept.add(bytes[start..<end], range)
            } else {
                kept.leaveOut(range, RecordingGaps.reason)
            }
            start = end
        }
        return kept
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
