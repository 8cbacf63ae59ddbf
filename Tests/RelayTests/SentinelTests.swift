internal import Domain
internal import Redis
internal import TestSupport
internal import Testing

@testable internal import Relay

/// Three real sentinels with a master and its replica.
@Suite struct SentinelTests {
    private func url(_ group: RedisGroup, service: String = "mymaster") -> String {
        "redis+sentinel://" + group.members[2...].map { "127.0.0.1:\($0.port)" }.joined(separator: ",") + "/\(service)"
    }

    @Test func followsAMasterThatIsKilled() async throws {
        try await RedisGroup.sentinels { group in
            try await RelayHouse.run(url(group)) { house in
                #expect(try house.send("SET", "k", "v").text == "OK")
                #expect(try house.report().servers.first?.address == "127.0.0.1:\(group.members[0].port)")
                var kept = try house.connect()
                _ = try kept.send(["PING"])
                // The replica has it before its master goes.
                try await poll("the replica has it") {
                    var replica = try group.members[1].connect()
                    return try replica.send(["GET", "k"]).text == "v"
                }
                group.members[0].kill()
                try await poll("the other is master") { (try? house.send("SET", "k", "w").text) == "OK" }
                #expect(try house.send("GET", "k").text == "w")
                #expect(try house.report().servers.first?.address == "127.0.0.1:\(group.members[1].port)")
                // Who kept a connection is told, by its end, that writes may be lost.
                #expect(throws: RedisError.self) {
                    _ = try kept.send(["PING"])
                    _ = try kept.send(["PING"])
                }
            }
        }
    }

    @Test func followsAFailoverByHand() async throws {
        try await RedisGroup.sentinels { group in
            try await RelayHouse.run(url(group)) { house in
                _ = try house.send("SET", "k", "v")
                // It promotes a replica that it has heard from, which is a moment after all know of one another.
                try await poll("a failover begins") {
                    var sentinel = try group.members[3].connect()
                    return (try? sentinel.send(["SENTINEL", "FAILOVER", "mymaster"])) != nil
                }
                try await poll("the other is master") {
                    (try? house.send("SET", "k", "w").text) == "OK"
                        && (try? house.report().servers.first?.address) == "127.0.0.1:\(group.members[1].port)"
                }
            }
        }
    }

    /// Half of the sentinels away, one of them hanging: the others are enough.
    @Test func oneSentinelIsEnough() async throws {
        try await RedisGroup.sentinels { group in
            group.members[2].kill()
            group.members[3].hang()
            try await RelayHouse.run(url(group)) { house in
                try await poll("it is found") { (try? house.send("PING").text) == "PONG" }
            }
        }
    }

    @Test func saysWhatNoSentinelKnows() async throws {
        try await RedisGroup.sentinels { group in
            try await RelayHouse.run(url(group, service: "other")) { house in
                let error = #expect(throws: RedisError.self) { try house.send("PING") }
                #expect("\(error as Any)".contains("No such master") && "\(error as Any)".contains("other"))
            }
        }
    }
}
