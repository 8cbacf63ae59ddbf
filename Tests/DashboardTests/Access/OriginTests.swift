internal import Testing

@Suite struct OriginTests {
    private static let post = "POST /api/v1/sessions/coder%2Fissue-430/drop"

    /// What a page elsewhere, or another program's page on this machine, can make a browser send: cookie and all.
    @Test(arguments: [
        ["Origin: https://evil.example"], ["Origin: null"], ["Origin: http://127.0.0.1:3000"],
        ["Origin: http://localhost:7391"], ["Origin: https://127.0.0.1:7391"],
        ["Origin: http://127.0.0.1:7391.evil.example"],
        ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"],
        ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"],
        ["Origin: http://127.0.0.1:7391", "Sec-Fetch-Site: same-site"],
        // No browser of today, but a cookie that nobody vouches for.
        [],
    ])
    func nothingForeignChangesAnything(headers: [String]) async throws {
        try await RunningDashboard.run { dashboard in
            let type = "Content-Type: application/x-www-form-urlencoded"
            let answer = try await dashboard.call(Self.post, [dashboard.cookie, type] + headers, body: "a=b")
            #expect(answer.status == 403)
            for line in ["POST /api/v1/conversations/a/messages", "DELETE /api/v1/conversations/a"] {
                try await dashboard.expect(403, line, [dashboard.cookie, type] + headers, body: "{}")
            }
            #expect(dashboard.backend.asked.isEmpty)
        }
    }

    @Test(arguments: [["Origin: http://127.0.0.1:7391"], ["Sec-Fetch-Site: same-origin"]])
    func ownPagesDo(headers: [String]) async throws {
        try await RunningDashboard.run { dashboard in
            try await dashboard.expect(200, Self.post, [dashboard.cookie] + headers, body: "")
            try await dashboard.expect(200, "DELETE /api/v1/conversations/a", [dashboard.cookie] + headers)
            #expect(dashboard.backend.asked == ["drop coder/issue-430", "clear a"])
        }
    }

    @Test func programsWithTheTokenDo() async throws {
        try await RunningDashboard.run { dashboard in
            try await dashboard.expect(200, Self.post, [dashboard.bearer], body: "")
        }
    }

    @Test(arguments: ["/api/v1/status", "/api/v1/events", "/metrics", "/"])
    func nothingForeignReads(path: String) async throws {
        try await RunningDashboard.run { dashboard in
            for headers in [
                ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"], ["Origin: https://evil.example"],
            ] {
                let answer = try await dashboard.call("GET \(path)", [dashboard.cookie] + headers)
                #expect(answer.status == 403)
                #expect(answer.headers["access-control-allow-origin"] == nil)
            }
            #expect(dashboard.backend.asked.isEmpty && dashboard.backend.openedStreams == 0)
        }
    }

    @Test func aLinkFromElsewhereOpensThePage() async throws {
        try await RunningDashboard.run { dashboard in
            let link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
            try await dashboard.expect(200, "GET /", link)
            let frame = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"]
            try await dashboard.expect(403, "GET /", frame)
        }
    }

    @Test func everyAnswerTellsBrowsersToKeepApart() async throws {
        try await RunningDashboard.run { dashboard in
            for line in [
                "GET /", "GET /healthz", "GET /nothing", "GET /api/v1/status", "PUT /", "GET /assets/page.css",
            ] {
                let answer = try await dashboard.call(line)
                let policy = answer.headers["content-security-policy"] ?? ""
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(line)")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] == "same-origin")
                #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
                #expect(answer.headers["cross-origin-opener-policy"] == "same-origin")
                #expect(answer.headers["cache-control"] == (line.hasSuffix("css") ? "no-cache" : "no-store"))
            }
        }
    }
}
