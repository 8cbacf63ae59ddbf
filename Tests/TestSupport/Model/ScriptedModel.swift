internal import Domain
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A language model on loopback that does as it is told: a real HTTP server that speaks the Messages API and Chat
/// Completions, chosen by the path of the call.
package final class ScriptedModel: Sendable {
    struct State {
        var scene = Scene.ok()
        var queue: [Scene] = []
        var calls: [ModelCall] = []
        var running = 0
        var mostRunning = 0
        var poured = 0
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())
    private let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    package let port: Int

    /// - Parameter port: 0 takes any that is free.
    package init(port: Int = 0) async throws {
        let listener = try await Self.listen(port, threads, state: nil)
        guard let bound = listener.channel.localAddress?.port else { throw PollTimeout(description: "no port") }
        self.port = bound
        listener.box.withLock { $0 = self }
        state.withLock { $0.listener = listener.channel }
    }

    /// Runs a model for as long as a body takes.
    package static func run<Answer>(_ body: (ScriptedModel) async throws -> Answer) async throws -> Answer {
        let model = try await ScriptedModel()
        do {
            let answer = try await body(model)
            await model.shutdown()
            return answer
        } catch {
            await model.shutdown()
            throw error
        }
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    // MARK: - What it does

    /// From the next call on.
    package func play(_ scene: Scene) {
        state.withLock { $0.scene = scene }
    }

    /// For one call each, before the scene that plays.
    package func queue(_ scenes: Scene...) {
        state.withLock { $0.queue += scenes }
    }

    // MARK: - What it saw

    /// Every request but those that control it.
    package var calls: [ModelCall] { state.withLock { $0.calls } }
    package var completions: [ModelCall] { calls.filter(\.isCompletion) }
    package var mostConcurrentCalls: Int { state.withLock { $0.mostRunning } }
    package var runningCalls: Int { state.withLock { $0.running } }
    /// Bytes of huge answers that clients took.
    package var pouredBytes: Int { state.withLock { $0.poured } }

    package func count(path: String) -> Int { calls.count { $0.path == path } }

    package func waitForCalls(_ count: Int, deadline: Duration = .seconds(120)) async throws {
        try await poll("\(count) calls of the model", within: deadline) { calls.count >= count }
    }

    // MARK: - Its socket

    /// Refuses connections, and cuts those there are.
    package func refuse() async throws {
        let (listener, connections) = state.withLock { state in
            defer { state.listener = nil }
            return (state.listener, Array(state.connections.values))
        }
        try await listener?.close()
        for connection in connections {
            // It may have been closed by its other end meanwhile.
            try? await connection.close()
        }
    }

    /// Accepts connections again, on the same port.
    package func accept() async throws {
        guard state.withLock({ $0.listener == nil }) else { return }
        let listener = try await Self.listen(port, threads, state: self)
        state.withLock { $0.listener = listener.channel }
    }

    package func shutdown() async {
        // What fails here is closed already.
        try? await refuse()
        try? await threads.shutdownGracefully()
    }

    private typealias Box = LockedBox<ScriptedModel?>

    private static func listen(
        _ port: Int, _ threads: MultiThreadedEventLoopGroup, state model: ScriptedModel?
    ) async throws -> (channel: any Channel, box: Box) {
        let box = Box(model)
        let channel = try await ServerBootstrap(group: threads)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    guard let model = box.withLock({ $0 }) else { throw ChannelError.alreadyClosed }
                    model.opened(channel)
                    try pipeline.addHandler(SceneHandler(model))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return (channel, box)
    }

    // MARK: - What its connections tell

    private func opened(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.connections[id] = channel }
        channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.connections[id] = nil } }
    }

    /// Notes a call and says how to answer it.
    func begin(_ call: ModelCall) -> Scene {
        state.withLock { state in
            state.calls.append(call)
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
            guard call.isCompletion, !state.queue.isEmpty else { return state.scene }
            return state.queue.removeFirst()
        }
    }

    func poured(_ bytes: Int) {
        state.withLock { $0.poured += bytes }
    }

    func end() {
        state.withLock { $0.running -= 1 }
    }

    /// Obeys `POST /_scene`; answers `GET /_calls`.
    func control(_ call: ModelCall) -> (status: Int, body: String) {
        if call.path == "/_calls" {
            let (calls, most) = state.withLock { ($0.calls, $0.mostRunning) }
            let list = calls.map { call in
                JSONValue.object(["method": .string(call.method), "uri": .string(call.uri), "body": .string(call.body)])
            }
            return (200, JSONValue.object(["calls": .array(list), "most_concurrent": .number(Double(most))]).text)
        }
        guard let value = try? JSONValue(parsing: call.body) else { return (400, #"{"error":"not JSON"}"#) }
        if case .object(let members) = value, case .array(let scenes) = members["queue"] {
            let read = scenes.compactMap(Scene.init)
            guard read.count == scenes.count else { return (400, #"{"error":"unknown scene"}"#) }
            state.withLock { $0.queue += read }
        } else {
            guard let scene = Scene(value) else { return (400, #"{"error":"unknown scene"}"#) }
            play(scene)
        }
        return (200, "{}")
    }
}

/// A value that handlers of several threads share.
final class LockedBox<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Answer: Sendable>(_ body: (inout sending Value) -> sending Answer) -> Answer {
        value.withLock(body)
    }
}
