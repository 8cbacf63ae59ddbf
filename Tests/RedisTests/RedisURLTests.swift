internal import Domain
import Redis
import Testing

@Suite struct RedisURLTests {
    @Test func readsASocket() throws {
        #expect(try RedisURL("unix:/run/redis.sock").endpoint == .unix(path: "/run/redis.sock"))
        #expect(try RedisURL("unix:///run/redis.sock").endpoint == .unix(path: "/run/redis.sock"))
    }

    @Test func readsUserPasswordHostPortAndDatabase() throws {
        let url = try RedisURL("redis://joe:p%40ss%3a@redis.example:6400/3")
        #expect(
            url
                == RedisURL(
                    endpoint: .tcp(host: "redis.example", port: 6400), user: "joe", password: "p@ss:", database: 3))
        #expect(try RedisURL("redis://:secret@[::1]:6400").endpoint == .tcp(host: "::1", port: 6400))
        #expect(try RedisURL("redis://127.0.0.1").endpoint == .tcp(host: "127.0.0.1", port: 6379))
    }

    @Test func neverShowsThePassword() throws {
        let url = try RedisURL("redis://joe:hunter2@127.0.0.1:6400/3")
        #expect("\(url)" == "redis://joe:***@127.0.0.1:6400/3")
    }

    /// As other clients write it, it would be a path, which everybody is shown.
    @Test(arguments: ["unix://joe:hunter2@/run/r.sock", "unix://:hunt/er2@/run/r.sock", "unix:joe:hunter2@/run/r.sock"])
    func refusesALoginBeforeASocket(text: String) throws {
        let error = #expect(throws: RedisURL.ParseError.self) { try RedisURL(text) }
        #expect(!"\(error as Any)".contains("er2"))
        #expect(try RedisURL("unix:/run/a@b.sock").endpoint == .unix(path: "/run/a@b.sock"))
        #expect(try RedisURL("unix:///run/a@b.sock").endpoint == .unix(path: "/run/a@b.sock"))
    }

    @Test(arguments: [
        "", "redis", "unix:relative", "redis://", "redis://host:0", "redis://host:x", "redis://host:1/x",
        "redis://a:%@h:1",
    ])
    func refusesWhatIsNoURL(text: String) {
        #expect(throws: RedisURL.ParseError.self) { try RedisURL(text) }
    }
}
