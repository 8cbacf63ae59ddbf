internal import Domain
internal import Testing

/// What `redis.url` may say, and whether the relay is needed for it.
@Suite struct RedisPlaceTests {
    private func upstream(_ text: String) throws -> RedisUpstream? {
        guard case .relayed(let upstream) = try RedisPlace(text) else { return nil }
        return upstream
    }

    @Test func whatHooksCanGoToIsDirect() throws {
        for text in ["unix:/run/r.sock", "redis://127.0.0.1:6400/3", "redis://[::1]", "redis://localhost"] {
            #expect(try upstream(text) == nil)
        }
    }

    @Test func aNameIsForTheRelay() throws {
        let named = try upstream("redis://joe:secret@redis.internal:6400/3")
        #expect(
            named
                == RedisUpstream(
                    kind: .server, servers: [.init(host: "redis.internal", port: 6400)], usesTLS: false, user: "joe",
                    password: "secret", database: 3))
    }

    @Test func readsEachForm() throws {
        #expect(
            try upstream("rediss://:p%40ss@127.0.0.1")
                == RedisUpstream(
                    kind: .server, servers: [.init(host: "127.0.0.1", port: 6379)], usesTLS: true, password: "p@ss"))
        #expect(
            try upstream("rediss+sentinel://joe:x@a,b:1,[::1]:2/mymaster/4")
                == RedisUpstream(
                    kind: .sentinel(service: "mymaster"),
                    servers: [
                        .init(host: "a", port: 26_379), .init(host: "b", port: 1), .init(host: "::1", port: 2),
                    ], usesTLS: true, user: "joe", password: "x", database: 4))
        #expect(
            try upstream("redis+cluster://a:7000,b")
                == RedisUpstream(
                    kind: .cluster, servers: [.init(host: "a", port: 7000), .init(host: "b", port: 6379)],
                    usesTLS: false))
    }

    @Test func aServiceHasAnyName() throws {
        #expect(try upstream("redis+sentinel://a/my%20master%2F1/2")?.kind == .sentinel(service: "my master/1"))
    }

    /// What is read is written the same way, but for the password.
    @Test(arguments: [
        "rediss://a.example:1", "rediss://joe:***@a.example:1/2", "rediss://:***@127.0.0.1:1",
        "redis+sentinel://a:1,b:2/mymaster", "redis+sentinel://a:1/mymaster/3", "rediss+cluster://a:1,[::1]:2",
        "rediss://joe@a:1", "redis+sentinel://a:1/my%20master%2F1",
    ])
    func isShownWithoutItsPassword(text: String) throws {
        let written = text.replacing("***", with: "hunter2").replacing("joe@", with: "joe:@")
        #expect(try upstream(written)?.description == text)
    }

    @Test(arguments: [
        "redis+sentinel://a", "redis+sentinel://a/", "redis+sentinel://a/s/x", "redis+cluster://a/0",
        "redis+cluster://", "rediss://", "rediss://a,b", "redis://a,b", "rediss://a:0", "redis+sentinel:a/s",
        "redis+sentinel://a,,b/s", "redis+sentinel://a/%", "valkey://a",
    ])
    func refusesWhatIsNone(text: String) {
        #expect(throws: RedisURL.ParseError.self) { try RedisPlace(text) }
    }

    @Test func aKeyHasTheSlotThatRedisGivesIt() {
        // By redis-cli's CLUSTER KEYSLOT.
        for (key, slot) in [
            ("foo", 12_182), ("{user1000}.following", 3443), ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015),
        ] {
            #expect(ClusterSlot.of(key.utf8) == slot)
        }
    }
}
