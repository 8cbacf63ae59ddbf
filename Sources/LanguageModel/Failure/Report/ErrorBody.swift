internal import Domain

/// Cuts a body down to what an error can sensibly take: its beginning, and its end, where streams fail.
///
/// Replies of many megabytes are answers, pages or attacks. With this bound no rule needs one of its own against them.
enum BoundedBody {
    private static let head = 192 * 1024
    private static let tail = 64 * 1024

    static func bytes(_ body: String) -> [UInt8] {
        let bytes = body.utf8
        guard bytes.count > head + tail else { return Array(bytes) }
        return Array(bytes.prefix(head)) + [.newline] + Array(bytes.suffix(tail))
    }
}

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

/// A web page that came in place of an answer.
struct ErrorPage {
    /// What stands in its title or its first heading.
    let title: String

    /// - Returns: nil where the text is no page.
    init?(_ body: [UInt8]) {
        let head = body.prefix(64 * 1024)
        guard let start = head.firstIndex(where: { !$0.isSpace }), head[start] == UInt8(ascii: "<") else { return nil }
        let text = head.map(\.lowered)
        let isPage = ["<!doctype html", "<html", "<head", "<body", "<title", "<center", "<h1"]
            .contains { text[start...].starts(with: $0.utf8) || text.prefix(512).contains(word: $0) }
        guard isPage else { return nil }
        title =
            Self.element("title", text, body) ?? Self.element("h1", text, body) ?? Self.element("h2", text, body) ?? ""
    }

    private static func element(_ name: String, _ text: [UInt8], _ body: [UInt8]) -> String? {
        guard let tag = text.firstIndex(of: "<\(name)".utf8, from: 0, before: text.count),
            let open = text[tag...].prefix(256).firstIndex(of: UInt8(ascii: ">")),
            let close = text.firstIndex(of: "</\(name)".utf8, from: open + 1, before: min(text.count, open + 1024))
        else { return nil }
        // Headings hold further elements: only what is outside of `<` and `>` is text.
        var isText = true
        var words: [UInt8] = []
        for byte in body[(open + 1)..<close] {
            if byte == UInt8(ascii: "<") { isText = false }
            if isText { words.append(byte) } else if byte == UInt8(ascii: ">") { isText = true }
        }
        let line = String(bytes: Array(words.split(whereSeparator: \.isSpace).joined(separator: [.blank])))
        return line.isEmpty ? nil : line
    }

    /// Pages of an edge that lets nobody through, or not us.
    ///
    /// https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/
    private static let blocked = [
        "just a moment", "attention required", "access denied", "you have been blocked", "forbidden",
        "checking your browser", "verify you are human", "security check",
    ]

    func reason(status: Int?) -> FailureReason {
        let words = Array(title.utf8).map(\.lowered)
        let status = status.flatMap { 200..<300 ~= $0 ? nil : $0 } ?? StatusInText.find(Array(title.utf8))
        guard let status else {
            return Self.blocked.contains { words.contains(word: $0) } ? .plain(.permission) : .foreignPage
        }
        // The challenge of an edge comes with 503 too; with 429 its "access denied" is a rate limit.
        if [403, 503].contains(status), Self.blocked.contains(where: { words.contains(word: $0) }) {
            return .plain(.permission)
        }
        if 300..<400 ~= status { return .foreignPage }
        return StatusRules.reason(status)
    }
}

extension Collection<UInt8> where Index == Int {
    func contains(word: String) -> Bool { firstIndex(of: word.utf8, from: startIndex, before: endIndex) != nil }
}
