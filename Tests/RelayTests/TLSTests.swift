internal import Domain
internal import Redis
internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import Relay

/// TLS to a real server that speaks nothing else: whom it is believed, what is said where it is not.
@Suite struct TLSTests {
    private func run(
        _ certificates: TestCertificates, name: String = "server", wantsOurs: Bool = false, host: String = "localhost.",
        extra: [String] = [], user: String? = nil, password: String? = nil, _ tls: RelayPlan.TLS,
        login: @escaping RelayPlan.LoginReader = { .success(.init()) },
        _ body: @Sendable (RelayHouse, RedisServer) async throws -> Void
    ) async throws {
        let port = try FreePort.find()[0]
        let arguments = certificates.arguments(name, port: port, wantsOurs: wantsOurs) + extra
        try await RedisServer.run(
            arguments: arguments,
            url: { RedisURL(endpoint: .unix(path: $0), user: user, password: password) }
        ) { server in
            try await RelayHouse.run("rediss://\(host):\(port)", tls: tls, login: login) { try await body($0, server) }
        }
    }

    private func reason(_ house: RelayHouse) throws -> String {
        let error = #expect(throws: RedisError.self) { try house.send("PING") }
        return error.map { "\($0)" } ?? ""
    }

    private func expect(_ house: RelayHouse, says text: String) throws {
        let reason = try reason(house)
        #expect(reason.contains(text))
    }

    private func expectAnswer(_ house: RelayHouse) throws {
        #expect(try house.send("PING").text == "PONG")
    }

    @Test func aServerOfAKnownAuthorityIsSpokenTo() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("server", for: "DNS:localhost.,DNS:localhost,IP:127.0.0.1")
        for host in ["localhost", "127.0.0.1"] {
            try await run(certificates, host: host, .init(authorities: certificates.authority)) { house, _ in
                #expect(try house.send("SET", "k", "v").text == "OK")
                #expect(try house.send("GET", "k").text == "v")
                let ends = try #require(try house.report().servers[0].certificateEnds)
                #expect(ends > 1_700_000_000)
            }
        }
    }

    @Test func anotherIsNot() async throws {
        let certificates = try await TestCertificates(), others = try await TestCertificates()
        try await certificates.make("server")
        try await run(certificates, host: "127.0.0.1", .init(authorities: others.authority)) { house, _ in
            try expect(house, says: "its certificate is not trusted; name your own authority's in redis.tls_ca_file")
        }
        try await run(certificates, host: "127.0.0.1", .init()) { house, _ in
            try expect(house, says: "not trusted")
        }
        try await certificates.make("elsewhere", for: "DNS:redis.example")
        try await run(certificates, name: "elsewhere", host: "localhost", .init(authorities: certificates.authority)) {
            house, _ in
            try expect(house, says: "for another name; redis.tls_server_name")
        }
        let named = RelayPlan.TLS(authorities: certificates.authority, serverName: "redis.example")
        try await run(certificates, name: "elsewhere", host: "127.0.0.1", named) { house, _ in
            try expectAnswer(house)
        }
    }

    @Test func anExpiredCertificateIsSaid() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("server", hasExpired: true)
        try await run(certificates, host: "127.0.0.1", .init(authorities: certificates.authority)) { house, _ in
            try expect(house, says: "its certificate has expired")
        }
    }

    @Test func oursIsShownWhereItIsWanted() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("server")
        try await certificates.make("client")
        let without = RelayPlan.TLS(authorities: certificates.authority)
        try await run(certificates, wantsOurs: true, host: "127.0.0.1", without) { house, _ in
            try expect(house, says: "redis.tls_cert_file")
        }
        var with = without
        (with.certificate, with.key) = (certificates.certificate("client"), certificates.key("client"))
        try await run(certificates, wantsOurs: true, host: "127.0.0.1", with) { house, _ in
            try expectAnswer(house)
        }
        #expect(Relay.fault(in: with) == nil)
        with.key = certificates.key("server")
        #expect(try #require(Relay.fault(in: with)).contains("do not go together"))
        try await run(certificates, wantsOurs: true, host: "127.0.0.1", with) { house, _ in
            try expect(house, says: "redis.tls_key_file")
        }
    }

    /// A server's certificate is renewed, and ours, while the relay runs.
    @Test func aFileThatIsRenewedCountsWithTheNextConnection() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("server")
        try await certificates.make("client", hasExpired: true)
        let tls = RelayPlan.TLS(
            authorities: certificates.authority, certificate: certificates.certificate("client"),
            key: certificates.key("client"))
        try await run(certificates, wantsOurs: true, host: "127.0.0.1", tls) { house, _ in
            #expect(try !reason(house).isEmpty)
            try await certificates.make("client")
            try await poll("the new one is shown") { (try? house.send("PING").text) == "PONG" }
        }
    }

    @Test func aPasswordThatIsChangedCountsAtOnce() async throws {
        let certificates = try await TestCertificates()
        try await certificates.make("server")
        let password = Mutex("one")
        let rule = ["--user", "default", "off", "--user", "joe", "on", ">one", "~*", "&*", "+@all"]
        try await run(
            certificates, host: "127.0.0.1", extra: rule, user: "joe", password: "one",
            .init(authorities: certificates.authority),
            login: { .success(.init(user: "joe", password: password.withLock { $0 })) }
        ) { house, server in
            try expectAnswer(house)
            var direct = try server.connect()
            _ = try direct.send(["ACL", "SETUSER", "joe", "resetpass", ">two"])
            _ = try direct.send(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
            try await poll("the old one is refused") { (try? house.send("PING")) == nil }
            try expect(house, says: "WRONGPASS")
            password.withLock { $0 = "two" }
            try await poll("the new one is taken") { (try? house.send("PING").text) == "PONG" }
        }
    }

    @Test func aServerWithoutTLSIsSaid() async throws {
        let port = try FreePort.find()[0]
        try await RedisServer.run(arguments: ["--port", "\(port)"]) { _ in
            try await RelayHouse.run("rediss://127.0.0.1:\(port)") { house in
                try expect(house, says: "it does not answer; does it speak TLS?")
            }
        }
    }
}
