internal import Dashboard
internal import Domain
internal import InMemoryLogging
internal import Logging
internal import Operations
internal import ServiceLifecycle
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(10))) struct StopTests {
    @Test func streamsEndInOrderWhenTheCompanionStops() async throws {
        var limits = DashboardLimits.quick
        limits.farewell = .seconds(60)
        var streams: [Connection] = []
        let clock = ContinuousClock()
        let start = try await RunningDashboard.run(limits: limits) { dashboard in
            for _ in 0..<5 {
                let stream = try dashboard.connect()
                try await stream.send(RunningDashboard.request("GET /api/v1/events", [dashboard.bearer]))
                try await stream.wait(for: "first")
                streams.append(stream)
            }
            return clock.now
        }
        // Long before they would be cut off.
        #expect(clock.now - start < .seconds(30))
        for stream in streams {
            stream.look()
            #expect(stream.isEnded && stream.text.hasSuffix("0\r\n\r\n"))
        }
    }

    /// Idle, in the middle of a head, in the middle of a body, with an answer or an event it does not take, in a slow
    /// call.
    @Test func nobodyKeepsTheCompanionFromStopping() async throws {
        var limits = DashboardLimits.quick
        limits.farewell = .milliseconds(300)
        limits.answer = .seconds(600)
        let clock = ContinuousClock()
        var connections: [Connection] = []
        let start = try await RunningDashboard.run(limits: limits) { dashboard in
            let texts = [
                "", "GET /healthz HTTP/1.1\r\nHo",
                RunningDashboard.request("POST /api/v1/episodes/1/retry", [dashboard.bearer, "Content-Length: 9"])
                    + "a",
            ]
            for text in texts {
                connections.append(try dashboard.connect())
                try await connections.last?.send(text)
            }
            dashboard.backend.answer(bytes: 16 << 20)
            let full = try dashboard.connect()
            full.takeLittle()
            try await full.send(RunningDashboard.request("GET /api/v1/status", [dashboard.bearer]))
            try await full.wait(for: "HTTP/1.1 200")
            connections.append(full)
            let stream = try dashboard.connect()
            try await stream.send(RunningDashboard.request("GET /api/v1/events", [dashboard.bearer]))
            try await stream.wait(for: "first")
            let filling = String(repeating: "x", count: 6 << 20)
            dashboard.backend.happen(ServerSentEvent(event: "status", data: filling))
            connections.append(stream)
            dashboard.backend.beSlow(true)
            connections.append(try dashboard.connect())
            try await connections.last?.send(RunningDashboard.request("GET /api/v1/history", [dashboard.bearer]))
            try await poll("the slow call") { dashboard.backend.asked.contains("history 100") }
            return clock.now
        }
        #expect(clock.now - start < .seconds(30))
    }

    @Test func whatIsBeingAnsweredIsAnswered() async throws {
        var limits = DashboardLimits.quick
        limits.farewell = .seconds(60)
        let connection = try await RunningDashboard.run(limits: limits) { dashboard in
            dashboard.backend.answer(bytes: 32 << 20)
            let connection = try dashboard.connect()
            try await connection.send(RunningDashboard.request("GET /api/v1/status", [dashboard.bearer]))
            try await poll("the call") { !dashboard.backend.asked.isEmpty }
            await dashboard.services.triggerGracefulShutdown()
            let answer = try await connection.answer()
            #expect(answer.status == 200 && answer.body.utf8.count > 32 << 20)
            return connection
        }
        try await connection.waitForEnd()
    }

    @Test func cancelledItEndsToo() async throws {
        let backend = StandInBackend(), ports = AsyncStream.makeStream(of: Int?.self)
        let token = DashboardToken.random()
        let dashboard = Dashboard(
            address: .tcp(host: "127.0.0.1", port: 0), token: token,
            folder: DashboardFolder(path: "/nonexistent"), backend: backend, assets: [], limits: .quick,
            logger: Logger(label: "test") { _ in InMemoryLogHandler() }
        ) { port in ports.continuation.yield(port) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await dashboard.run() }
            var iterator = ports.stream.makeAsyncIterator()
            let port = try #require(await iterator.next() ?? nil)
            let stream = try Connection(port: port)
            let head = ["Authorization: Bearer \(token.text)"]
            try await stream.send(RunningDashboard.request("GET /api/v1/events", head))
            try await stream.wait(for: "first")
            let start = ContinuousClock().now
            group.cancelAll()
            try await group.waitForAll()
            #expect(ContinuousClock().now - start < .seconds(10))
            #expect(backend.openStreams == 0)
        }
    }

    /// The status tells of it, until the port is free.
    @Test func aTakenPortIsToldUntilItIsFree() async throws {
        var limits = DashboardLimits.quick
        limits.retry = .milliseconds(20)
        let told = AsyncStream.makeStream(of: String.self)
        let second = try await RunningDashboard.run { [limits] first in
            let second = Dashboard(
                address: .tcp(host: "127.0.0.1", port: first.port), token: .random(), folder: first.folder,
                backend: StandInBackend(), assets: [], limits: limits,
                logger: Logger(label: "test") { _ in InMemoryLogHandler() },
                whenListening: { _ in told.continuation.yield("") }, onTrouble: { told.continuation.yield($0) })
            let running = Task { await second.run() }
            var words = told.stream.makeAsyncIterator()
            #expect(await words.next()?.contains("port \(first.port) is taken by another program") == true)
            return running
        }
        for await words in told.stream where words.isEmpty { break }
        second.cancel()
        await second.value
    }
}
