/// One object of a transcript file, looked at from outside: what it is, and where in it the message lies.
struct TranscriptLine {
    var type = ""
    var uuid = ""
    var timestamp = ""
    var cwd = ""
    var sessionID = ""
    var agentID = ""
    var isSidechain = false
    var isMeta = false
    var isCompactSummary = false
    var isAPIError = false
    var message: Range<Int>?
    var attachment: Range<Int>?
    /// The position behind the object.
    private(set) var end = 0

    private init() {}

    /// - Returns: nil when no whole object begins at `start`.
    static func read(_ text: JSONText, at start: Int) -> TranscriptLine? {
        var line = TranscriptLine()
        guard let end = text.members(of: start, { line.take($0, $1, of: text) }) else { return nil }
        line.end = end
        return line
    }

    private mutating func take(_ name: Range<Int>, _ value: Range<Int>, of text: JSONText) {
        switch name.count {
        case 3 where text.matches(name, "cwd"): cwd = text.string(value) ?? ""
        case 4 where text.matches(name, "type"): type = text.string(value) ?? ""
        case 4 where text.matches(name, "uuid"): uuid = text.string(value) ?? ""
        case 6 where text.matches(name, "isMeta"): isMeta = text.isTrue(value)
        case 7 where text.matches(name, "message"): message = value
        case 7 where text.matches(name, "agentId"): agentID = text.string(value) ?? ""
        case 9 where text.matches(name, "timestamp"): timestamp = text.string(value) ?? ""
        case 9 where text.matches(name, "sessionId"): sessionID = text.string(value) ?? ""
        case 10 where text.matches(name, "attachment"): attachment = value
        case 11 where text.matches(name, "isSidechain"): isSidechain = text.isTrue(value)
        case 16 where text.matches(name, "isCompactSummary"): isCompactSummary = text.isTrue(value)
        case 17 where text.matches(name, "isApiErrorMessage"): isAPIError = text.isTrue(value)
        default: break
        }
    }
}
