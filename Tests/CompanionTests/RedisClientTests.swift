import Companion
internal import Domain
import Redis
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct RedisClientTests {
    @Test func comesBackAfterItsConnectionWasClosed() async throws {
        let server = try RedisServer.ofSuite()
        let client = RedisClient(RedisConnector(url: server.url))
        #expect(try await client.ask(PlainCommand(["SET", "client", "1"])) == .text("OK"))
        var other = try server.connect()
        _ = try other.send(["CLIENT", "KILL", "TYPE", "normal"])
        #expect(try await client.ask(PlainCommand(["GET", "client"])) == .text("1"))
    }

    @Test(.timeLimit(.minutes(10))) func whatWaitsForAReplyIsCutOff() async throws {
        try await RedisServer.run { server in
            let deadlines = RedisDeadlines(connect: .seconds(1), reply: .seconds(600))
            let client = RedisClient(RedisConnector(url: server.url), deadlines: deadlines)
            var other = try server.connect()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await client.ask(PlainCommand(["BLPOP", "nothing", "0"])) }
                try await poll("it waits") {
                    try other.send(["CLIENT", "LIST"]).text?.contains("cmd=blpop") ?? false
                }
                client.cut()
                await #expect(throws: RedisError.self) { try await group.next() }
            }
            // For good: a new connection would wait again.
            await #expect(throws: RedisError.self) { try await client.ask(PlainCommand(["PING"])) }
        }
    }

    @Test func comesBackAfterTheServerWasAway() async throws {
        let scratch = try Scratch()
        let place = scratch.path + "/moved.sock"
        let client = RedisClient(RedisConnector(url: RedisURL(endpoint: .unix(path: place))))
        await #expect(throws: RedisError.self) { try await client.ask(PlainCommand(["PING"])) }
        try await RedisServer.run(
            arguments: ["--unixsocket", place], url: { _ in RedisURL(endpoint: .unix(path: place)) }
        ) { _ in
            let reply = try await client.ask(PlainCommand(["PING"]))
            #expect(reply == .text("PONG"))
        }
    }

    @Test func saysReadOnlyInsteadOfBreaking() async throws {
        try await RedisServer.run(arguments: ["--replicaof", "127.0.0.1", "1"]) { server in
            let client = RedisClient(RedisConnector(url: server.url))
            await #expect(throws: RedisError.notNow(message: "READONLY You can't write against a read only replica.")) {
                try await client.ask(PlainCommand(["SET", "a", "1"]))
            }
            _ = try await client.ask(PlainCommand(["REPLICAOF", "NO", "ONE"]))
            #expect(try await client.ask(PlainCommand(["SET", "a", "1"])) == .text("OK"))
        }
    }
}
