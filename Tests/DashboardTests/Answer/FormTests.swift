internal import Dashboard
internal import Testing

@Suite struct FormTests {
    private static let form = "Content-Type: application/x-www-form-urlencoded"
    private static let own = "Origin: http://127.0.0.1:7391"

    @Test(arguments: [
        ("/api/v1/sessions/a/drop", "/#sessions"), ("/api/v1/episodes/1/retry", "/#failures"),
        ("/api/v1/episodes/1/discard", "/#failures"), ("/api/v1/failures/retry?class=timeout", "/#failures"),
        ("/api/v1/circuit/close", "/"),
        ("/api/v1/session/5e1f/restore", "/?session=5e1f"), ("/api/v1/session/5e1f/forget", "/#sessions"),
    ])
    func aFormOfThePageLeadsBackToIt(path: String, place: String) async throws {
        try await RunningDashboard.run { dashboard in
            let headers = [dashboard.cookie, Self.own, Self.form]
            let answer = try await dashboard.call("POST \(path)", headers, body: "confirmed=yes")
            #expect(answer.status == 303)
            #expect(answer.headers["location"] == place)
            #expect(dashboard.backend.asked.count == 1)
            let script = try await dashboard.call("POST \(path)", headers + ["Accept: application/json"], body: "")
            #expect(script.status == 200 && script.headers["content-type"] == "application/json")
        }
    }

    @Test(arguments: [
        (BackendError.Category.invalid, 400), (.unauthorized, 401), (.forbidden, 403), (.notFound, 404),
        (.conflict, 409),
        (.redisUnavailable, 503), (.timeout, 504), (.failed, 500),
    ])
    func errorsOfTheBackendHaveTheirStatus(category: BackendError.Category, status: Int) async throws {
        try await RunningDashboard.run { dashboard in
            dashboard.backend.fail(BackendError(category, "no \"such\"\n<b>\u{202e}", remedy: "try\\again"))
            let json = try await dashboard.call("GET /api/v1/status", [dashboard.bearer])
            #expect(json.status == status)
            let text = #""message": "no \"such\"\n<b>"# + "\u{202e}" + #"", "remedy": "try\\again"}}"#
            #expect(json.body.trimming == #"{"error": {"category": ""# + category.rawValue + #"", "# + text)
            let page = try await dashboard.call("GET /api/v1/status", [dashboard.bearer, "Accept: text/html,*/*"])
            #expect(page.status == status)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.body.contains("<h1>no &quot;such&quot; &lt;b&gt;\u{fffd}</h1>"))
        }
    }

    /// What an error says may name a session.
    @Test(arguments: ["/", "/healthz", "/readyz", "/metrics"])
    func strangersAreNotToldWhatFailed(path: String) async throws {
        try await RunningDashboard.run { dashboard in
            dashboard.backend.fail(BackendError(.failed, "secret of coder/issue-430", remedy: "secret way"))
            let answer = try await dashboard.call("GET \(path)")
            #expect(answer.status == 500)
            #expect(!answer.body.contains("secret"))
        }
    }

    @Test func healthIsAStatus() async throws {
        try await RunningDashboard.run { dashboard in
            dashboard.backend.beWell(false)
            for path in ["/healthz", "/readyz"] { try await dashboard.expect(503, "GET \(path)") }
        }
    }

    @Test func assetsAreSentOnce() async throws {
        try await RunningDashboard.run { dashboard in
            let first = try await dashboard.call("GET /assets/page.css")
            #expect(first.body == "p {}")
            #expect(first.headers["content-type"] == "text/css; charset=utf-8")
            let tag = try #require(first.headers["etag"])
            for known in [tag, "\"other\", W/\(tag)"] {
                let again = try await dashboard.call("GET /assets/page.css", ["If-None-Match: \(known)"])
                #expect(again.status == 304 && again.headers["etag"] == tag)
            }
            try await dashboard.expect(200, "GET /assets/page.css", ["If-None-Match: \"old\""])
        }
    }

    @Test func aSlowBackendIsNotWaitedFor() async throws {
        var limits = DashboardLimits.quick
        limits.answer = .milliseconds(50)
        try await RunningDashboard.run(limits: limits) { dashboard in
            dashboard.backend.beSlow(true)
            let answer = try await dashboard.call("GET /api/v1/status", [dashboard.bearer])
            #expect(answer.status == 504 && answer.body.contains(#""category": "timeout""#))
        }
    }
}
