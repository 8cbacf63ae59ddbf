import Domain
import Glibc
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// What is told while Redis cannot be asked.
@Suite struct AwayTests {
    @Test func tellsOfAServerThatIsDownAndSinceWhen() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(server: server)
            let companion = try test.beat()
            #expect(try test.place.status().redis.available)
            kill(server.pid, SIGKILL)
            try await poll("the server is gone") { try !test.place.status().redis.available }
            let first = try test.place.status()
            #expect(first.troubles.first?.kind == .redis_down)
            #expect(first.source == .files)
            let later = try test.place.status()
            #expect(later.troubles.first?.since == first.troubles.first?.since)
            #expect(later.sentence.contains("at risk: nothing"))
            withExtendedLifetime(companion) {}
        }
    }

    @Test func tellsOfAServerThatHangsAndForgetsItAfterwards() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(#"{"redis": {"reply_timeout_ms": 50}}"#, server: server)
            let companion = try test.beat()
            server.hang()
            #expect(try test.place.status().troubles.first?.kind == .redis_hung)
            server.goOn()
            try await poll("it answers again") { try test.place.status().redis.available }
            let left = (try? Files.read(test.place.settings.state.troubles)) ?? ""
            #expect(!left.contains("redis_hung"))
            withExtendedLifetime(companion) {}
        }
    }

    @Test func tellsOfAServerThatThrowsKeysAway() async throws {
        let arguments = ["--maxmemory", "2500000", "--maxmemory-policy", "allkeys-random"]
        try await RedisServer.run(arguments: arguments) { server in
            let test = try TestPlace(server: server)
            let companion = try test.beat()
            let text = String(repeating: "x", count: 10_000)
            for number in 0..<400 { _ = try test.connection.send(["SET", "filler:\(number)", text]) }
            let trouble = try #require(try test.place.status().troubles.first { $0.kind == .redis_evicting })
            #expect(trouble.since != nil)
            #expect(trouble.remedy.contains("noeviction"))
            withExtendedLifetime(companion) {}
        }
    }

    @Test func tellsOfAServerThatRefusesTheLogin() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(server: server)
            let companion = try test.beat()
            _ = try test.connection.send(["CONFIG", "SET", "requirepass", "s3cret"])
            let status = try test.place.status()
            #expect(status.troubles.first?.kind == .redis_refuses)
            #expect(status.sentence.contains("user and password"))
            withExtendedLifetime(companion) {}
        }
    }

    /// The next try is minutes away: whoever waits is told at once what the first one answered.
    @Test(arguments: [(FailureCategory.rateLimit, false, "rate_limit"), (.contentFilter, true, "invalid")])
    func saysAtOnceWhatTheFirstTryAnswered(category: FailureCategory, isDead: Bool, word: String) async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(
                #"{"provider": {"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1"}}"#, server: server)
            let companion = try test.beat()
            let watch = ContinuousClock().now
            var hasFailed = false
            let added = try test.place.add(
                "db2 has the data", key: nil, patience: .seconds(60),
                onWait: { _ in
                    guard !hasFailed, let id = try? test.connection.ask(test.queue.unarchived(1)).first else { return }
                    _ = try? test.connection.run(test.queue.markingArchived([id]))
                    try? test.failAll(category, dead: isDead)
                    hasFailed = true
                })
            #expect(added.outcome == (isDead ? .degraded : .queued))
            #expect(added.category?.rawValue == word && added.retryable == !isDead)
            #expect((added.next_retry != nil) == !isDead)
            #expect(added.reason?.contains("said \(category)") == true, "\(added)")
            #expect(ContinuousClock().now - watch < .seconds(30))
            withExtendedLifetime(companion) {}
        }
    }

    /// Without its secrets, and as the companion will tell the queue.
    @Test func keepsATextThatRedisDoesNotTake() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(#"{"on_llm_unavailable": "store_raw"}"#, server: server)
            kill(server.pid, SIGKILL)
            try await poll("the server is gone") { try !test.place.status().redis.available }
            let secret = "ghp_" + "Zq8Lk2Vn4Xr7Tw9Yb3Dm6Hs1Jf5Gc0PaQeUi"
            let key = try DispatchKey("ops")
            let added = try test.place.add("db2 has the data, \(secret)", key: key, patience: .zero)
            #expect(added.outcome == .queued)
            #expect(added.category == .redis_unavailable)
            let folder = AdditionFolder(test.place.settings.state)
            let file = try #require(folder.files.first)
            #expect(!(try Files.read(file)).contains(secret))
            let addition = try folder.addition(in: file)
            #expect(addition.id.rawValue == added.episode_id)
            #expect(addition.key == key)
            #expect(addition.text.hasPrefix("db2 has the data"))
            #expect(try test.place.status().capture.notes == 1)

            _ = try test.place.add("db2 has the data, \(secret)", key: key, patience: .zero)
            #expect(folder.files == [file], "the same text is kept once")
            try Files.write("{", to: file)
            #expect(throws: (any Error).self) { try folder.addition(in: file) }
            folder.refuse(file)
            #expect(folder.files.isEmpty)
        }
    }
}
