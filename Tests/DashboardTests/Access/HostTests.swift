internal import Testing

@Suite struct HostTests {
    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:7391", "localhost", "LOCALHOST:80", "[::1]", "[::1]:7391", "localhost:65535",
    ])
    func ownNamesAreAnswered(host: String) async throws {
        try await RunningDashboard.run { dashboard in
            try await dashboard.expect(200, "GET /healthz", host: host)
        }
    }

    /// A name that its owner lets point to 127.0.0.1 would make a page of theirs our origin.
    @Test(arguments: [
        "rebound.example", "127.0.0.1.rebound.example", "localhost.rebound.example:7391", "127.0.0.1:7391.example",
        "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:+80", "[::1", "[::1].example", "0.0.0.0:7391", "127.0.0.2", "",
    ])
    func otherNamesAreNot(host: String) async throws {
        try await RunningDashboard.run { dashboard in
            for route in ["/", "/healthz", "/metrics", "/assets/page.css", "/api/v1/status"] {
                let answer = try await dashboard.call("GET \(route)", host: host, [dashboard.bearer])
                #expect(answer.status == 421, "\(route)")
            }
            #expect(dashboard.backend.asked.isEmpty)
        }
    }

    @Test func noNameOrTwoAreNot() async throws {
        try await RunningDashboard.run { dashboard in
            try await dashboard.expect(421, "GET /healthz", host: nil)
            let two = try await dashboard.call("GET /healthz", ["Host: rebound.example"])
            #expect(two.status == 421)
            let other = try await dashboard.call("GET http://127.0.0.1:7391/healthz", host: "rebound.example")
            #expect(other.status == 421)
        }
    }

    /// RFC 9112, 3.2.2: every server takes it, and it counts more than Host. Here both must say the same.
    @Test(arguments: [
        ("http://127.0.0.1:7391/healthz", 200), ("HTTP://127.0.0.1:7391/healthz?a=b", 200),
        ("http://rebound.example/healthz", 421), ("http://127.0.0.1:7392/healthz", 421),
        ("http://localhost:7391/healthz", 421), ("http://user@127.0.0.1:7391/healthz", 421),
        ("http://127.0.0.1:7391.example/healthz", 421), ("https://127.0.0.1:7391/healthz", 421),
        ("http:///healthz", 421), ("ftp://127.0.0.1:7391/healthz", 421),
    ])
    func aTargetInAbsoluteFormNamesTheSame(target: String, status: Int) async throws {
        try await RunningDashboard.run { dashboard in
            try await dashboard.expect(status, "GET \(target)")
        }
    }
}
