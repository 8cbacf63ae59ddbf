internal import Authentication
internal import Dashboard
internal import Domain
internal import Platform
internal import Testing

@Suite struct TokenTests {
    static let guarded = [
        "GET /api/v1/status", "GET /api/v1/sessions", "GET /api/v1/sessions/a", "POST /api/v1/sessions/a/drop",
        "GET /api/v1/failures", "GET /api/v1/episodes/1", "POST /api/v1/episodes/1/retry",
        "POST /api/v1/episodes/1/discard", "GET /api/v1/memory?q=a", "GET /api/v1/history", "GET /api/v1/events",
        "HEAD /api/v1/status", "GET /api/v1/store/p", "GET /api/v1/store/p/s/entries", "POST /api/v1/store/p/s/entries",
        "GET /api/v1/store/p/s/subkeys", "GET /api/v1/store/p/s/summary", "POST /api/v1/store/p/s/summary",
        "DELETE /api/v1/store/p/s",
    ]

    @Test(arguments: guarded)
    func nothingIsShownWithoutTheToken(line: String) async throws {
        try await RunningDashboard.run { dashboard in
            let other = DashboardToken.random().text
            let wrong = [
                [], ["Authorization: Bearer \(other)"], ["Authorization: Basic \(dashboard.token.text)"],
                ["Authorization: Bearer"], ["Authorization: Bearer \(dashboard.token.text.dropLast())"],
                ["Cookie: holdfast_session_7391=\(other)"], ["Cookie: holdfast_session_7391="],
                ["Cookie: holdfast_session_7391=\(dashboard.token.text)"],
                ["Cookie: token=\(dashboard.token.text)"],
            ]
            for headers in wrong {
                let body = line.hasPrefix("POST") ? "" : nil
                let answer = try await dashboard.call(line, headers, body: body)
                #expect(answer.status == 401, "\(headers)")
                #expect(line.hasPrefix("HEAD") || answer.body.contains("holdfast dashboard"))
                #expect(!answer.body.contains(dashboard.token.text))
            }
            #expect(dashboard.backend.asked.isEmpty && dashboard.backend.openedStreams == 0)
        }
    }

    @Test(arguments: ["/healthz", "/readyz", "/metrics", "/assets/page.css", "/"])
    func whatIsPublicIsAnsweredToAnybody(path: String) async throws {
        try await RunningDashboard.run { dashboard in
            try await dashboard.expect(200, "GET \(path)")
        }
    }

    @Test func theTokenInTheAddressBeginsASession() async throws {
        try await RunningDashboard.run { dashboard in
            let answer = try await dashboard.call("GET /?token=\(dashboard.token.text)")
            #expect(answer.status == 303)
            #expect(answer.headers["location"] == "/")
            let cookie = try #require(answer.headers["set-cookie"])
            #expect(cookie.hasPrefix("holdfast_session_7391="))
            #expect(cookie.hasSuffix("; HttpOnly; SameSite=Strict; Path=/; Max-Age=86400"))
            #expect(!cookie.contains(dashboard.token.text))
            #expect(dashboard.backend.asked.isEmpty)

            let pair = cookie.prefix { $0 != ";" }
            let page = try await dashboard.call("GET /?search=coder", ["Cookie: theme=dark; \(pair); a=b"])
            #expect(page.body.contains("page full search=coder"))
            try await dashboard.expect(200, "GET /api/v1/status", ["Cookie: \(pair)"])
        }
    }

    @Test func aPassInTheAddressDoesSoOnce() async throws {
        try await RunningDashboard.run { dashboard in
            let pass = DashboardPass(token: dashboard.token.text, now: HostClock.wallMilliseconds).text
            let answer = try await dashboard.call("GET /?pass=\(pass)")
            #expect(answer.status == 303)
            let cookie = try #require(answer.headers["set-cookie"])
            #expect(!cookie.contains(dashboard.token.text))

            let again = try await dashboard.call("GET /?pass=\(pass)")
            #expect(again.status == 401)
            #expect(again.headers["set-cookie"] == nil)
            #expect(again.body.contains("holdfast dashboard"))
            #expect(dashboard.backend.asked.isEmpty)
        }
    }

    @Test func aPassIsSpentByWhoeverHasTheCookieToo() async throws {
        try await RunningDashboard.run { dashboard in
            let pass = DashboardPass(token: dashboard.token.text, now: HostClock.wallMilliseconds).text
            for _ in 1...2 {
                #expect(try await dashboard.call("GET /?pass=\(pass)", [dashboard.cookie]).status == 303)
            }
            let stranger = try await dashboard.call("GET /?pass=\(pass)")
            #expect(stranger.status == 401)
        }
    }

    @Test func passesOfOthersAndOldOnesOpenNothing() async throws {
        try await RunningDashboard.run { dashboard in
            let now = HostClock.wallMilliseconds
            let token = dashboard.token.text
            let lifetime = DashboardPass.lifetimeMilliseconds
            let good = DashboardPass(token: token, now: now).text
            let later = good.replacing("\(now + lifetime)", with: "\(now + lifetime + 1)")
            let others = DashboardPass(token: String(token.reversed()), now: now).text
            let old = DashboardPass(token: token, now: now - lifetime).text
            // Somebody may have come in by it before the companion began anew.
            let before = DashboardPass(token: token, now: now - 60_000).text
            for pass in [old, before, others, later, "guess", "--", token] {
                let answer = try await dashboard.call("GET /?pass=\(pass)")
                #expect(answer.status == 401, "\(pass)")
            }
        }
    }

    @Test func aWrongTokenInTheAddressDoesNot() async throws {
        try await RunningDashboard.run { dashboard in
            let answer = try await dashboard.call("GET /?token=guess", ["Accept: text/html"])
            #expect(answer.status == 401)
            #expect(answer.headers["set-cookie"] == nil)
            #expect(answer.headers["content-type"]?.hasPrefix("text/html") == true)
            #expect(answer.body.contains("run &#39;holdfast dashboard&#39;"))
        }
    }

    @Test func strangersGetTheReducedPageWithoutTerms() async throws {
        try await RunningDashboard.run { dashboard in
            for headers in [[], ["Cookie: holdfast_session_7391=old"]] {
                let page = try await dashboard.call("GET /?search=coder", headers)
                #expect(page.body.trimming == "{\"asked\": \"page reduced \"}")
            }
        }
    }

    @Test func aGuessCostsTime() async throws {
        var limits = DashboardLimits.quick
        limits.wrongToken = .milliseconds(200)
        try await RunningDashboard.run(limits: limits) { dashboard in
            for (line, headers) in [
                ("GET /api/v1/status", ["Authorization: Bearer guess"]), ("GET /?token=guess", []),
                ("GET /", ["Cookie: holdfast_session_7391=guess"]),
            ] {
                let took = try await ContinuousClock().measure { _ = try await dashboard.call(line, headers) }
                #expect(took >= .milliseconds(200), "\(line)")
            }
        }
    }
}

extension String {
    var trimming: String { String(reversed().drop { $0 == " " || $0 == "\n" }.reversed()) }
}
