internal import Dashboard
internal import Domain
internal import Platform
internal import TestSupport
internal import Testing

@Suite struct SizeTests {
    private static let path = "POST /api/v1/episodes/1/retry"

    @Test func aBodyUpToTheLimitIsTakenAndMoreIsNot() async throws {
        try await RunningDashboard.run { dashboard in
            let limit = DashboardLimits().bodyBytes
            let whole = String(repeating: "a", count: limit)
            try await dashboard.expect(200, Self.path, [dashboard.bearer], body: whole)
            try await dashboard.expect(413, Self.path, [dashboard.bearer], body: whole + "a")
            #expect(dashboard.backend.asked.count == 1)
        }
    }

    /// Nobody who has not said who they are fills our memory.
    @Test func entriesOfAnySizeAreTakenFromTheUserAlone() async throws {
        let path = "POST /api/v1/store/p/s/entries",
            large = String(repeating: "a", count: DashboardLimits().bodyBytes + 1)
        try await RunningDashboard.run { dashboard in
            try await dashboard.expect(413, path, [], body: large)
            try await dashboard.expect(413, path, [dashboard.bearer], body: large)
        }
        let scratch = try Scratch()
        try await RunningDashboard.run(address: .unix(path: scratch.path + "/s"), isForPrograms: true) { dashboard in
            try await poll("the socket") { Files.exists(scratch.path + "/s") }
            let connection = try Connection(socketFile: scratch.path + "/s")
            try await connection.send(RunningDashboard.request(path, body: large))
            #expect(try await connection.answer().status == 200)
            #expect(dashboard.backend.asked == ["store \(large.utf8.count) in p s"])
        }
    }

    @Test func aBodyThatDoesNotSayItsSizeIsCountedAllTheSame() async throws {
        try await RunningDashboard.run { dashboard in
            let connection = try dashboard.connect()
            let head = ["Transfer-Encoding: chunked", dashboard.bearer]
            try await connection.send(RunningDashboard.request(Self.path, head))
            let chunk = "4000\r\n" + String(repeating: "a", count: 0x4000) + "\r\n"
            for _ in 0..<5 { try await connection.send(chunk) }
            #expect(try await connection.answer().status == 413)
            #expect(dashboard.backend.asked.isEmpty)
        }
    }

    /// Nothing is gained by going on: the connection is cut.
    @Test(arguments: ["POST /api/v1/episodes/1/retry", "GET /healthz"])
    func aBodyWithoutEndIsCutOff(line: String) async throws {
        try await RunningDashboard.run { dashboard in
            let connection = try dashboard.connect()
            try await connection.send(
                RunningDashboard.request(line, ["Transfer-Encoding: chunked", dashboard.bearer]))
            let chunk = "10000\r\n" + String(repeating: "a", count: 0x10000) + "\r\n"
            var sent = 0
            while !connection.isEnded, sent < 1000 {
                try await connection.send(chunk)
                connection.look()
                sent += 1
            }
            #expect(sent < 1000)
            try await dashboard.expect(200, "GET /healthz")
        }
    }

    @Test(arguments: ["one long line", "many lines", "a long address", "a long cookie"])
    func floodsOfHeadersAreRefused(kind: String) async throws {
        try await RunningDashboard.run { dashboard in
            let connection = try dashboard.connect()
            try await connection.send(
                kind == "a long address" ? "GET /?" : "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            if kind == "one long line" { try await connection.send("X-Flood: ") }
            if kind == "a long cookie" { try await connection.send("Cookie: holdfast_session_7391=") }
            let part = kind == "many lines" ? "X-Flood: a\r\n" : String(repeating: "a", count: 12)
            // Far more than the limit, and more than the sockets on the way could hold.
            for _ in 0..<2000 where !connection.isEnded {
                try await connection.send(String(repeating: part, count: 1000))
                connection.look()
            }
            // Refused for its size, long before its time is up.
            try await connection.waitForEnd(within: .seconds(60))
            try await poll("the server to let go", within: .seconds(60)) { !connection.isOpen(at: dashboard.port) }
            #expect(connection.text.isEmpty || connection.text.hasPrefix("HTTP/1.1 400"))
            try await dashboard.expect(200, "GET /healthz")
        }
    }

    @Test(arguments: ["\u{16}\u{3}\u{1}", "GET / HTTP/9.9\r\n\r\n", "garbage\r\n\r\n", "GET  HTTP/1.1\r\n\r\n\0\0\0"])
    func whatIsNoHTTPIsCutOff(text: String) async throws {
        try await RunningDashboard.run { dashboard in
            let connection = try dashboard.connect()
            try await connection.send(text)
            try await connection.waitForEnd(within: .seconds(60))
            #expect(connection.text.isEmpty || connection.text.hasPrefix("HTTP/1.1 400"))
        }
    }
}
