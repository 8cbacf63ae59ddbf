/// Server-sent events: errors of a stream whose HTTP status was 200 long ago.
///
/// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
enum StreamedErrors {
    /// The `data:` of the events, the last 200 of them, and of those that name an error only, where any does.
    /// - Returns: nil where the text is no event stream.
    static func payloads(_ text: [UInt8]) -> [ArraySlice<UInt8>]? {
        let lines = text.split(whereSeparator: { $0 == .newline || $0 == 13 })
        guard let first = lines.first(where: { $0.first != .colon && $0.contains { !$0.isSpace } }),
            ["event:", "id:"].contains(where: { first.starts(with: $0.utf8) }) || holdsData(first)
        else { return nil }
        let payloads = lines.compactMap { line -> ArraySlice<UInt8>? in
            if line.starts(with: "data:".utf8) { return line.dropFirst(5) }
            // An object on a line of its own: some proxies break the stream off with one.
            return line.first == .braceOpen ? line : nil
        }
        let failures = payloads.filter { $0.contains(word: "error") || $0.contains(word: "fail") }
        return Array((failures.isEmpty ? payloads : failures).suffix(200))
    }

    /// Node prints a field `data: '…'` too: events of models hold JSON.
    private static func holdsData(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: "data:".utf8), let first = line.dropFirst(5).first(where: { !$0.isSpace }) else {
            return false
        }
        return first == .braceOpen || first == .bracketOpen
    }
}
