/// Finds an HTTP status in running text: `API Error: 529 …`, `Error code: 429 - `, `got status: 503`, `502 Bad Gateway`.
enum StatusInText {
    private static let words: Set = [
        "error", "code", "status", "http", "statuscode", "repeated", "response", "returned",
    ]
    /// What follows a status that no such word precedes.
    private static let phrases = [
        "bad request", "unauthorized", "payment required", "forbidden", "not found", "request timeout", "conflict",
        "payload too large", "request entity", "unprocessable", "too many", "client error", "server error", "internal",
        "bad gateway", "service unavailable", "service temporarily", "gateway time", "overloaded", "web server",
    ]

    static func find(_ text: [UInt8]) -> Int? {
        let text = text.prefix(600).map(\.lowered)
        var index = 0
        while index + 3 <= text.count {
            guard text[index].isDigit else {
                index += 1
                continue
            }
            let end = text[index...].firstIndex { !$0.isDigit } ?? text.count
            if end - index == 3, let status = Int(String(bytes: text[index..<end])), 400..<600 ~= status,
                isStatus(text, index, end)
            {
                return status
            }
            index = end
        }
        return nil
    }

    private static func isStatus(_ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
        if end < text.count, text[end].isAlphanumeric || text[end] == .underscore { return false }
        if end + 1 < text.count, text[end] == .dot || text[end] == .comma, text[end + 1].isDigit { return false }
        let rest = text[end...].drop { !$0.isAlphanumeric }
        if phrases.contains(where: { rest.starts(with: $0.utf8) }) { return true }
        guard start > 0 else { return true }
        guard !(text[start - 1].isAlphanumeric || text[start - 1] == .dot || text[start - 1] == UInt8(ascii: "$"))
        else {
            return false
        }
        // `Request rejected (429)`
        if text[start - 1] == UInt8(ascii: "("), end < text.count, text[end] == UInt8(ascii: ")") { return true }
        let before = text[..<start]
        guard let last = before.lastIndex(where: \.isLetter) else { return true }
        // `HTTP/1.1 503`
        guard start - last <= 8 else { return false }
        let first = (before[...last].lastIndex { !$0.isLetter && $0 != .underscore } ?? -1) + 1
        return words.contains(String(bytes: before[first...last]))
    }
}
