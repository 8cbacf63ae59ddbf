internal import Domain

/// One entry of a transcript as the reduction sees it: how it hangs together with others, not what it says.
struct KeptEntry {
    enum Kind {
        case user
        case assistant
        case attachment
        /// Where the client replaced what was before by a summary.
        case boundary
        /// Passed over, but its parent is followed.
        case other
    }

    enum Block: Equatable {
        case words
        case call(String)
        case result(String)
        /// A call that the API itself answers, and its answer; both of the assistant's message.
        case serverCall(String)
        case serverResult(String)
        case thinking(isWhole: Bool)
        case other
    }

    var kind = Kind.other
    /// Which of the transcript's objects it is.
    var ordinal = 0
    var uuid = ""
    var parent: String?
    var timestamp = ""
    var isSidechain = false
    var isSummary = false
    var isAPIError = false
    var isMeta = false
    /// Of an attachment: whether the model is told something of it.
    var isTold = false
    /// Of an assistant's message, which may have several entries.
    var messageID = ""
    /// Nil where the content is a text.
    var blocks: [Block]?
    /// Of a boundary: what stays, behind which entry; by uuid.
    var preserved: [String] = []
    var anchor = ""
    /// Of a boundary of clients that name the ends alone.
    var preservedEnds: (head: String, tail: String)?

    /// - Returns: nil for what hangs together with nothing.
    init?(_ value: JSONValue, ordinal: Int) {
        guard let uuid = value["uuid"]?.string, !uuid.isEmpty else { return nil }
        self.uuid = uuid
        self.ordinal = ordinal
        parent = value["parentUuid"]?.string
        timestamp = value["timestamp"]?.string ?? ""
        isSidechain = value["isSidechain"]?.bool ?? false
        isSummary = value["isCompactSummary"]?.bool ?? false
        isAPIError = value["isApiErrorMessage"]?.bool ?? false
        isMeta = value["isMeta"]?.bool ?? false
        switch value["type"]?.string {
        case "user": takeMessage(value["message"], as: .user)
        case "assistant": takeMessage(value["message"], as: .assistant)
        case "attachment" where value["attachment"]?.members != nil:
            kind = .attachment
            isTold = Self.told.contains(value["attachment"]?["type"]?.string ?? "")
        case "system" where value["subtype"]?.string == "compact_boundary":
            kind = .boundary
            take(value["compactMetadata"])
        default: break
        }
    }

    /// One without content says nothing, and is passed over.
    private mutating func takeMessage(_ message: JSONValue?, as kind: Kind) {
        messageID = message?["id"]?.string ?? ""
        switch message?["content"] {
        case .string(let text) where !text.isEmpty: self.kind = kind
        case .array(let elements) where !elements.isEmpty:
            self.kind = kind
            blocks = elements.map { Self.block($0, kind) }
        default: break
        }
    }

    /// Attachments of which newer clients make words for the model, among those that stand at the beginning.
    private static let told: Set = [
        "agent_listing_delta", "auto_mode", "date", "deferred_tools_delta", "environment", "model", "skill_listing",
    ]

    private static func block(_ block: JSONValue, _ kind: Kind) -> Block {
        let type = block["type"]?.string ?? ""
        let id = block["id"]?.string ?? "", answered = block["tool_use_id"]?.string ?? ""
        switch (kind, type) {
        case (_, "text"): return .words
        case (.user, "tool_result"): return .result(answered)
        case (.assistant, "tool_use"): return .call(id)
        case (.assistant, "server_tool_use"), (.assistant, "mcp_tool_use"): return .serverCall(id)
        case (.assistant, _) where type.hasSuffix("_tool_result"): return .serverResult(answered)
        case (.assistant, "thinking"): return .thinking(isWhole: block["signature"]?.string?.isEmpty == false)
        case (.assistant, "redacted_thinking"): return .thinking(isWhole: block["data"]?.string?.isEmpty == false)
        default: return .other
        }
    }

    private mutating func take(_ compaction: JSONValue?) {
        let messages = compaction?["preservedMessages"], segment = compaction?["preservedSegment"]
        anchor = messages?["anchorUuid"]?.string ?? segment?["anchorUuid"]?.string ?? ""
        preserved = messages?["uuids"]?.elements?.compactMap(\.string) ?? []
        if preserved.isEmpty, let head = segment?["headUuid"]?.string, let tail = segment?["tailUuid"]?.string {
            preservedEnds = (head, tail)
        }
    }

    var isMessage: Bool { kind == .user || kind == .assistant }

    /// Whether somebody says something in it.
    var isSpoken: Bool { isMessage && !isMeta && !isAPIError && blocks?.contains(.words) != false }

    var results: [String] {
        (blocks ?? []).compactMap { if case .result(let id) = $0 { id } else { nil } }
    }

    var calls: [String] {
        (blocks ?? []).compactMap { if case .call(let id) = $0 { id } else { nil } }
    }
}
