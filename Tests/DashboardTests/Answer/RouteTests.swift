internal import Dashboard
internal import Testing

@Suite struct RouteTests {
    @Test(arguments: [
        ("/api/v1/status", "status"), ("/api/v1/fleet", "fleet"), ("/api/v1/sessions", "sessions - 50 0"),
        ("/api/v1/sessions?search=coder%2Fiss+ue&limit=5&offset=10", "sessions coder/iss ue 5 10"),
        ("/api/v1/sessions?search=&limit=", "sessions - 50 0"),
        ("/api/v1/failures?class=rate_limit&key=a&since=24h&limit=1", "failures rate_limit a 24h 1"),
        ("/api/v1/episodes/3f2a", "episode 3f2a"), ("/api/v1/memory?q=what+was%20it", "memory what was it 20"),
        ("/api/v1/history?limit=7", "history 7"), ("/api/v1/conversations?search=bot%2F", "conversations bot/ 50 0"),
        ("/api/v1/conversations/health", "conversation health"),
        ("/api/v1/store/-srv-app", "stored -srv-app"), ("/api/v1/store/p/s/entries", "entries p s"),
        ("/api/v1/store/p/s/entries?subpath=subagents%2Fa-1", "entries p s subagents/a-1"),
        ("/api/v1/store/p/s/subkeys", "subkeys p s"), ("/api/v1/store/p/s/summary", "summary p s"),
    ])
    func asksTheBackend(path: String, asked: String) async throws {
        try await RunningDashboard.run { dashboard in
            let answer = try await dashboard.call("GET \(path)", [dashboard.bearer])
            #expect(answer.status == 200)
            #expect(
                answer.headers["content-type"]
                    == (asked.hasPrefix("entries") ? "application/x-ndjson" : "application/json"))
            #expect(dashboard.backend.asked == [asked])
        }
    }

    @Test(arguments: [
        ("coder%2Fissue-430", "coder/issue-430"), ("coder/issue-430", "coder/issue-430"),
        ("dir:/home/dev/project", "dir:/home/dev/project"), ("dir:%2Fhome%2Fdev", "dir:/home/dev"),
        ("caf%C3%A9%2F%E6%97%A5%E6%9C%AC", "café/日本"), ("a%20b+c%3F", "a b+c?"), ("a%2F%2Fb", "a//b"),
        ("..%2F..%2Fetc", "../../etc"), ("x%2Fdrop", "x/drop"), ("drop", "drop"), ("%25", "%"),
    ])
    func keysArriveAsTheyAre(path: String, key: String) async throws {
        try await RunningDashboard.run { dashboard in
            let found = try await dashboard.call("GET /api/v1/sessions/\(path)", [dashboard.bearer])
            #expect(found.status == 200)
            let dropped = try await dashboard.call("POST /api/v1/sessions/\(path)/drop", [dashboard.bearer], body: "")
            #expect(dropped.status == 200)
            #expect(dashboard.backend.asked == ["look up \(key)", "drop \(key)"])
        }
    }

    @Test(arguments: [
        ("coder%2Fissue-430", "coder/issue-430"), ("coder/issue-430", "coder/issue-430"),
        ("dir:/home/dev", "dir:/home/dev"),
        ("x%2Fcontext", "x/context"), ("messages", "messages"), ("a%2F%2Fb", "a//b"), ("x/health", "x/health"),
    ])
    func keysOfConversationsArriveAsTheyAre(path: String, key: String) async throws {
        try await RunningDashboard.run { dashboard in
            let place = "/api/v1/conversations/\(path)"
            try await dashboard.expect(200, "GET \(place)", [dashboard.bearer])
            try await dashboard.expect(200, "HEAD \(place)", [dashboard.bearer])
            try await dashboard.expect(200, "GET \(place)/context", [dashboard.bearer])
            try await dashboard.expect(200, "GET \(place)/context?max_messages=3&max_chars=500", [dashboard.bearer])
            // As curl sends it, unless it is told of JSON; no form of the page, which would be led back to it.
            let type = "Content-Type: application/x-www-form-urlencoded"
            try await dashboard.expect(200, "POST \(place)/messages", [dashboard.bearer, type], body: "{...}")
            try await dashboard.expect(200, "DELETE \(place)", [dashboard.bearer])
            #expect(
                dashboard.backend.asked == [
                    "conversation \(key)", "conversation \(key)", "context \(key) - -", "context \(key) 3 500",
                    "add {...} to \(key)", "clear \(key)",
                ])
        }
    }

    @Test(arguments: [
        "/nothing", "/api", "/api/v1", "/api/v1/", "/api/v1/status/", "//api/v1/status", "/api//v1/status",
        "/api/v1/../v1/status", "/api/v1/%2e%2e/v1/status", "/assets/../api/v1/status", "/assets/%2E%2e/page.css",
        "/assets/..%2Fpage.css", "/assets/page.css/", "/./healthz", "/healthz/x", "/HEALTHZ", "/api%2Fv1%2Fstatus",
        "/api/v1/episodes/1/2", "/api/v1/sessions/a//b", "/api/v1/sessions/a/../b", "/assets/secret",
    ])
    func tricksFindNothing(path: String) async throws {
        try await RunningDashboard.run { dashboard in
            let answer = try await dashboard.call("GET \(path)", [dashboard.bearer])
            #expect(answer.status == 404)
            #expect(answer.body.hasPrefix(#"{"error": {"category": "not_found", "message": "#))
            #expect(dashboard.backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        "/api/v1/sessions/%zz", "/api/v1/sessions/%", "/api/v1/sessions/%ff", "/api/v1/sessions/a%00b",
        "/api/v1/sessions/a%0d%0ab", "/api/v1/sessions?limit=0", "/api/v1/sessions?limit=501",
        "/api/v1/sessions?limit=many", "/api/v1/sessions?offset=-1", "/api/v1/memory", "/api/v1/memory?q=",
        "/api/v1/memory?q=%ff", "/api/v1/conversations?limit=0", "/api/v1/conversations/a/context?max_chars=many",
        "/api/v1/history?limit=99999999999999999999", "/api/v1/status#x",
    ])
    func whatCannotBeReadIsSaidToBe(path: String) async throws {
        try await RunningDashboard.run { dashboard in
            let answer = try await dashboard.call("GET \(path)", [dashboard.bearer])
            #expect(answer.status == 400)
            #expect(answer.body.isEmpty || answer.body.contains(#""category": "invalid""#))
            #expect(dashboard.backend.asked.isEmpty)
        }
    }

    @Test(arguments: [
        ("POST /api/v1/status", "GET, HEAD"), ("DELETE /api/v1/sessions/a", "GET, HEAD"), ("POST /", "GET, HEAD"),
        ("GET /api/v1/sessions/a/drop", "POST"), ("HEAD /api/v1/episodes/1/retry", "POST"),
        ("PUT /healthz", "GET, HEAD"),
        ("OPTIONS /api/v1/episodes/1/discard", "POST"), ("GET /api/v1/conversations/a/messages", "POST"),
        ("GET /api/v1/store/p/s", "DELETE"), ("DELETE /api/v1/store/p/s/entries", "GET, HEAD, POST"),
        ("POST /api/v1/conversations/a", "GET, HEAD, DELETE"), ("DELETE /api/v1/conversations", "GET, HEAD"),
        ("DELETE /api/v1/conversations/health", "GET, HEAD"), ("DELETE /api/v1/conversations/a/context", "GET, HEAD"),
    ])
    func wrongMethodsAreToldTheRightOnes(line: String, allowed: String) async throws {
        try await RunningDashboard.run { dashboard in
            let answer = try await dashboard.call(line, [dashboard.bearer])
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == allowed)
        }
    }

    @Test(arguments: ["/", "/healthz", "/metrics", "/api/v1/status", "/assets/page.css", "/nothing"])
    func headIsGetWithoutTheBody(path: String) async throws {
        try await RunningDashboard.run { dashboard in
            let get = try await dashboard.call("GET \(path)", [dashboard.bearer])
            let connection = try dashboard.connect()
            for _ in 0..<2 {
                try await connection.send(RunningDashboard.request("HEAD \(path)", [dashboard.bearer]))
                let head = try await connection.answer(isHead: true)
                #expect(head.status == get.status)
                #expect(head.headers["content-length"] == "\(get.body.utf8.count)")
                #expect(head.headers["content-type"] == get.headers["content-type"])
            }
        }
    }

    @Test func headOfTheEventsOpensNoStream() async throws {
        try await RunningDashboard.run { dashboard in
            let head = try await dashboard.call("HEAD /api/v1/events", [dashboard.bearer])
            #expect(head.headers["content-type"] == "text/event-stream")
            #expect(dashboard.backend.openedStreams == 0)
        }
    }
}
