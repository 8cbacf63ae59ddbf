internal import Platform
internal import Threads

/// Does what the conversation decides.
actor Server {
    private nonisolated let executor = ThreadExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let tools: [String: Tool]
    private let limits: Limits
    private let input: Input
    private let output: Output
    private let events: AsyncStream<ServerEvent>
    private nonisolated let post: AsyncStream<ServerEvent>.Continuation
    private let callExecutor: WorkerExecutor
    private var conversation: Conversation
    /// The tasks of the calls. Not in a task group: a group ends when the last of its tasks does, and a call that hangs
    /// would keep the server from ending. The conversation waits for them instead, with a limit.
    private var tasks: [CallID: Task<Void, Never>] = [:]
    /// Of all calls whose deadline has not come, whether they still run or not.
    private var deadlines: [CallID: ContinuousClock.Instant] = [:]
    private var mustAskForInput = false
    private var isFinishing = false
    private var hasGivenUp = false

    init(info: ServerIdentity, tools: [Tool], limits: Limits, streams: OwnStreams) {
        let (events, post) = AsyncStream.makeStream(of: ServerEvent.self)
        self.events = events
        self.post = post
        self.limits = limits
        callExecutor = WorkerExecutor(limit: limits.running + limits.abandoned)
        conversation = Conversation(info: info, tools: tools, limits: limits)
        self.tools = conversation.toolsByName
        input = Input(streams.input, output: streams.output, limit: limits.lineBytes)
        output = Output(streams.output) { post.yield(.output($0)) }
    }

    nonisolated func stop() { post.yield(.stopped) }

    func run() async {
        let post = post
        input.start { post.yield(.input($0)) }
        for await event in events {
            perform(actions(on: event))
            if isFinishing, hasGivenUp || output.backlog == 0 { break }
        }
        input.stop()
    }

    private func actions(on event: ServerEvent) -> [Action] {
        switch event {
        case .input(.line(let line)):
            mustAskForInput = true
            return conversation.received(line)
        case .input(.ended): return conversation.inputEnded()
        case .input(.nobodyReads), .output(.nobodyReads), .stopped: return conversation.stopped()
        case .output(.drained): return []
        case .finished(let call, let outcome):
            tasks[call] = nil
            return conversation.finished(call, outcome)
        case .progressed(let call, let progress): return conversation.progressed(call, progress)
        case .expired(let call):
            deadlines[call] = nil
            return conversation.expired(call)
        case .woke(let stage): return conversation.woke(stage)
        case .givenUp:
            hasGivenUp = true
            return []
        }
    }

    private func perform(_ actions: [Action]) {
        for action in actions {
            switch action {
            case .send(let line): output.send(line)
            case .start(let call): start(call)
            case .cancel(let call): tasks[call]?.cancel()
            case .expire(let call, let delay):
                deadlines[call] = .now + delay
                later(.expired(call), after: delay)
            case .wake(let stage, let delay): later(.woke(stage), after: delay)
            case .finish:
                isFinishing = true
                later(.givenUp, after: limits.grace)
            }
        }
        // A client that does not read is not listened to, until it has read.
        if mustAskForInput, output.backlog <= limits.unreadBytes {
            mustAskForInput = false
            input.next()
        }
    }

    private func later(_ event: ServerEvent, after delay: Duration) {
        let post = post
        executor.after(delay) { post.yield(event) }
    }

    private func start(_ call: Call) {
        guard let tool = tools[call.tool] else { return }
        let post = post
        let context = CallContext(deadline: deadlines[call.id] ?? .now) { post.yield(.progressed(call.id, $0)) }
        tasks[call.id] = Task(executorPreference: callExecutor) {
            post.yield(.finished(call.id, await Self.outcome(of: tool, call, context)))
        }
    }

    @concurrent
    private static func outcome(of tool: Tool, _ call: Call, _ context: CallContext) async -> CallOutcome {
        do throws(ToolError) {
            return .success(try await tool.call(call.arguments, context))
        } catch {
            return .failure(error)
        }
    }
}

/// Something that happened to the server.
enum ServerEvent: Sendable {
    case input(Input.Event)
    case output(Output.Event)
    case finished(CallID, CallOutcome)
    case progressed(CallID, Progress)
    case expired(CallID)
    case woke(Farewell)
    /// Whoever runs the server wants it to end.
    case stopped
    /// The time to write what is left is over.
    case givenUp
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
