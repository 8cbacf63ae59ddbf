internal import Domain
import Redis
import TestSupport
import Testing

/// A script of our own: answers its argument and how long the prelude says it is.
private struct Echo: RedisScript {
    static let text = ScriptSource(
        preludes: [Array("local answer = ARGV[1]\n".utf8)], body: Array("#!lua flags=allow-oom\nreturn answer\n".utf8))
    var source: ScriptSource { Self.text }
    var keys: [RedisKey] { [RedisKey("{test}:echo")] }
    let words: [String]
    func arguments(now: Int64?) -> [String] { words }
    func decode(_ reply: RedisReply) throws(RedisError) -> String {
        guard let text = reply.text else { throw .unexpectedReply(expected: "text") }
        return text
    }
}

@Suite(.redisServer) struct RedisConnectionTests {
    @Test func sendsBytesAsTheyAre() throws {
        var connection = try RedisServer.ofSuite().connect()
        let odd = "a b\r\n\u{0}ü{}\"'"
        #expect(try connection.send(["SET", "odd", odd]) == .text("OK"))
        #expect(try connection.send(["GET", "odd"]) == .text(odd))
        #expect(try connection.send(["SET", "empty", ""]) == .text("OK"))
        #expect(try connection.send(["GET", "empty"]) == .text(""))
    }

    @Test func answersAQueryInOrder() throws {
        var connection = try RedisServer.ofSuite().connect()
        let replies = try connection.ask(
            ForEach([["SET", "p", "1"], ["INCR", "p"], ["GET", "nothing"]].map { PlainCommand($0) }))
        #expect(replies == [.text("OK"), .integer(2), .null])
    }

    @Test func throwsWhatIsRefusedAndReadsAllRepliesAllTheSame() throws {
        var connection = try RedisServer.ofSuite().connect()
        let query = ForEach([["SET", "q", "1"], ["LPUSH", "q", "x"], ["INCR", "q"]].map { PlainCommand($0) })
        #expect(throws: RedisError.self) { try connection.ask(query) }
        // A reply that is left behind would be the next command's.
        #expect(try connection.send(["GET", "q"]) == .text("2"))
    }

    @Test func doesWithoutWhatMayBeRefused() throws {
        var connection = try RedisServer.ofSuite().connect()
        _ = try connection.send(["ACL", "SETUSER", "little", "on", "nopass", "~*", "+ping", "+time"])
        var login = try RedisServer.ofSuite().url
        login.user = "little"
        login.password = "x"
        var little = try RedisConnection(to: login, deadlines: .commandLine)
        let (server, snapshots) = try little.ask(INFO(), CONFIGGET("save"))
        #expect(server.version.isEmpty && snapshots == nil)
        #expect(try connection.ask(CONFIGGET("save")) != nil)
    }

    @Test func runsAScriptThatTheServerForgot() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(try connection.run(Echo(words: ["one"])) == "one")
        _ = try connection.send(["SCRIPT", "FLUSH"])
        #expect(try connection.run(Echo(words: ["two"])) == "two")
    }

    @Test func namesAScriptAsTheServerDoes() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(try connection.send(["SCRIPT", "LOAD", Echo.text.text]).text == Echo.text.sha1)
        let long = ScriptSource(
            preludes: [],
            body: Array("#!lua\n".utf8)
                + Array(String(repeating: "-- 64 bytes or more, so that padding matters\n", count: 99).utf8))
        #expect(try connection.send(["SCRIPT", "LOAD", long.text]).text == long.sha1)
    }

    @Test func tellsApartWhatCanBeWaitedForAndWhatCannot() {
        #expect(
            throws: RedisError.rejected(message: "WRONGTYPE Operation against a key holding the wrong kind of value")
        ) {
            var connection = try RedisServer.ofSuite().connect()
            for words in [["DEL", "t"], ["SET", "t", "1"]] { _ = try connection.send(words) }
            _ = try connection.send(["LPUSH", "t", "x"])
        }
        #expect(RedisError.notNow(message: "LOADING Redis is loading the dataset in memory").isAway)
        #expect(!RedisError.rejected(message: "ERR no").isAway)
    }

    @Test func costsADeadlineWhenTheServerHangs() async throws {
        try await RedisServer.run { server in
            server.hang()
            #expect(
                throws: RedisError.timedOut(
                    reason: "cannot reach Redis at unix:\(server.socket) (no answer in time)")
            ) {
                var connection = try server.connect(.hook)
                _ = try connection.send(["PING"])
            }
        }
    }

    @Test func saysWhereNobodyListens() {
        #expect(
            throws: RedisError.unreachable(
                reason: "cannot reach Redis at unix:/nowhere/redis.sock (No such file or directory)")
        ) {
            _ = try RedisConnection(to: RedisURL(endpoint: .unix(path: "/nowhere/redis.sock")), deadlines: .hook)
        }
    }

    @Test func logsInAndSelectsADatabase() async throws {
        try await RedisServer.run(
            arguments: ["--requirepass", "s3cret"],
            url: { RedisURL(endpoint: .unix(path: $0), password: "s3cret", database: 2) }
        ) { server in
            var connection = try server.connect()
            _ = try connection.send(["SET", "here", "1"])
            let info = try connection.send(["INFO", "keyspace"]).text ?? ""
            #expect(info.contains("db2:"))

            var wrong = server.url
            wrong.password = "wrong"
            #expect(throws: RedisError.self) {
                var refused = try RedisConnection(to: wrong, deadlines: .commandLine)
                _ = try refused.send(["PING"])
            }
        }
    }
}
