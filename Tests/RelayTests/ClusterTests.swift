internal import Domain
internal import Redis
internal import Synchronization
internal import TestSupport
internal import Testing
internal import Threads

@testable internal import Relay

/// A real cluster of three masters with a replica each.
@Suite struct ClusterTests {
    private func url(_ group: RedisGroup, seeds: Range<Int> = 0..<2) -> String {
        "redis+cluster://" + group.members[seeds].map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
    }

    @Test func keysAreWhereTheyBelongAndAWalkSeesAll() async throws {
        try await RedisGroup.cluster { group in
            try await RelayHouse.run(url(group)) { house in
                var connection = try house.connect()
                // More than one slot in one go, as no server would take it.
                let names = (0..<300).map { "key:\($0)" }
                let answers = try connection.ask(ForEach(names.map { PlainCommand(["SET", $0, $0]) }))
                #expect(answers.allSatisfy { $0.text == "OK" })
                #expect(try connection.ask(ForEach(names.map { PlainCommand(["GET", $0]) })).map(\.text) == names)
                var seen: [String] = [], position = "0"
                repeat {
                    let page = try #require(try connection.send(["SCAN", position, "COUNT", "20"]).array)
                    position = page[0].text ?? ""
                    seen += (page[1].array ?? []).compactMap(\.text)
                } while position != "0"
                #expect(Set(seen) == Set(names))
                #expect(try house.report().servers.map(\.role) == ["master", "master", "master"])
            }
        }
    }

    /// A slot moves from one node to another, key by key, while it is written to and read.
    @Test func nothingIsLostWhileASlotMoves() async throws {
        try await RedisGroup.cluster { group in
            try await RelayHouse.run(url(group)) { house in
                let names = (0..<200).map { "{moved}:\($0)" }
                let slot = Int(ClusterSlot.of("{moved}".utf8))
                var connection = try house.connect()
                _ = try connection.ask(ForEach(names.map { PlainCommand(["SET", $0, "0"]) }))
                let from = slot < 5461 ? 0 : slot < 10_923 ? 1 : 2, to = (from + 1) % 3
                let isOver = Mutex(false), rounds = Mutex(0)
                async let writing: Int = BlockingWork.run {
                    var count = 0
                    var connection = try house.connect()
                    while !isOver.withLock({ $0 }) {
                        count += 1
                        rounds.withLock { $0 = count }
                        let answers = try connection.ask(ForEach(names.map { PlainCommand(["INCR", $0]) }))
                        #expect(answers.allSatisfy { $0.integer == Int64(count) })
                    }
                    return count
                }
                try await move(slot, group.members[from], group.members[to]) {
                    let before = rounds.withLock { $0 }
                    try await poll("it is written to meanwhile") { rounds.withLock { $0 } > before }
                }
                isOver.withLock { $0 = true }
                let count = try await writing
                #expect(count > 20)
                #expect(
                    try connection.ask(ForEach(names.map { PlainCommand(["GET", $0]) })).allSatisfy {
                        $0.text == "\(count)"
                    })
            }
        }
    }

    private func move(
        _ slot: Int, _ from: RedisGroup.Member, _ to: RedisGroup.Member, betweenSteps: () async throws -> Void
    ) async throws {
        let (source, target) = (try from.id(), try to.id())
        var old = try from.connect(), new = try to.connect()
        _ = try new.send(["CLUSTER", "SETSLOT", slot, "IMPORTING", source])
        _ = try old.send(["CLUSTER", "SETSLOT", slot, "MIGRATING", target])
        while true {
            try await betweenSteps()
            let keys = (try old.send(["CLUSTER", "GETKEYSINSLOT", slot, 7]).array ?? []).compactMap(\.text)
            if keys.isEmpty { break }
            _ = try old.send(["MIGRATE", "127.0.0.1", to.port, "", 0, 5000, "KEYS"] + keys)
        }
        _ = try new.send(["CLUSTER", "SETSLOT", slot, "NODE", target])
        _ = try old.send(["CLUSTER", "SETSLOT", slot, "NODE", target])
    }

    @Test func aNodeThatIsLostIsReplaced() async throws {
        try await RedisGroup.cluster { group in
            try await RelayHouse.run(url(group)) { house in
                let names = (0..<50).map { "key:\($0)" }
                for name in names { _ = try house.send("SET", name, "v") }
                var kept = try house.connect()
                _ = try kept.send(["PING"])
                group.members[0].kill()
                // The others go on meanwhile.
                let other = try #require(names.first { (5461..<10_923).contains(ClusterSlot.of($0.utf8)) })
                #expect(try house.send("GET", other).text == "v")
                let lost = try #require(names.first { ClusterSlot.of($0.utf8) < 5461 })
                try await poll("its replica has taken over") { (try? house.send("SET", lost, "w").text) == "OK" }
                #expect(throws: RedisError.self) {
                    _ = try kept.send(["PING"])
                    _ = try kept.send(["PING"])
                }
            }
        }
    }
}
