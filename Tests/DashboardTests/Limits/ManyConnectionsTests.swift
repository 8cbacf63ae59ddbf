internal import Dashboard
internal import Glibc
internal import TestSupport
internal import Testing

@Suite struct ManyConnectionsTests {
    /// As many as production allows, and a thousand that want nothing: a person's request is answered.
    @Test func aThousandIdleConnectionsKeepNobodyOut() async throws {
        try Descriptors.allow(3000)
        var limits = DashboardLimits.quick
        limits.idle = .seconds(600)
        limits.head = .seconds(600)
        try await RunningDashboard.run(limits: limits) { dashboard in
            var idle: [Connection] = []
            for number in 0..<1000 {
                idle.append(try dashboard.connect())
                if number % 100 == 99 { try await dashboard.expect(200, "GET /healthz") }
            }
            try await poll("all but 256 to be let go") {
                for connection in idle { connection.look() }
                return idle.count(where: { !$0.isEnded }) <= limits.connections
            }
            // Whoever came last stays.
            #expect(idle.last?.isEnded == false)
        }
    }

    @Test func whoIsBusyIsNotSentAway() async throws {
        var limits = DashboardLimits.quick
        limits.connections = 7
        try await RunningDashboard.run(limits: limits) { dashboard in
            var streams: [Connection] = []
            for _ in 0..<7 {
                let stream = try dashboard.connect()
                try await stream.send(RunningDashboard.request("GET /api/v1/events", [dashboard.bearer]))
                try await stream.wait(for: "first")
                streams.append(stream)
            }
            for _ in 0..<50 { try await dashboard.expect(200, "GET /healthz") }
            #expect(dashboard.backend.openStreams == 7)
        }
    }

    @Test func whenAllAreBusyTheNextWaitsForOneToEnd() async throws {
        var limits = DashboardLimits.quick
        limits.connections = 3
        let most = 3 + 16
        try await RunningDashboard.run(limits: limits) { dashboard in
            var streams: [Connection] = []
            for _ in 0..<most {
                let stream = try dashboard.connect()
                try await stream.send(RunningDashboard.request("GET /api/v1/events", [dashboard.bearer]))
                try await stream.wait(for: "first")
                streams.append(stream)
            }
            let next = try dashboard.connect()
            try await next.send(RunningDashboard.request("GET /healthz"))
            streams.removeFirst()
            #expect(try await next.answer().status == 200)
        }
    }

    @Test func aKeptConnectionIsServedAgainAndAgain() async throws {
        try await RunningDashboard.run { dashboard in
            let connection = try dashboard.connect()
            for _ in 0..<50 {
                try await connection.send(RunningDashboard.request("GET /healthz"))
                #expect(try await connection.answer().status == 200)
            }
            let two = RunningDashboard.request("GET /healthz") + RunningDashboard.request("GET /readyz")
            try await connection.send(two)
            #expect(try await connection.answer().body.contains("health"))
            #expect(try await connection.answer().body.contains("readiness"))
        }
    }
}
