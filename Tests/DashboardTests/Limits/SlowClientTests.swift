internal import Dashboard
internal import TestSupport
internal import Testing

@Suite struct SlowClientTests {
    private static func limits(_ change: (inout DashboardLimits) -> Void) -> DashboardLimits {
        var limits = DashboardLimits.quick
        change(&limits)
        return limits
    }

    @Test func aHeadThatTricklesInIsNotWaitedFor() async throws {
        try await RunningDashboard.run(limits: Self.limits { $0.head = .milliseconds(100) }) { dashboard in
            let connection = try dashboard.connect()
            try await connection.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            try await poll("the end") {
                if !connection.isEnded { trickle(connection) }
                connection.look()
                return connection.isEnded
            }
            #expect(connection.received.isEmpty)
        }
    }

    @Test func aBodyThatTricklesInIsNotWaitedFor() async throws {
        try await RunningDashboard.run(limits: Self.limits { $0.body = .milliseconds(100) }) { dashboard in
            let connection = try dashboard.connect()
            let length = "Content-Length: 60000"
            try await connection.send(
                RunningDashboard.request("POST /api/v1/episodes/1/retry", [dashboard.bearer, length]))
            try await poll("the end") {
                if !connection.isEnded { trickle(connection) }
                connection.look()
                return connection.isEnded
            }
            #expect(dashboard.backend.asked.isEmpty)
        }
    }

    @Test func anIdleConnectionIsClosedAndOneInUseIsNot() async throws {
        try await RunningDashboard.run(limits: Self.limits { $0.idle = .milliseconds(150) }) { dashboard in
            let connection = try dashboard.connect(), stream = try dashboard.connect()
            try await stream.send(RunningDashboard.request("GET /api/v1/events", [dashboard.bearer]))
            try await connection.send(RunningDashboard.request("GET /healthz"))
            #expect(try await connection.answer().status == 200)
            try await connection.waitForEnd(within: .seconds(5))
            // The stream was there before, and has said nothing for as long.
            try await stream.wait(for: "first")
            dashboard.backend.happen(ServerSentEvent(event: "change", data: "later"))
            try await stream.wait(for: "later")
        }
    }

    @Test func aClientThatTakesNothingIsLeft() async throws {
        try await RunningDashboard.run(limits: Self.limits { $0.stall = .milliseconds(100) }) { dashboard in
            dashboard.backend.answer(bytes: 16 << 20)
            let connection = try dashboard.connect()
            connection.takeLittle()
            try await connection.send(RunningDashboard.request("GET /api/v1/status", [dashboard.bearer]))
            try await poll("the answer to begin") { !dashboard.backend.asked.isEmpty }
            try await poll("the server to hang up") { !connection.isOpen(at: dashboard.port) }
            connection.look()
            #expect(connection.received.count < 16 << 20)
        }
    }

    private func trickle(_ connection: Connection) { connection.sendOne("a") }
}
