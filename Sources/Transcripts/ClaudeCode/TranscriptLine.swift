internal import Domain

/// One object of a transcript file, looked at from outside: what it is, and where in it the message lies.
struct TranscriptLine {
    var type = ""
    var uuid = ""
    var timestamp = ""
    var cwd = ""
    var gitBranch = ""
    var sessionID = ""
    var agentID = ""
    var isSidechain = false
    var isMeta = false
    var isCompactSummary = false
    /// What started the turn, as newer clients say: `origin`, else `turnOrigin`, each an object with a `kind` or a text;
    /// empty where they do not.
    var origin = ""
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

    fileprivate mutating func takeOrigin(_ name: Range<Int>, _ value: Range<Int>, of text: JSONText) {
        let isTurn = text.matches(name, "turnOrigin")
        guard isTurn || text.matches(name, "origin"), !(isTurn && !origin.isEmpty) else { return }
        var kind = text.string(value)
        if text.isObject(value) {
            _ = text.members(of: value.lowerBound) { name, value in
                if text.matches(name, "kind") { kind = text.string(value) }
            }
        }
        if let kind, !kind.isEmpty { origin = kind }
    }

    private mutating func take(_ name: Range<Int>, _ value: Range<Int>, of text: JSONText) {
        switch name.count {
        case 3 where text.matches(name, "cwd"): cwd = text.string(value) ?? ""
        case 4 where text.matches(name, "type"): type = text.string(value) ?? ""
        case 4 where text.matches(name, "uuid"): uuid = text.string(value) ?? ""
        case 6 where text.matches(name, "origin"): takeOrigin(name, value, of: text)
        case 6 where text.matches(name, "isMeta"): isMeta = text.isTrue(value)
        case 7 where text.matches(name, "message"): message = value
        case 7 where text.matches(name, "agentId"): agentID = text.string(value) ?? ""
        case 9 where text.matches(name, "timestamp"): timestamp = text.string(value) ?? ""
        case 9 where text.matches(name, "gitBranch"): gitBranch = text.string(value) ?? ""
        case 9 where text.matches(name, "sessionId"): sessionID = text.string(value) ?? ""
        case 10 where text.matches(name, "turnOrigin"): takeOrigin(name, value, of: text)
        case 10 where text.matches(name, "attachment"): attachment = value
        case 11 where text.matches(name, "isSidechain"): isSidechain = text.isTrue(value)
        case 16 where text.matches(name, "isCompactSummary"): isCompactSummary = text.isTrue(value)
        case 17 where text.matches(name, "isApiErrorMessage"): isAPIError = text.isTrue(value)
        default: break
        }
    }
}
/// The members of one content block, where they lie.
struct Block {
    private(set) var type = 0..<0
    private(set) var id: Range<Int>?
    private(set) var name: Range<Int>?
    private(set) var text: Range<Int>?
    private(set) var thinking: Range<Int>?
    private(set) var input: Range<Int>?
    private(set) var content: Range<Int>?
    private(set) var isError: Range<Int>?
    private(set) var toolUseID: Range<Int>?

    /// - Parameter place: the block's value; one that is no object has no type.
    init(_ place: Range<Int>, _ json: JSONText) {
        guard json.isObject(place) else { return }
        var block = self
        _ = json.members(of: place.lowerBound) { name, value in
            switch name.count {
            case 2 where json.matches(name, "id"): block.id = value
            case 4 where json.matches(name, "type"): block.type = value
            case 4 where json.matches(name, "name"): block.name = value
            case 4 where json.matches(name, "text"): block.text = value
            case 5 where json.matches(name, "input"): block.input = value
            case 7 where json.matches(name, "content"): block.content = value
            case 8 where json.matches(name, "thinking"): block.thinking = value
            case 8 where json.matches(name, "is_error"): block.isError = value
            case 11 where json.matches(name, "tool_use_id"): block.toolUseID = value
            default: break
            }
        }
        self = block
    }
}

extension TranscriptLine {
    /// Whose words a user line holds.
    enum Speaker: Equatable {
        case person
        /// Written by the client for the model's sake: an expansion, a caveat, a hook's feedback.
        case client
        case other(EpisodeEntry.Role)
    }

    /// By what the client says of the turn's origin. Lines that are its own are conversation all the same where another
    /// session or a schedule said them; an origin that we do not know yet is no person's.
    var speaker: Speaker {
        switch origin {
        case "peer": .other(.peer)
        case "scheduled": .other(.scheduled)
        // Older clients say nothing; those two are what people type, and a task's end has a form of its own.
        case "", "human", "sdk", "task_notification", "task-notification": isMeta ? .client : .person
        default: isMeta ? .other(.scheduled) : .person
        }
    }

    /// A prompt that was queued has its origin inside.
    mutating func takeOfAttachment(_ name: Range<Int>, _ value: Range<Int>, of text: JSONText) {
        takeOrigin(name, value, of: text)
        if text.matches(name, "isMeta") { isMeta = text.isTrue(value) }
    }
}
