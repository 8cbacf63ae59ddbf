internal import Dashboard
internal import Domain
internal import Glibc
internal import InMemoryLogging
internal import Logging
internal import TestSupport
internal import Testing

@Suite struct ListenTests {
    @Test func aTakenPortIsAWarningAndTriedAgain() async throws {
        var holder: Int32? = nil
        let port = try Ports.take(&holder)
        try await RunningDashboard.run(address: .tcp(host: "127.0.0.1", port: port)) { dashboard in
            try await poll("a warning") { !dashboard.warnings.isEmpty }
            let warning = try #require(dashboard.warnings.first)
            #expect(warning.contains("port \(port) is taken") && warning.contains("dashboard.listen"))
            #expect(warning.contains("all else goes on"))
            try await poll("more attempts") {
                dashboard.log.entries.count { "\($0.message)".contains("port \(port) is taken") } > 3
            }
            #expect(dashboard.warnings.count == 1)
            if let holder { close(holder) }
            var answer: Answer?
            try await poll("the port") { (try? Connection(port: port)) != nil }
            let connection = try Connection(port: port)
            try await connection.send(RunningDashboard.request("GET /healthz"))
            answer = try await connection.answer()
            #expect(answer?.status == 200)
        }
    }

    @Test func itStopsWhileItWaitsForAPort() async throws {
        var limits = DashboardLimits.quick
        limits.retry = .seconds(600)
        var holder: Int32? = nil
        let port = try Ports.take(&holder)
        try await RunningDashboard.run(address: .tcp(host: "127.0.0.1", port: port), limits: limits) { dashboard in
            try await poll("a warning") { !dashboard.warnings.isEmpty }
        }
        if let holder { close(holder) }
    }

    @Test func aSocketFileIsForItsUserOnly() async throws {
        let folder = try Scratch()
        let path = folder.path + "/dashboard.sock"
        try await RunningDashboard.run(address: .unix(path: path)) { dashboard in
            try await poll("the socket") { folder.mode(of: "dashboard.sock") == 0o600 }
            #expect(folder.names == ["dashboard.sock"])
            let connection = try Connection(socketFile: path)
            try await connection.send(RunningDashboard.request("GET /healthz", host: "anything"))
            #expect(try await connection.answer().status == 200)
            // The socket's mode lets only the user in, but that is no reason to forget the token.
            try await connection.send(RunningDashboard.request("GET /api/v1/status", host: "anything"))
            #expect(try await connection.answer().status == 401)
        }
        #expect(folder.names.isEmpty)
    }

    @Test func aSocketThatADeadProgramLeftIsReplaced() async throws {
        let folder = try Scratch()
        let path = folder.path + "/dashboard.sock"
        close(try Ports.listen(on: path))
        #expect(folder.names == ["dashboard.sock"])
        try await RunningDashboard.run(address: .unix(path: path)) { dashboard in
            try await poll("the socket") { (try? Connection(socketFile: path)) != nil }
            #expect(dashboard.warnings.isEmpty)
        }
    }

    @Test func aSocketInUseIsLeftAlone() async throws {
        let folder = try Scratch()
        let path = folder.path + "/dashboard.sock"
        let holder = try Ports.listen(on: path)
        try await RunningDashboard.run(address: .unix(path: path)) { dashboard in
            try await poll("a warning") { !dashboard.warnings.isEmpty }
            #expect(dashboard.warnings.first?.contains("another program listens on \(path)") == true)
            #expect(folder.names == ["dashboard.sock"])
            close(holder)
            try await poll("the socket") { folder.mode(of: "dashboard.sock") == 0o600 }
        }
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        let folder = try Scratch()
        let path = try folder.write("mine", to: "notes")
        try await RunningDashboard.run(address: .unix(path: path)) { dashboard in
            try await poll("a warning") { dashboard.warnings.first?.contains("is a file, not a socket") == true }
        }
        try await RunningDashboard.run(address: .unix(path: folder.path + "/no/s")) { dashboard in
            try await poll("a warning") { dashboard.warnings.first?.contains("make the folder") == true }
        }
        #expect(folder.names == ["notes"])
    }
}
