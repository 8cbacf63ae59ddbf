internal import Domain

/// Decides what to do about each thing that happens between one client and the server.
///
/// No clock, no descriptor, no task: what happens goes in, what is to be done comes out.
struct Conversation: Sendable {
    let info: ServerIdentity
    let tools: [Tool]
    let toolsByName: [String: Tool]
    let limits: Limits
    /// Nil until the client has said `initialize`.
    var version: ProtocolVersion?
    var calls: CallTable
    var lastCall = 0
    private(set) var farewell = Farewell.none
    private var batches: [Int: BatchAnswer] = [:]
    private var lastBatch = 0

    init(info: ServerIdentity, tools: [Tool], limits: Limits) {
        self.info = info
        self.tools = tools
        self.limits = limits
        toolsByName = Dictionary(tools.map { ($0.name, $0) }) { first, _ in first }
        calls = CallTable(limits: limits)
    }

    mutating func received(_ line: Line) -> [Action] {
        switch line {
        case .tooLong:
            let error = RPCError.invalidRequest("a line may have \(limits.lineBytes) bytes; this one was skipped")
            return [.send(Outgoing.error(error, to: nil))]
        case .whole(let bytes):
            guard bytes.contains(where: { $0 != 32 && $0 != 9 && $0 != 13 }) else { return [] }
            switch IncomingReader(nesting: limits.nesting).read(bytes) {
            case .unreadable(let error): return [.send(Outgoing.error(error, to: nil))]
            case .message(let message): return handle(message, answer: .line)
            case .batch(let messages): return handle(messages)
            }
        }
    }

    private mutating func handle(_ messages: [RPCMessage]) -> [Action] {
        let refusal: String
        switch (version, messages.isEmpty) {
        case (nil, _): refusal = "no batch before initialize"
        case (let version?, _) where !version.allowsBatches: refusal = "version \(version.rawValue) has no batches"
        case (_, true): refusal = "an empty batch"
        default:
            lastBatch += 1
            let batch = lastBatch
            batches[batch] = BatchAnswer(outstanding: messages.count)
            return messages.flatMap { handle($0, answer: .batch(batch)) }
        }
        return [.send(Outgoing.error(.invalidRequest(refusal), to: nil))]
    }

    private mutating func handle(_ message: RPCMessage, answer: Destination) -> [Action] {
        switch message {
        case .request(let request): return handle(request, answer: answer)
        case .invalid(let id, let error): return reply(Outgoing.error(error, to: id), answer)
        case .response: return reply(nil, answer)
        case .notification(let method, let parameters):
            let actions = reply(nil, answer)
            // Others, `notifications/initialized` among them, tell us nothing that we act on.
            guard method == "notifications/cancelled", let request = parameters.requestID else { return actions }
            return actions + cancel(request)
        }
    }

    /// Sends an answer, or puts it into the batch it belongs to.
    mutating func reply(_ line: String?, _ destination: Destination) -> [Action] {
        guard case .batch(let number) = destination else { return line.map { [.send($0)] } ?? [] }
        guard batches[number]?.take(line) == true, let lines = batches.removeValue(forKey: number)?.lines else {
            return []
        }
        return lines.isEmpty ? [] : [.send(Outgoing.batch(lines))]
    }
}

// MARK: - The end

extension Conversation {
    /// The client will ask nothing more.
    mutating func inputEnded() -> [Action] {
        guard farewell == .none else { return [] }
        farewell = .parting
        return [.wake(.parting, after: limits.parting)] + finishIfDone()
    }

    /// Nobody can read our answers, or we are told to end.
    mutating func stopped() -> [Action] {
        guard farewell == .none || farewell == .parting else { return [] }
        farewell = .cancelling
        let cancelled = calls.awaitedIDs.flatMap { id in
            calls.abandon(id)?.isRunning == true ? [Action.cancel(id)] : []
        }
        return cancelled + [.wake(.cancelling, after: limits.grace)] + finishIfDone()
    }

    /// The time of a stage is over.
    mutating func woke(_ stage: Farewell) -> [Action] {
        switch (stage, farewell) {
        case (.parting, .parting): return stopped()
        case (.cancelling, .cancelling):
            farewell = .over
            return [.finish]
        default: return []
        }
    }

    mutating func finishIfDone() -> [Action] {
        guard farewell == .parting || farewell == .cancelling, calls.isEmpty else { return [] }
        farewell = .over
        return [.finish]
    }
}
