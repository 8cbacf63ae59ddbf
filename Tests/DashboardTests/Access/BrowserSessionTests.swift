internal import Authentication
internal import Dashboard
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import TestSupport
internal import Testing

@Suite struct BrowserSessionTests {
    private static let form = "Content-Type: application/x-www-form-urlencoded"
    /// What a browser says of a form in a file of the user's.
    private static let fromFile = [
        form, "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document",
    ]

    private func pair(_ answer: Answer) throws -> String {
        "Cookie: " + (try #require(answer.headers["set-cookie"])).prefix { $0 != ";" }
    }

    @Test func aPostedPassBeginsOneOnce() async throws {
        try await RunningDashboard.run { dashboard in
            let pass = DashboardPass(token: dashboard.token.text, now: HostClock.wallMilliseconds).text
            let answer = try await dashboard.call("POST /enter", Self.fromFile, body: "pass=\(pass)")
            #expect(answer.status == 200)
            // Sent on by the file's page, the browser would keep the strict cookie back.
            #expect(answer.headers["location"] == nil && answer.body.contains("http-equiv=\"refresh\""))
            let cookie = try pair(answer)
            #expect(!cookie.contains(dashboard.token.text) && !cookie.contains(pass))
            try await dashboard.expect(200, "GET /api/v1/status", [cookie])

            let again = try await dashboard.call("POST /enter", Self.fromFile, body: "pass=\(pass)")
            #expect(again.status == 401 && again.headers["set-cookie"] == nil)
            let inAddress = try await dashboard.call("GET /?pass=\(pass)")
            #expect(inAddress.status == 401)
        }
    }

    @Test(arguments: ["", "pass=", "pass=guess", "pass=%00", "token=a", "pass=1-../../x-y"])
    func whatIsNoPassBeginsNone(body: String) async throws {
        try await RunningDashboard.run { dashboard in
            let answer = try await dashboard.call("POST /enter", Self.fromFile, body: body)
            #expect(answer.status == 401 || answer.status == 400)
            #expect(answer.headers["set-cookie"] == nil)
            #expect(dashboard.folder.sessions().count == 1)
        }
    }

    /// Of all addresses only that one may be posted to from elsewhere.
    @Test func onlyTheEntryIsOpenToOtherPages() async throws {
        try await RunningDashboard.run { dashboard in
            let pass = DashboardPass(token: dashboard.token.text, now: HostClock.wallMilliseconds).text
            for target in ["/enter/", "/enter?a=b", "/", "/api/v1/episodes/1/retry"] {
                let answer = try await dashboard.call("POST \(target)", Self.fromFile, body: "pass=\(pass)")
                #expect(answer.status == 403, "\(target)")
            }
            let rebound = try await dashboard.call(
                "POST /enter", host: "rebound.example:7391", Self.fromFile, body: "pass=\(pass)")
            #expect(rebound.status == 421)
            try await dashboard.expect(200, "POST /enter", Self.fromFile, body: "pass=\(pass)")
        }
    }

    @Test func isNoBearerTokenAndNoPass() async throws {
        try await RunningDashboard.run { dashboard in
            let cookie = dashboard.sessionCookie
            for headers in [["Authorization: Bearer \(cookie)"], ["Authorization: Bearer \(cookie.dropFirst(17))"]] {
                try await dashboard.expect(401, "GET /api/v1/status", headers)
            }
            for target in ["/?token=\(cookie)", "/?pass=\(cookie)"] { try await dashboard.expect(401, "GET \(target)") }
            try await dashboard.expect(401, "POST /enter", [Self.form], body: "pass=\(cookie)")
            try await dashboard.expect(200, "GET /api/v1/status", [dashboard.cookie])
        }
    }

    /// Browsers do not tell ports apart: they show the cookie to whatever listens on the machine.
    @Test func isUselessOnAnotherPort() async throws {
        try await RunningDashboard.run { dashboard in
            let renamed = "Cookie: holdfast_session_7392=\(dashboard.sessionCookie)"
            for headers in [[dashboard.cookie], [renamed], [dashboard.cookie, renamed]] {
                try await dashboard.expect(401, "GET /api/v1/status", host: "127.0.0.1:7392", headers)
            }
            try await dashboard.expect(401, "GET /api/v1/status", [renamed])
        }
    }

    @Test func isUselessWithAnotherCompanion() async throws {
        try await RunningDashboard.run { dashboard in
            try await RunningDashboard.run { other in
                try await other.expect(401, "GET /api/v1/status", [dashboard.cookie])
                // Not even with its record: another token made it.
                for session in dashboard.folder.sessions() { try other.folder.keep(session) }
                try await other.expect(401, "GET /api/v1/status", [dashboard.cookie])
            }
        }
    }

    @Test func expires() async throws {
        try await RunningDashboard.run { dashboard in
            let start = HostClock.wallMilliseconds - DashboardSession.lifetimeMilliseconds
            for (began, status) in [(start, 401), (start + 60_000, 200)] {
                let (session, cookie) = DashboardSession.begin(token: dashboard.token.text, port: 7391, now: began)
                try dashboard.folder.keep(session)
                try await dashboard.expect(
                    status, "GET /api/v1/status", ["Cookie: holdfast_session_7391=\(cookie)"])
            }
        }
    }

    /// Who can write the file cannot prolong a session, nor move it to another port.
    @Test func itsRecordIsSigned() {
        let token = String(repeating: "a", count: 64)
        let (session, cookie) = DashboardSession.begin(token: token, port: 7391, now: 1000)
        #expect(DashboardSession(id: session.id, text: session.text) == session)
        #expect(session.matches(cookie: cookie, token: token, port: 7391, now: 1000))
        for (old, new) in [("7391 ", "7392 "), (" 1000 ", " 1001 "), (" 86401000 ", " 99999999 ")] {
            let altered = DashboardSession(id: session.id, text: session.text.replacing(old, with: new))
            let port: UInt16 = new == "7392 " ? 7392 : 7391
            #expect(altered?.matches(cookie: cookie, token: token, port: port, now: 1000) == false, "\(new)")
        }
        #expect(!session.matches(cookie: cookie, token: token, port: 7391, now: session.expiry))
        #expect(!session.text.contains(cookie.suffix(64)))
    }

    @Test func aRevokedOneIsRefusedAndItsStreamEnds() async throws {
        var limits = DashboardLimits.quick
        limits.keepAlive = .milliseconds(20)
        try await RunningDashboard.run(limits: limits) { dashboard in
            let stream = try dashboard.connect()
            try await stream.send(RunningDashboard.request("GET /api/v1/events", [dashboard.cookie]))
            try await stream.wait(for: "first")
            let kept = try #require(dashboard.folder.sessions().first)
            dashboard.folder.revoke(kept.id)
            try await dashboard.expect(401, "GET /api/v1/status", [dashboard.cookie])
            try await poll("the stream's end") { dashboard.backend.openStreams == 0 }
        }
    }

    @Test func theyAreBoundedAndPrivate() throws {
        let scratch = try Scratch()
        let folder = DashboardFolder(path: scratch.path + "/dashboard")
        let token = String(repeating: "a", count: 64), now = HostClock.wallMilliseconds
        for index in 0..<DashboardFolder.capacity + 3 {
            try folder.keep(DashboardSession.begin(token: token, port: 1, now: now + Int64(index)).session)
        }
        let kept = folder.sessions()
        #expect(kept.count == DashboardFolder.capacity)
        #expect(kept.first?.began == now + Int64(DashboardFolder.capacity) + 2)
        #expect(try Files.status(folder.path).st_mode & 0o777 == 0o700)
        for name in try Files.names(in: folder.path) {
            #expect(try Files.status("\(folder.path)/\(name)").st_mode & 0o777 == 0o600)
        }
        folder.sweep(now: now + DashboardSession.lifetimeMilliseconds * 2)
        #expect(try Files.names(in: folder.path).isEmpty)
    }

    @Test func thePageThatOpensItGoesWhenItsPassIsUsed() async throws {
        try await RunningDashboard.run { dashboard in
            let pass = DashboardPass(token: dashboard.token.text, now: HostClock.wallMilliseconds)
            let page = try DashboardEntry(address: "127.0.0.1:7391", pass: pass, folder: dashboard.folder).writePage()
            let status = try Files.status(page)
            #expect(status.st_mode & 0o777 == 0o600 && status.st_uid == geteuid())
            // A folder's listing is not to be enough.
            let code = try #require(pass.text.split(separator: "-").last)
            #expect(!page.contains(code))
            let text = try Files.read(page)
            #expect(text.contains("value=\"\(pass.text)\"") && text.contains("http://127.0.0.1:7391/enter"))
            #expect(!text.contains(dashboard.token.text))
            try await dashboard.expect(200, "POST /enter", Self.fromFile, body: "pass=\(pass.text)")
            #expect(!Files.exists(page))

            let later = DashboardPass(token: dashboard.token.text, now: HostClock.wallMilliseconds)
            let unused = try DashboardEntry(address: "127.0.0.1:7391", pass: later, folder: dashboard.folder)
                .writePage()
            dashboard.folder.sweep(now: HostClock.wallMilliseconds + 1000)
            #expect(Files.exists(unused))
            dashboard.folder.sweep(now: HostClock.wallMilliseconds + DashboardPass.lifetimeMilliseconds)
            #expect(!Files.exists(unused))
        }
    }
}
