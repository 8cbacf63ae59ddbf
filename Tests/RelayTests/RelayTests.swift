internal import Domain
internal import Glibc
internal import Redis
internal import TestSupport
internal import Testing
internal import Threads

@testable internal import Relay

/// Clients of the relay, before a real server.
@Suite(.redisServer) struct RelayTests {
    /// A server by name, on a port.
    private func run(
        _ arguments: [String] = [], _ body: @Sendable (RelayHouse, RedisServer) async throws -> Void
    ) async throws {
        let port = try FreePort.find()[0]
        try await RedisServer.run(arguments: ["--port", "\(port)"] + arguments) { server in
            try await RelayHouse.run(RedisUpstream(name: "localhost", port)) { try await body($0, server) }
        }
    }

    @Test func saysWhatTheServerSays() async throws {
        try await run { house, server in
            var direct = try server.connect(), relayed = try house.connect()
            for words in [
                ["SET", "k", "v"], ["GET", "k"], ["GET", "none"], ["LPUSH", "l", "a", "b"], ["LRANGE", "l", "0", "-1"],
                ["HSET", "h", "f", "\u{e9}\r\n$5"], ["HGETALL", "h"], ["SCAN", "0"], ["EXISTS", "k", "h"],
            ] {
                let answer = try relayed.send(words)
                if words[0] != "LPUSH", words[0] != "HSET", words[0] != "SCAN" {
                    #expect(try direct.send(words) == answer, "\(words)")
                }
            }
            #expect(throws: RedisError.self) { try relayed.send(["LPUSH", "k", "x"]) }
            #expect(
                throws: RedisError.rejected(message: "ERR unknown command 'NONSENSE', with args beginning with: 'x' ")
            ) {
                try relayed.send(["NONSENSE", "x"])
            }
        }
    }

    /// Over several connections the server would run them in another order.
    @Test func commandsRunInTheOrderOfTheirClient() async throws {
        try await run { house, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<12 {
                    group.addTask {
                        var connection = try house.connect()
                        for round in 0..<20 {
                            let numbers = (0..<50).map { "\(round).\($0)" }
                            // Of different sizes, so that one connection would be ahead of another.
                            let pushes = numbers.enumerated().map { index, number in
                                PlainCommand([
                                    "RPUSH", "list:\(client)", number, String(repeating: "x", count: index % 7 * 3000),
                                ])
                            }
                            _ = try connection.ask(ForEach(pushes))
                        }
                        let kept = try connection.send(["LRANGE", "list:\(client)", "0", "-1"]).array ?? []
                        let numbers = stride(from: 0, to: kept.count, by: 2).map { kept[$0].text ?? "" }
                        #expect(numbers == (0..<20).flatMap { round in (0..<50).map { "\(round).\($0)" } })
                    }
                }
                try await group.waitForAll()
            }
            #expect(try house.report().servers[0].connections > 1)
        }
    }

    /// Any number of commands at once, of any size: each has its own answer, in its place.
    @Test(arguments: [1, 2, 3]) func keepsAnswersInTheirOrder(seed: Int) async throws {
        try await run { house, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<20 {
                    group.addTask {
                        var random = SeededRandom(seed: UInt64(seed * 100 + client))
                        var connection = try house.connect()
                        for _ in 0..<30 {
                            let texts = (0..<Int.random(in: 1...30, using: &random)).map { number in
                                "\(client).\(number)."
                                    + String(repeating: "x", count: .random(in: 0...5000, using: &random))
                            }
                            let answers = try connection.ask(ForEach(texts.map { PlainCommand(["ECHO", $0]) }))
                            #expect(answers.map(\.text) == texts)
                        }
                    }
                }
                try await group.waitForAll()
            }
            // All of them over a handful of connections.
            #expect(try house.report().servers[0].connections <= 4)
        }
    }

    @Test func whoWaitsHoldsUpNobody() async throws {
        try await run { house, _ in
            _ = try house.send("PING")
            // Not on a thread that other tests want meanwhile.
            async let read = BlockingWork.run { try house.send("XREAD", "BLOCK", 60_000, "STREAMS", "s", "$") }
            // Before the server has heard it, what is added is no news to it.
            try await poll("it waits") { try house.send("INFO", "clients").text?.contains("blocked_clients:1") == true }
            #expect(try house.report().servers[0].connections == 2)
            #expect(try house.send("PING").text == "PONG")
            _ = try house.send("XADD", "s", "*", "f", "v")
            #expect(try await read.array?.count == 1)
            // The connection is kept for the next one.
            _ = try house.send("XREAD", "BLOCK", 1, "STREAMS", "s", "$")
            #expect(try house.report().servers[0].connections == 2)
        }
    }

    /// Who goes away while it waits takes its connection with it.
    @Test func whoGoesWaitsNoLonger() async throws {
        try await run { house, _ in
            _ = try house.send("PING")
            do {
                var connection = try house.connect(RedisDeadlines(connect: .seconds(1), reply: .milliseconds(300)))
                #expect(throws: RedisError.self) {
                    try connection.send(["XREAD", "BLOCK", "60000", "STREAMS", "s", "$"])
                }
            }
            try await poll("its connection is gone") { try house.report().servers[0].connections == 1 }
        }
    }

    @Test func aServerThatIsAwayIsSaidAtOnceAndComesBack() async throws {
        let port = try FreePort.find()[0]
        try await RelayHouse.run(RedisUpstream(name: "localhost", port)) { house in
            for _ in 0..<3 {
                let error = #expect(throws: RedisError.self) { try house.send("PING") }
                guard case .unreachable(let reason)? = error else {
                    Issue.record("\(error as Any)")
                    continue
                }
                #expect(reason.contains("localhost:\(port): nobody listens there"))
            }
            try await RedisServer.run(arguments: ["--port", "\(port)"]) { _ in
                try await poll("it is back") { (try? house.send("PING").text) == "PONG" }
            }
            // Its end ends nobody's connection to the relay.
            var connection = try house.connect()
            #expect(throws: RedisError.self) { try connection.send(["PING"]) }
            #expect(throws: RedisError.self) { try connection.send(["PING"]) }
        }
    }

    /// As with a server itself: what was sent behind is not carried out, and the connection is of no more use.
    @Test func whatComesBehindAFailureIsNotCarriedOut() async throws {
        try await run { house, server in
            _ = try house.send("SET", "count", 0)
            server.hang()
            var connection = try house.connect(RedisDeadlines(connect: .seconds(1), reply: .seconds(30)))
            async let asking = BlockingWork.run {
                var connection = try house.connect(RedisDeadlines(connect: .seconds(1), reply: .seconds(30)))
                return try connection.ask(
                    ForEach([
                        PlainCommand(["XREAD", "BLOCK", "1", "STREAMS", "s", "$"]), PlainCommand(["INCR", "count"]),
                    ]))
            }
            try await poll("it waits") { try house.report().clients >= 2 }
            server.kill()
            var failure: (any Error)?
            do { _ = try await asking } catch { failure = error }
            #expect(failure is RedisError, "\(failure as Any)")
            #expect(throws: RedisError.self) { try connection.send(["PING"]) }
        }
    }

    @Test func whoSaysGoodbyeGoesAlone() async throws {
        try await run { house, _ in
            _ = try house.send("PING")
            let path = if case .unix(let path) = house.url.endpoint { path } else { "" }
            var other = try house.connect()
            #expect(try Raw.exchange("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n", with: path) == "+PONG\r\n+OK\r\n")
            #expect(try other.send(["PING"]).text == "PONG")
            // The longest wait that can be said is none that is too long to be reckoned with.
            var waiting = try house.connect(RedisDeadlines(connect: .seconds(1), reply: .milliseconds(200)))
            #expect(throws: RedisError.self) {
                try waiting.send(["XREAD", "BLOCK", "9223372036854775807", "STREAMS", "s", "$"])
            }
            #expect(try other.send(["PING"]).text == "PONG")
        }
    }

    /// Thousands that fail at once, in one piece.
    @Test func aFloodWhileTheServerIsAwayIsSurvived() async throws {
        let port = try FreePort.find()[0]
        try await RelayHouse.run(RedisUpstream(name: "localhost", port)) { house in
            #expect(throws: RedisError.self) { try house.send("PING") }
            let path = if case .unix(let path) = house.url.endpoint { path } else { "" }
            // Closed behind the first failure, with the rest unread: the kernel may say so before that is read.
            _ = try? Raw.exchange(String(repeating: "*1\r\n$4\r\nPING\r\n", count: 4000), with: path)
            let report = try house.report()
            #expect(report.servers[0].failure != nil)
        }
    }

    /// What a person's redis-cli asks first nests deepest.
    @Test func whatRedisCliAsksFirstIsAnswered() async throws {
        try await run { house, _ in
            let path = if case .unix(let path) = house.url.endpoint { path } else { "" }
            let answer = try Raw.exchange(
                "*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n*1\r\n$4\r\nQUIT\r\n", with: path)
            #expect(answer.hasPrefix("*") && answer.hasSuffix("+OK\r\n"))
        }
    }

    @Test(arguments: ["nonsense\r\n", "*99999999999\r\n", "$-7\r\n"]) func garbageEndsALink(answer: String) async throws
    {
        try await HostileRedis.run(answer, then: answer, .dripping(every: .milliseconds(50)), port: true) { server in
            guard case .tcp(_, let port) = server.url.endpoint else { return }
            try await RelayHouse.run(RedisUpstream(name: "localhost", port)) { house in
                let error = #expect(throws: RedisError.self) { try house.send("GET", "k") }
                #expect("\(error as Any)".contains("no Redis"))
            }
        }
    }

    @Test func aServerThatHangsCostsOneDeadline() async throws {
        try await run { house, server in
            _ = try house.send("PING")
            server.hang()
            var connection = try house.connect(.hook)
            #expect(throws: RedisError.self) { try connection.send(["PING"]) }
            server.goOn()
            try await poll("it goes on") { (try? house.send("PING").text) == "PONG" }
        }
    }

    @Test func whatIsNoCommandEndsItsConnectionAlone() async throws {
        try await run { house, _ in
            var other = try house.connect()
            let path = if case .unix(let path) = house.url.endpoint { path } else { "" }
            for text in ["hello\r\n", "*1\r\n:5\r\n", "*2\r\n$1\r\nx\r\n*0\r\n", "$3\r\nabc\r\n", "\u{0}\u{1}\r\n"] {
                let answer = try Raw.exchange(text, with: path)
                #expect(answer.hasPrefix("-ERR Protocol error"), "\(text)")
            }
            #expect(try other.send(["PING"]).text == "PONG")
            let error = #expect(throws: RedisError.self) { try other.send(["SELECT", "3"]) }
            #expect("\(error as Any)".contains("redis.url"))
            #expect(try other.send(["PING"]).text == "PONG")
        }
    }

    @Test func scriptsThatAServerForgotAreSentAgain() async throws {
        try await run { house, server in
            var connection = try house.connect(), direct = try server.connect()
            let script = EchoScript(key: RedisKey("k"))
            #expect(try connection.run(script) == "k")
            _ = try direct.send(["SCRIPT", "FLUSH"])
            #expect(try connection.run(script) == "k")
        }
    }
}

private struct EchoScript: RedisScript {
    let key: RedisKey
    var source: ScriptSource { ScriptSource(preludes: [], body: Array("#!lua\nreturn KEYS[1]".utf8)) }
    var keys: [RedisKey] { [key] }
    func arguments(now: Int64?) -> [String] { [] }
    func decode(_ reply: RedisReply) throws(RedisError) -> String { reply.text ?? "" }
}

extension RedisUpstream {
    /// One server, without TLS.
    fileprivate init(name: String, _ port: Int) {
        self.init(kind: .server, servers: [.init(host: name, port: port)], usesTLS: false)
    }
}
