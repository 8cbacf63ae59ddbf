internal import Domain
internal import Glibc
package import Redis
internal import Subprocess
internal import Testing

/// Several real `redis-server` of one test, on ports of loopback: a cluster, or a master with its replica and sentinels.
package struct RedisGroup: Sendable {
    package struct Member: Sendable {
        package let port: Int
        package let pid: Int32

        package func connect() throws -> RedisConnection {
            try RedisConnection(
                to: RedisURL(endpoint: .tcp(host: "127.0.0.1", port: port)),
                deadlines: RedisDeadlines(connect: .seconds(5), reply: .seconds(60)))
        }

        package func kill() { Glibc.kill(pid, SIGKILL) }
        package func hang() { Glibc.kill(pid, SIGSTOP) }
        package func goOn() { Glibc.kill(pid, SIGCONT) }
    }

    package let members: [Member]

    /// Runs servers, hands them over when they answer, and ends them.
    /// - Parameter configurations: lines of a configuration file each, `port` excepted.
    package static func run<Answer: Sendable>(
        _ configurations: [[String]], ports: [Int], _ body: @Sendable (RedisGroup) async throws -> Answer
    ) async throws -> Answer {
        signal(SIGPIPE, SIG_IGN)
        return try await start(configurations[...], ports[...], [], body)
    }

    private static func start<Answer: Sendable>(
        _ configurations: ArraySlice<[String]>, _ ports: ArraySlice<Int>, _ members: [Member],
        _ body: @Sendable (RedisGroup) async throws -> Answer
    ) async throws -> Answer {
        guard let lines = configurations.first, let port = ports.first else {
            return try await body(RedisGroup(members: members))
        }
        let scratch = try Scratch()
        let own = ["port \(port)", "bind 127.0.0.1", "save \"\"", "dir \(scratch.path)", "loglevel warning"]
        let file = try scratch.write((own + lines).joined(separator: "\n") + "\n", to: "redis.conf")
        let isSentinel = lines.contains { $0.hasPrefix("sentinel ") }
        let words = [file] + (isSentinel ? ["--sentinel"] : [])
        let result = try await Subprocess.run(
            .name("redis-server"), arguments: Arguments(words), input: .none, output: .discarded, error: .discarded
        ) { execution in
            let member = Member(port: port, pid: execution.processIdentifier.value)
            try await poll("redis-server answers on \(port)") {
                guard var connection = try? member.connect() else { return false }
                return (try? connection.ask(PING())) == true
            }
            defer {
                member.goOn()
                member.kill()
            }
            return try await start(configurations.dropFirst(), ports.dropFirst(), members + [member], body)
        }
        withExtendedLifetime(scratch) {}
        return result.closureResult
    }

    /// A master, its replica, and three sentinels that take it for dead after 500 ms: members 0, 1 and 2 to 4.
    package static func sentinels<Answer: Sendable>(
        service: String = "mymaster", _ body: @Sendable (RedisGroup) async throws -> Answer
    ) async throws -> Answer {
        let ports = try FreePort.find(5)
        let sentinel = [
            "sentinel monitor \(service) 127.0.0.1 \(ports[0]) 2", "sentinel down-after-milliseconds \(service) 500",
            "sentinel failover-timeout \(service) 2000",
        ]
        return try await run(
            [[], ["replicaof 127.0.0.1 \(ports[0])"], sentinel, sentinel, sentinel], ports: ports
        ) { group in
            try await poll("all know of one another") {
                try group.members[2...].allSatisfy { member in
                    var connection = try member.connect()
                    let state = try connection.send(["SENTINEL", "MASTER", service]).fields
                    return state["num-other-sentinels"] == "2" && state["num-slaves"] == "1"
                }
            }
            return try await body(group)
        }
    }

    /// A cluster of three masters with a replica each: members 0 to 2 and 3 to 5.
    package static func cluster<Answer: Sendable>(
        _ body: @Sendable (RedisGroup) async throws -> Answer
    ) async throws -> Answer {
        let ports = try FreePort.find(12)
        let lines = (0..<6).map { number in
            [
                "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 1000",
                "cluster-port \(ports[6 + number])", "cluster-replica-validity-factor 0", "repl-diskless-sync-delay 0",
            ]
        }
        return try await run(lines, ports: Array(ports.prefix(6))) { group in
            try await group.join(busPorts: Array(ports.dropFirst(6)))
            return try await body(group)
        }
    }

    private func join(busPorts: [Int]) async throws {
        let bounds = [0, 5461, 10_923, 16_384]
        for number in 0..<3 {
            var connection = try members[number].connect()
            _ = try connection.send(["CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1])
        }
        for number in 1..<6 {
            var connection = try members[0].connect()
            _ = try connection.send(["CLUSTER", "MEET", "127.0.0.1", members[number].port, busPorts[number]])
        }
        try await poll("all nodes know one another") {
            try members.allSatisfy { try $0.nodes().count == 6 }
        }
        for number in 3..<6 {
            let master = try members[number - 3].id()
            try await poll("node \(number) is a replica") {
                var connection = try members[number].connect()
                return (try? connection.send(["CLUSTER", "REPLICATE", master])) != nil
            }
        }
        try await poll("the cluster serves, with its replicas") {
            try members.allSatisfy { member in
                var connection = try member.connect()
                let info = try connection.send(["CLUSTER", "INFO"]).text ?? ""
                let replicas = try member.nodes().count { $0.contains("slave") }
                return info.contains("cluster_state:ok") && replicas == 3
            }
        }
        try await poll("the replicas follow") {
            try members[3...].allSatisfy { member in
                var connection = try member.connect()
                return (try connection.send(["INFO", "replication"]).text ?? "").contains("master_link_status:up")
            }
        }
    }
}

extension RedisGroup.Member {
    /// The lines of `CLUSTER NODES`.
    package func nodes() throws -> [String] {
        var connection = try connect()
        return (try connection.send(["CLUSTER", "NODES"]).text ?? "").split(separator: "\n").map(String.init)
    }

    package func id() throws -> String {
        var connection = try connect()
        return try #require(try connection.send(["CLUSTER", "MYID"]).text)
    }
}
