internal import Dashboard
internal import Glibc
internal import TestSupport
internal import Testing

@Suite struct StreamTests {
    private func stream(_ dashboard: RunningDashboard, _ headers: [String] = []) async throws -> Connection {
        let connection = try dashboard.connect()
        let request = RunningDashboard.request("GET /api/v1/events", [dashboard.bearer] + headers)
        try await connection.send(request)
        return connection
    }

    @Test func eventsArriveAsTheyHappen() async throws {
        try await RunningDashboard.run { dashboard in
            let connection = try await stream(dashboard)
            try await connection.wait(for: "id: 1\nevent: status\ndata: {\"first\": true}\n\n")
            #expect(connection.text.contains("Content-Type: text/event-stream\r\n"))
            #expect(connection.text.contains("Cache-Control: no-store\r\n"))
            for number in 2..<20 {
                dashboard.backend.happen(ServerSentEvent(id: "\(number)", event: "change", data: "a\nb \(number)"))
                try await connection.wait(for: "id: \(number)\nevent: change\ndata: a\ndata: b \(number)\n\n")
            }
        }
    }

    @Test func aClientThatComesBackSaysWhatItSawLast() async throws {
        try await RunningDashboard.run { dashboard in
            for headers in [["Last-Event-ID: 42-1"], [], ["Last-Event-ID: " + String(repeating: "9", count: 129)]] {
                let connection = try await stream(dashboard, headers)
                try await connection.wait(for: "first")
            }
            #expect(dashboard.backend.since == ["42-1", nil, nil])
        }
    }

    @Test func aSilentStreamIsKeptAlive() async throws {
        var limits = DashboardLimits.quick
        limits.keepAlive = .milliseconds(20)
        try await RunningDashboard.run(limits: limits) { dashboard in
            let connection = try await stream(dashboard)
            try await connection.wait(for: ": still here\n\n")
            let count = connection.text.split(separator: ": still here").count
            try await poll("more comments") {
                connection.look()
                return connection.text.split(separator: ": still here").count > count + 1
            }
        }
    }

    @Test func whenTheBackendHasNoMoreTheStreamEnds() async throws {
        try await RunningDashboard.run { dashboard in
            let connection = try await stream(dashboard)
            try await connection.wait(for: "first")
            dashboard.backend.happen(ServerSentEvent(event: "change", data: "last words"))
            dashboard.backend.endStreams()
            try await connection.waitForEnd()
            #expect(connection.text.contains("last words"))
            // The end of a chunked body: the client knows that it was not cut off.
            #expect(connection.text.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func thereAreSlotsForSoManyAndAgainWhenOneLeaves() async throws {
        var limits = DashboardLimits.quick
        limits.streams = 3
        try await RunningDashboard.run(limits: limits) { dashboard in
            var streams: [Connection] = []
            for _ in 0..<3 {
                streams.append(try await stream(dashboard))
                try await streams.last?.wait(for: "first")
            }
            let refused = try await dashboard.call("GET /api/v1/events", [dashboard.bearer])
            #expect(refused.status == 503 && refused.headers["retry-after"] != nil)
            streams.removeLast()
            try await poll("the stream to be closed") { dashboard.backend.openStreams == 2 }
            var again: Connection?
            for _ in 0..<1000 where again?.text.hasPrefix("HTTP/1.1 200") != true {
                again = try await stream(dashboard)
                try await again?.wait(for: "\r\n\r\n")
            }
            try await again?.wait(for: "first")
        }
    }

    @Test(arguments: ["closes", "resets", "half closes"])
    func whoHasGoneIsNotServedAnyMore(how: String) async throws {
        try await RunningDashboard.run { dashboard in
            var connection: Connection? = try await stream(dashboard)
            try await connection?.wait(for: "first")
            if let connection, how == "half closes" { shutdown(connection.descriptor, Int32(SHUT_WR)) }
            if let connection, how == "resets" { connection.resetOnClose() }
            if how != "half closes" { connection = nil }
            // Nothing happens that could be written: it is the leaving itself that is seen.
            try await poll("the stream to be closed") { dashboard.backend.openStreams == 0 }
            if let connection { try await connection.waitForEnd() }
        }
    }

    @Test func manyThatComeAndGoLeaveNothingBehind() async throws {
        try await RunningDashboard.run { dashboard in
            for round in 0..<40 {
                var streams: [Connection] = []
                for number in 0..<10 {
                    streams.append(try await stream(dashboard))
                    // Some leave before they were answered.
                    if number.isMultiple(of: 2) { try await streams.last?.wait(for: "first") }
                    if number.isMultiple(of: 3) { streams.last?.resetOnClose() }
                }
                dashboard.backend.happen(ServerSentEvent(event: "change", data: "round \(round)"))
                streams = []
                try await poll("the streams to be closed") { dashboard.backend.openStreams == 0 }
            }
            // Every slot is free again.
            var streams: [Connection] = []
            for _ in 0..<DashboardLimits().streams {
                let last = try await stream(dashboard)
                try await last.wait(for: "\r\n\r\n")
                #expect(last.text.hasPrefix("HTTP/1.1 200"))
                streams.append(last)
            }
        }
    }

    /// What it missed is told by the newest status: of 400 MB it gets what the sockets held, and that.
    @Test func aSlowReaderGetsTheNewestStanding() async throws {
        try await RunningDashboard.run { dashboard in
            let slow = try dashboard.connect()
            slow.takeLittle()
            try await slow.send(RunningDashboard.request("GET /api/v1/events", [dashboard.bearer]))
            try await poll("the stream to be opened") { dashboard.backend.openStreams == 1 }
            let filling = String(repeating: "x", count: 100_000)
            let count = 4000
            for number in 1...count {
                dashboard.backend.happen(ServerSentEvent(event: "status", data: "\(number) \(filling)"))
                // As fast as the pump empties the backend's own stream, which has no bound in this stand-in.
                if number.isMultiple(of: 10) { await Task.yield() }
            }
            dashboard.backend.happen(ServerSentEvent(event: "change", data: "the end"))
            try await slow.wait(for: "the end\n\n")
            #expect(slow.text.contains("data: \(count) x"))
            #expect(slow.received.count < count * 100_000 / 4)
        }
    }
}
