internal import Domain

/// Turns one transcript line into what of it is kept, not yet redacted.
struct MessageInterpreter {
    private typealias Piece = Message.Piece

    let policy: FilterPolicy
    /// Count what the model saw, too: one more look at every block.
    let countsSeen: Bool
    private(set) var bytesSeen: Int64 = 0
    private(set) var usage = TokenUsage()
    /// The first that a person typed.
    private(set) var firstPrompt: String?
    /// Calls whose result has not come yet, by id; the oldest goes when there are too many.
    private var calls: [String: ToolCall] = [:]
    private var callOrder: [String] = []
    private var countedMessages: Set<String> = []
    /// Calls that ended in the message that was read last; nil where nobody counts them.
    private var ended: EndedCalls?

    private static let rememberedCalls = 256

    init(_ rules: ReadingRules) {
        policy = rules.policy
        countsSeen = rules.countsSeen
        ended = rules.countsCalls ? EndedCalls() : nil
    }

    /// The calls that ended in what was read since this was asked last.
    mutating func takeEnded() -> [EndedCall] { ended?.take() ?? [] }

    /// - Parameter time: ISO 8601: what a fork copied is of before its own first line.
    mutating func begins(at time: String) { ended?.begins(at: time) }

    /// - Returns: nil when lines of this type are never kept.
    mutating func pieces(of line: TranscriptLine, _ text: JSONText) -> [Message.Piece]? {
        ended?.begins(at: line.timestamp)
        switch line.type {
        case "user": return line.message.map { userPieces(of: line, content(of: $0, text), text) } ?? []
        case "assistant": return line.message.map { agentPieces(of: line, $0, text) } ?? []
        case "attachment": return queuedCommand(line, text)
        default: return nil
        }
    }

    private func content(of message: Range<Int>, _ text: JSONText) -> Range<Int>? {
        member("content", of: message, text)
    }

    private func member(_ wanted: StaticString, of object: Range<Int>, _ text: JSONText) -> Range<Int>? {
        var found: Range<Int>?
        _ = text.members(of: object.lowerBound) { name, value in if text.matches(name, wanted) { found = value } }
        return found
    }

    // MARK: - What a person said

    private mutating func userPieces(of line: TranscriptLine, _ content: Range<Int>?, _ text: JSONText) -> [Piece] {
        guard let content else { return [] }
        var pieces: [Piece] = []
        if text.isString(content) {
            see(content, text)
            spoken(text.string(content) ?? "", in: line, into: &pieces)
        } else if text.isArray(content) {
            _ = text.elements(of: content.lowerBound) { element in
                let block = Block(element, text)
                if text.matches(block.type, "\"text\"") {
                    see(block.text, text)
                    spoken(text.string(block.text) ?? "", in: line, into: &pieces)
                } else if text.matches(block.type, "\"tool_result\"") {
                    result(block, line, text, into: &pieces)
                }
            }
        }
        return pieces
    }

    private mutating func spoken(_ said: String, in line: TranscriptLine, into pieces: inout [Piece]) {
        if line.isCompactSummary {
            return add(.notice, "conversation compacted: " + said, .middle(Self.summaryLimit), to: &pieces)
        }
        switch line.speaker {
        case .person: break
        case .client: return
        case .other(let role):
            // Nobody typed it, and it stands nowhere else.
            return add(said, policy.userMessages, as: role, startsTurn: !line.isSidechain, to: &pieces)
        }
        switch SpokenText(said) {
        case .prompt(let prompt):
            if firstPrompt == nil, !line.isSidechain { firstPrompt = prompt }
            // A side chain's task was written by the model, and stands in the call that started it too.
            let isTold = line.isSidechain && [.full, .summary].contains(policy.userMessages)
            let mode = isTold ? .digest : policy.userMessages
            add(prompt, mode, startsTurn: !line.isSidechain, to: &pieces)
        case .command(let command): add(command, policy.userMessages, startsTurn: false, to: &pieces)
        case .notice(let notice): add(.notice, notice, .start(Self.noticeLimit), to: &pieces)
        case .machine: break
        }
    }

    private func add(
        _ said: String, _ mode: FilterPolicy.Mode, as role: EpisodeEntry.Role = .user, startsTurn: Bool,
        to pieces: inout [Piece]
    ) {
        switch mode {
        case .full: add(role, said, .middle(Int(policy.longPasteBytes)), startsTurn: startsTurn, to: &pieces)
        case .digest: add(role, said, .start(Self.digestLimit), startsTurn: startsTurn, to: &pieces)
        case .summary: add(role, said, summed(.start(Self.digestLimit)), startsTurn: startsTurn, to: &pieces)
        case .omit: break
        }
    }

    /// Of what is long: a digest that waits for its summary.
    private func summed(_ shortening: Shortening) -> Shortening {
        .digest(shortening, beyond: Int(policy.summaryMinCharacters))
    }

    private func add(
        _ role: EpisodeEntry.Role, _ text: String, _ shortening: Shortening, startsTurn: Bool = false,
        of whole: String? = nil, to pieces: inout [Piece]
    ) {
        pieces.append(Piece(role: role, text: text, shortening: shortening, startsTurn: startsTurn, whole: whole))
    }

    /// A prompt typed while the client was busy; some exist nowhere else.
    private mutating func queuedCommand(_ line: TranscriptLine, _ text: JSONText) -> [Piece]? {
        guard let attachment = line.attachment, text.isObject(attachment) else { return nil }
        var line = line
        var type: Range<Int>?
        var prompt: Range<Int>?
        _ = text.members(of: attachment.lowerBound) { name, value in
            line.takeOfAttachment(name, value, of: text)
            if text.matches(name, "type") { type = value }
            if text.matches(name, "prompt") { prompt = value }
        }
        guard let type, text.matches(type, "\"queued_command\""), let prompt else { return nil }
        var pieces: [Piece] = []
        if let said = text.string(prompt) {
            spoken(said, in: line, into: &pieces)
        } else if text.isArray(prompt) {
            _ = text.elements(of: prompt.lowerBound) { element in
                let block = Block(element, text)
                if text.matches(block.type, "\"text\"") {
                    spoken(text.string(block.text) ?? "", in: line, into: &pieces)
                }
            }
        }
        // It is said in the middle of a turn.
        for index in pieces.indices { pieces[index].startsTurn = false }
        return pieces
    }

    // MARK: - What the agent said and did

    private mutating func agentPieces(of line: TranscriptLine, _ message: Range<Int>, _ text: JSONText) -> [Piece] {
        var content: Range<Int>?
        var tokens: Range<Int>?
        var id = ""
        _ = text.members(of: message.lowerBound) { name, value in
            if text.matches(name, "content") { content = value }
            if text.matches(name, "id") { id = text.string(value) ?? "" }
            if text.matches(name, "usage") { tokens = value }
        }
        // Each line of a reply repeats the usage of the whole.
        if countsSeen, let tokens, id.isEmpty || countedMessages.insert(id).inserted { usage.add(tokens, of: text) }
        guard let content else { return [] }
        var pieces: [Piece] = []
        if text.isString(content) {
            see(content, text)
            said(text.string(content) ?? "", line, into: &pieces)
        } else if text.isArray(content) {
            _ = text.elements(of: content.lowerBound) { element in
                block(Block(element, text), line, text, into: &pieces)
            }
        }
        return pieces
    }

    private mutating func block(_ block: Block, _ line: TranscriptLine, _ text: JSONText, into pieces: inout [Piece]) {
        if text.matches(block.type, "\"text\"") {
            see(block.text, text)
            said(text.string(block.text) ?? "", line, into: &pieces)
        } else if text.matches(block.type, "\"thinking\"") {
            see(block.thinking, text)
            guard policy.thinking != .omit, let thought = text.string(block.thinking), !thought.isEmpty else { return }
            let shortening: Shortening =
                switch policy.thinking {
                case .full: .whole
                case .summary: summed(.start(Self.digestLimit))
                case .digest, .omit: .start(Self.digestLimit)
                }
            add(.thinking, thought, shortening, to: &pieces)
        } else if text.matches(block.type, "\"tool_use\"") {
            see(block.name, text)
            see(block.input, text)
            call(block, line, text, into: &pieces)
        }
    }

    private func said(_ words: String, _ line: TranscriptLine, into pieces: inout [Piece]) {
        guard words.contains(where: { !$0.isWhitespace }) else { return }
        // The client's own words about an error are no answer.
        if line.isAPIError { return add(.notice, words, .start(Self.noticeLimit), to: &pieces) }
        switch policy.agentMessages {
        case .full: add(.assistant, words, .whole, to: &pieces)
        case .digest: add(.assistant, words, .start(Self.digestLimit), to: &pieces)
        case .summary: add(.assistant, words, summed(.start(Self.digestLimit)), to: &pieces)
        case .omit: break
        }
    }

    private mutating func call(_ block: Block, _ line: TranscriptLine, _ text: JSONText, into pieces: inout [Piece]) {
        let call = ToolCall(
            name: text.string(block.name) ?? "", input: block.input, of: text,
            folder: line.cwd, at: line.timestamp)
        remember(call, as: text.string(block.id) ?? "")
        // What the agent asks or proposes to a person is said, whatever tool it takes.
        if let input = block.input, text.isObject(input) {
            if call.name == "ExitPlanMode", let plan = text.string(member("plan", of: input, text)) {
                said(plan, line, into: &pieces)
            } else if call.name == "AskUserQuestion", let questions = member("questions", of: input, text) {
                ask(questions, line, text, into: &pieces)
            }
        }
        switch policy.toolCalls {
        case .full: add(.call, call.name + " " + (block.input.map(text.raw) ?? ""), .whole, to: &pieces)
        case .digest: add(.call, call.name + " " + call.target, .line(Self.callLimit(call.name)), to: &pieces)
        case .summary:
            add(
                .call, call.name + " " + call.target, summed(.line(Self.callLimit(call.name))),
                of: call.name + " " + (block.input.map(text.raw) ?? ""), to: &pieces)
        case .omit: break
        }
    }

    private func ask(_ questions: Range<Int>, _ line: TranscriptLine, _ text: JSONText, into pieces: inout [Piece]) {
        guard text.isArray(questions) else { return }
        _ = text.elements(of: questions.lowerBound) { question in
            guard text.isObject(question), let asked = text.string(member("question", of: question, text)) else {
                return
            }
            said(asked, line, into: &pieces)
        }
    }

    private mutating func remember(_ call: ToolCall, as id: String) {
        guard !id.isEmpty else { return }
        calls[id] = call
        callOrder.append(id)
        if callOrder.count > Self.rememberedCalls { calls[callOrder.removeFirst()] = nil }
    }

    private mutating func result(
        _ block: Block, _ line: TranscriptLine, _ text: JSONText, into pieces: inout [Piece]
    ) {
        let id = block.toolUseID.flatMap { text.string($0) }
        let call = id.flatMap { calls.removeValue(forKey: $0) }
        let isError = block.isError.map(text.isTrue) ?? false
        if let id, let call, !isError { ended?.add(call, id, endedAt: line.timestamp, error: nil) }
        let keepsAll = [.full, .summary].contains(policy.toolResults)
        guard countsSeen || isError || keepsAll || call?.name == "AskUserQuestion" else { return }
        var parts: [Range<Int>] = []
        if let content = block.content {
            if text.isString(content) {
                parts = [content]
            } else if text.isArray(content) {
                _ = text.elements(of: content.lowerBound) { element in
                    let inner = Block(element, text)
                    if text.matches(inner.type, "\"text\""), let said = inner.text { parts.append(said) }
                }
            }
        }
        for part in parts { see(part, text) }
        guard isError || keepsAll || call?.name == "AskUserQuestion" else { return }
        let result = parts.map { text.string($0) ?? "" }.joined(separator: "\n")
        if let id, let call, isError, !ToolAdvice.isRefusal(result) {
            ended?.add(call, id, endedAt: line.timestamp, error: result)
        }
        if let words = Self.words(in: result, answering: call) {
            add(words, policy.userMessages, startsTurn: false, to: &pieces)
            guard isError else { return }
        }
        switch (policy.toolResults, isError) {
        case (.full, _): add(isError ? .failure : .result, result, .whole, to: &pieces)
        case (.summary, false): add(.result, result, summed(.start(Self.resultLimit)), to: &pieces)
        case (.digest, true), (.summary, true):
            // With the whole command: the call's own line may have been cut, or lie in an earlier episode.
            let what = call.map { $0.command.isEmpty ? $0.name : "\($0.name) \($0.command)" } ?? "a tool call"
            add(.failure, what, .start(Self.commandLimit), to: &pieces)
            let error = Shortening.middle(Self.errorLimit)
            add(.failure, Self.error(result), policy.toolResults == .summary ? summed(error) : error, to: &pieces)
        case (.digest, false), (.omit, _): break
        }
    }

    /// What a person said by way of a tool's result: an answer, or the reason for a refusal.
    private static func words(in result: String, answering call: ToolCall?) -> String? {
        if call?.name == "AskUserQuestion" { return result }
        guard result.hasPrefix(refusal) else { return nil }
        let bytes = Array(result.utf8)
        guard let start = bytes[...].position(behind: "the user said:") else { return nil }
        return String(decoding: bytes[start...].drop { $0 <= 32 }, as: UTF8.self)
    }

    /// The error, without what the client adds for the model's sake.
    private static func error(_ result: String) -> String {
        result.hasPrefix(refusal) ? "refused by the user" : result
    }

    private static let refusal = "The user doesn't want to "

    private mutating func see(_ range: Range<Int>?, _ text: JSONText) {
        guard countsSeen, let range else { return }
        bytesSeen += Int64(text.decodedCount(range) - (text.isString(range) ? 2 : 0))
    }
}
