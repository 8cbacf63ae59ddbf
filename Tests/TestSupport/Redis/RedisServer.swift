package import Domain
internal import Glibc
package import Redis
package import Subprocess
package import Testing

/// A real `redis-server` on a Unix socket, private to a suite.
package struct RedisServer: Sendable {
    package let url: RedisURL
    package let socket: String
    package let pid: pid_t

    @TaskLocal package static var current: RedisServer?

    /// The server of the running suite.
    package static func ofSuite() throws -> RedisServer { try #require(current) }

    /// Patient, unless a test is about deadlines: a machine that is busy is late, and not wrong.
    package func connect(
        _ deadlines: RedisDeadlines = RedisDeadlines(connect: .seconds(5), reply: .seconds(60))
    ) throws -> RedisConnection {
        try RedisConnection(to: url, deadlines: deadlines)
    }

    /// Stops the process in its tracks: connections are accepted by the kernel, and nobody answers.
    package func hang() { Glibc.kill(pid, SIGSTOP) }
    package func goOn() { Glibc.kill(pid, SIGCONT) }
    package func kill() { Glibc.kill(pid, SIGKILL) }

    /// Runs a server, hands it over when it answers, and ends it.
    package static func run<Answer: Sendable>(
        arguments extra: [String] = [],
        url makeURL: @Sendable (String) -> RedisURL = { RedisURL(endpoint: .unix(path: $0)) },
        _ body: @Sendable (RedisServer) async throws -> Answer
    ) async throws -> Answer {
        // hiredis writes to servers that went away; our executables ignore the signal too.
        signal(SIGPIPE, SIG_IGN)
        let scratch = try Scratch()
        let socket = scratch.path + "/redis.sock"
        let arguments =
            ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", scratch.path, "--loglevel", "warning"]
            + extra
        let result = try await Subprocess.run(
            .name("redis-server"), arguments: Arguments(arguments), input: .none, output: .discarded, error: .discarded
        ) { execution in
            let server = RedisServer(url: makeURL(socket), socket: socket, pid: execution.processIdentifier.value)
            // A socket file exists before the server accepts: wait for an answer, not for the file.
            try await poll("redis-server answers") {
                guard var connection = try? RedisConnection(to: server.url, deadlines: .commandLine) else {
                    return false
                }
                return (try? connection.ask(PING())) == true
            }
            defer {
                server.goOn()
                server.kill()
            }
            return try await body(server)
        }
        withExtendedLifetime(scratch) {}
        return result.closureResult
    }
}

/// `@Suite(.redisServer)`: every test of the suite sees one server, each under keys of its own.
package struct RedisServerTrait: SuiteTrait, TestScoping {
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await RedisServer.run { server in
            try await RedisServer.$current.withValue(server) { try await function() }
        }
    }
}

extension SuiteTrait where Self == RedisServerTrait {
    package static var redisServer: RedisServerTrait { RedisServerTrait() }
}
