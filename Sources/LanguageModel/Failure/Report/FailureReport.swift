/// What the text of a failed call says, taken out of its wrappings.
struct FailureReport {
    struct Code {
        /// As `ErrorCode.normal` spells it.
        let name: String
        let depth: Int
    }

    struct Message {
        let text: String
        let depth: Int
        /// Whether it was the value of a field, rather than text around one.
        let isField: Bool
    }

    /// From fields such as `code`, `type`, `status` and `reason`.
    var codes: [Code] = []
    /// Words of running text that have the form of a code.
    var namedInText: [String] = []
    var messages: [Message] = []
    /// HTTP status numbers in fields.
    var statuses: [(status: Int, depth: Int)] = []
    /// The HTTP status in running text: `Error code: 429 - …`.
    var statusInText: Int?
    /// Why an answer ended, where the text is an answer after all: `finish_reason`.
    var endings: [String] = []
    /// Fields that hold a waiting time, by their name in lower case without `_` and `-`.
    var waits: [(name: String, value: String)] = []

    /// The innermost first: wrappers repeat, shorten and misjudge what they wrap.
    mutating func sort() {
        codes.sort { $0.depth > $1.depth }
        messages.sort { $0.depth > $1.depth }
        statuses.sort { $0.depth > $1.depth }
    }
}

/// Takes a failure out of its wrappings: text around JSON, JSON in strings of JSON, event streams, maps printed by Go.
struct ReportReader {
    private(set) var report = FailureReport()
    private var stringsLeft = 400
    /// How often a string is looked into for a further value.
    private static let deepestNesting = 4

    /// - Parameter body: bounded already, see `BoundedBody`.
    static func read(_ body: [UInt8]) -> FailureReport {
        var reader = ReportReader()
        reader.read(text: body, depth: 0, nesting: 0, isField: false)
        reader.report.sort()
        return reader.report
    }

    private mutating func read(text: [UInt8], depth: Int, nesting: Int, isField: Bool) {
        stringsLeft -= 1
        guard stringsLeft > 0 else { return }
        if nesting == 0, let lines = StreamedErrors.payloads(text) {
            for line in lines { read(text: Array(line), depth: depth + 1, nesting: 1, isField: false) }
            return
        }
        if let start = text.firstIndex(where: { !$0.isSpace }), text[start] == .quote, nesting < Self.deepestNesting {
            let (inner, end) = QuotedText.read(text, at: start)
            if text[end...].allSatisfy(\.isSpace) {
                read(text: Array(inner.utf8), depth: depth + 1, nesting: nesting + 1, isField: isField)
                return
            }
        }
        if text.contains(word: "map[") {
            for (key, value) in GoMap.fields(text) {
                field(key, .string(value), depth: depth + 1, nesting: Self.deepestNesting)
            }
        }
        let prose = nesting < Self.deepestNesting ? values(in: text, depth: depth, nesting: nesting) : text
        note(prose: prose, depth: depth, isField: isField)
    }

    /// Reads the values a text holds.
    /// - Returns: the text around them.
    private mutating func values(in text: [UInt8], depth: Int, nesting: Int) -> [UInt8] {
        var prose: [UInt8] = []
        var index = 0
        while index < text.count {
            if Self.opensPrintedString(text, at: index) {
                var parser = LooseParser(text, at: index)
                let inner = Array(parser.joinedString().utf8)
                index = max(parser.position, index + 1)
                read(text: inner, depth: depth + 1, nesting: nesting + 1, isField: true)
                continue
            }
            guard text[index] == .braceOpen || (text[index] == .bracketOpen && Self.opensArray(text, at: index)) else {
                prose.append(text[index])
                index += 1
                continue
            }
            var parser = LooseParser(text, at: index)
            if let value = parser.container() {
                walk(value, depth: depth + 1, nesting: nesting)
                prose.append(.blank)
                index = max(parser.position, index + 1)
            } else {
                let end = max(parser.position, index + 1)
                prose += text[index..<end]
                index = end
            }
        }
        return prose
    }

    /// Brackets open prose too: `[API Error: …]`, `[SSL: CERTIFICATE_VERIFY_FAILED]`.
    private static func opensArray(_ text: [UInt8], at index: Int) -> Bool {
        text[(index + 1)...].prefix(64).first { !$0.isSpace } == .braceOpen
    }

    /// Node prints a body as `'[{\n' + '  "error": {\n' + …`, Python as `b'{\n  "error": …'`.
    private static func opensPrintedString(_ text: [UInt8], at index: Int) -> Bool {
        guard text[index].isQuote, index + 3 < text.count else { return false }
        let next = text[index + 1]
        return (next == .braceOpen || next == .bracketOpen) && text[(index + 2)...(index + 3)].contains(.backslash)
    }

    private mutating func note(prose: [UInt8], depth: Int, isField: Bool) {
        let text = String(bytes: prose.prefix(8 * 1024)).trimmed
        guard !text.isEmpty else { return }
        report.messages.append(.init(text: text, depth: depth, isField: isField))
        report.namedInText += ErrorCode.named(in: prose.prefix(8 * 1024))
        if report.statusInText == nil { report.statusInText = StatusInText.find(Array(text.utf8)) }
    }

    private mutating func walk(_ value: LooseValue, depth: Int, nesting: Int) {
        switch value {
        case .object(let fields):
            for (key, value) in fields { field(key, value, depth: depth, nesting: nesting) }
        case .array(let elements):
            for element in elements.prefix(200) { walk(element, depth: depth, nesting: nesting) }
        case .string, .word: break
        }
    }

    private mutating func field(_ key: String, _ value: LooseValue, depth: Int, nesting: Int) {
        let name = ErrorCode.normal(key)
        guard !FieldNames.notOurs.contains(name) else { return }
        switch value {
        case .object, .array:
            walk(value, depth: depth + 1, nesting: nesting)
        case .string(let text), .word(let text):
            guard !text.isEmpty, !FieldNames.nothing.contains(text.lowercased()) else { return }
            if FieldNames.waits.contains(name) { report.waits.append((name, text)) }
            if FieldNames.endings.contains(name) { report.endings.append(ErrorCode.normal(text)) }
            if FieldNames.codes.contains(name) {
                note(code: text, depth: depth)
            } else if FieldNames.statuses.contains(name) {
                note(status: text, depth: depth)
            } else if FieldNames.messages.contains(name) {
                // `error` is an object, a sentence or a code, as the provider likes.
                if ErrorCode.looksLikeOne(text) { note(code: text, depth: depth) }
                read(text: Array(text.utf8), depth: depth + 1, nesting: nesting + 1, isField: true)
            } else if FieldNames.wrappings.contains(name), text.utf8.contains(.braceOpen) {
                read(text: Array(text.utf8), depth: depth + 1, nesting: nesting + 1, isField: true)
            }
        }
    }

    private mutating func note(code: String, depth: Int) {
        if note(status: code, depth: depth) { return }
        if code.utf8.contains(.blank) {
            report.messages.append(.init(text: String(code.prefix(400)), depth: depth - 1, isField: false))
        }
        if code.utf8.count <= 120 { report.codes.append(.init(name: ErrorCode.normal(code), depth: depth)) }
    }

    @discardableResult
    private mutating func note(status text: String, depth: Int) -> Bool {
        guard let status = Int(text) else { return false }
        if 100..<600 ~= status { report.statuses.append((status, depth)) }
        return true
    }
}

extension String {
    var trimmed: String {
        let bytes = Array(utf8)
        guard let start = bytes.firstIndex(where: { !$0.isSpace }), let end = bytes.lastIndex(where: { !$0.isSpace })
        else { return "" }
        return String(bytes: bytes[start...end])
    }
}

/// The fields of error bodies, by what they hold; spelled as `ErrorCode.normal` does.
enum FieldNames {
    static let codes: Set = [
        "code", "type", "status", "reason", "name", "errno", "errorcode", "errortype", "exception", "kind", "errcode",
        "quotaid", "limitsource", "subtype",
    ]
    static let statuses: Set = ["statuscode", "httpstatus", "httpstatuscode", "httpcode", "apierrorstatus"]
    static let messages: Set = [
        "message", "msg", "detail", "details", "error", "errors", "errormessage", "errordescription", "title", "raw",
        "cause", "errormsg", "failurereason", "reasonphrase", "statustext", "stderr",
    ]
    /// Strings looked into only for a further value: clients put whole replies here.
    static let wrappings: Set = ["body", "responsebody", "data", "response", "upstreamerror", "innererror", "result"]
    static let endings: Set = ["finishreason", "stopreason", "blockreason", "nativefinishreason"]
    static let waits: Set = [
        "retrydelay", "retryafter", "retryafterseconds", "retryaftersecs", "retryafterms", "resetsinseconds",
        "resetinseconds", "estimatedtime", "resetsat", "xratelimitreset", "ratelimitreset",
    ]
    /// What the caller sent, and what the model said: neither tells why a call failed.
    static let notOurs: Set = [
        "input", "prompt", "messages", "content", "contents", "request", "requestbody", "requestbodyvalues", "config",
        "text", "output", "delta", "failedgeneration", "system", "tools", "params", "ctx", "thinking", "arguments",
        "instructions", "contentfilterresult", "contentfilterresults", "stack", "userid", "requestid", "loc", "links",
    ]
    static let nothing: Set = ["null", "none", "nil", "<nil>", "undefined", "false", "true", "error", "object"]
}
