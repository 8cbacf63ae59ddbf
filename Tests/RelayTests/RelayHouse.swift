internal import Domain
internal import Logging
internal import Redis
internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import Relay

/// A relay on a socket of its own, for as long as a test's body takes.
struct RelayHouse: Sendable {
    let url: RedisURL

    static func run<Answer: Sendable>(
        _ url: String, tls: RelayPlan.TLS = .init(),
        login: @escaping RelayPlan.LoginReader = { .success(.init()) },
        _ body: @Sendable (RelayHouse) async throws -> Answer
    ) async throws -> Answer {
        guard case .relayed(let upstream) = try RedisPlace(url) else {
            throw PollTimeout(description: "\(url) needs no relay")
        }
        return try await run(upstream, tls: tls, login: login, body)
    }

    static func run<Answer: Sendable>(
        _ upstream: RedisUpstream, tls: RelayPlan.TLS = .init(), connections: Int = 4,
        login: @escaping RelayPlan.LoginReader = { .success(.init()) },
        _ body: @Sendable (RelayHouse) async throws -> Answer
    ) async throws -> Answer {
        let scratch = try Scratch()
        let plan = RelayPlan(
            socket: scratch.path + "/relay.sock", upstream: upstream, tls: tls, connections: connections, login: login)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Relay(plan, logger: Logger(label: "relay")).run() }
            let house = RelayHouse(url: RedisURL(endpoint: .unix(path: plan.socket)))
            try await poll("the relay listens") { (try? house.connect()) != nil }
            let answer: Result<Answer, any Error>
            do { answer = .success(try await body(house)) } catch { answer = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            withExtendedLifetime(scratch) {}
            return try answer.get()
        }
    }

    /// Patient, unless a test is about deadlines: a machine that is busy is late, and not wrong.
    func connect(
        _ deadlines: RedisDeadlines = RedisDeadlines(connect: .seconds(5), reply: .seconds(60))
    ) throws -> RedisConnection {
        try RedisConnection(to: url, deadlines: deadlines)
    }

    /// One command over a connection of its own.
    func send(_ words: any CustomStringConvertible...) throws -> RedisReply {
        var connection = try connect()
        return try connection.send(words)
    }

    func report() throws -> RelayReport {
        let text = try #require(try send("RELAY").text)
        return try JSONValue(parsing: text).decode(RelayReport.self)
    }
}
