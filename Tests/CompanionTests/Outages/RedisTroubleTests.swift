import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import Synchronization
import TestSupport
import Testing

/// Redis forgets, hangs, is full or starts anew, in the middle of the work.
@Suite struct RedisTroubleTests {
    @Test func anEmptiedRedisIsFilledFromTheArchive() async throws {
        try await CompanionHouse.run { house in
            try await house.companion {
                let done = try await house.push(4)
                try await house.waitForMemories(4)
                try await house.waitUntilEmpty()
                try house.force(open: true)
                // Until the companion knows of it; what slipped through has its memory.
                try await eventually("the circuit is known to be open") {
                    try house.redis { try $0.wakeDrains(of: house.queue) }
                    return try house.circuit().state == .open
                }
                let waiting = try await house.push(12)
                try await house.waitForArchived(done + waiting)
                let files = (done + waiting).indices.map {
                    FileID(host: house.host, path: "/transcripts/\($0 + 1).jsonl")
                }
                let cursors = try house.redis { try $0.ask(house.queue.cursors(of: files)) }
                #expect(cursors.allSatisfy { $0.offset == 100 })
                let id = try house.redis { try $0.send(["GET", house.queue.keys.archive]).text }

                _ = try house.redis { try $0.send(["FLUSHALL"]) }
                try await eventually("the pool is known again") {
                    try house.redis { try $0.send(["GET", house.queue.keys.archive]).text } == id
                }
                #expect(house.log.contains("Redis had forgotten this pool"))
                #expect(try house.redis { try $0.ask(house.queue.cursors(of: files)) } == cursors)
                // With the circuit forgotten too, the provider is called.
                try await house.wake()
                try await house.waitForMemories(16)
                try await house.waitUntilEmpty()
                try house.expectNothingLost(done + waiting)
                #expect(house.model.completions.count == 16)
                #expect(Set(house.model.completions.map(\.promptWord)).count == 16)
                let counts = try house.archive().counts()
                #expect(counts.places == [.finished(.memory): 16])
                #expect(counts.entries == 16)
            }
        }
    }

    @Test func theConversationsOfAnEmptiedRedisComeBack() async throws {
        try await CompanionHouse.run { house in
            try await house.companion {
                let now = HostClock.wallMilliseconds
                func entry(
                    _ id: String, _ role: EpisodeEntry.Role, _ text: String, ago: Int64, agent: String = ""
                ) -> EpisodeEntry {
                    EpisodeEntry(
                        uuid: id, hash: "h", role: role, at: ISOTime.text(now - ago * 1000), text: text, subagent: agent
                    )
                }
                let first = [
                    entry("u0", .user, "days ago", ago: 200_000), entry("u1", .user, "one", ago: 90),
                    entry("c1", .call, "Bash ls", ago: 85), entry("a1", .assistant, "two", ago: 80),
                    entry("x", .assistant, "helper", ago: 79, agent: "h"),
                ]
                let second = [entry("u2", .user, "three", ago: 70), entry("a2", .assistant, "four", ago: 60)]
                let cleared = [
                    entry("v1", .user, "gone", ago: 50), entry("v2", .user, "/clear", ago: 40),
                    entry("v3", .user, "kept", ago: 30),
                ]
                try await house.capture(house.span(first, number: 101))
                try await house.capture(house.span(second, number: 102))
                try await house.capture(house.span(cleared, number: 103, key: "coder/2"))
                try await eventually("all are archived") {
                    try house.archiveIfAny()?.counts().episodes == 3
                        && house.redis { try $0.send(["ZCARD", house.queue.keys.unarchived]) } == .integer(0)
                }
                _ = try house.redis { try $0.send(["FLUSHALL"]) }
                func texts(_ key: String) throws -> [String] {
                    let key = try DispatchKey(key)
                    return try house.redis { try $0.ask(Conversations(keys: house.keys).last(99, of: key)).map(\.text) }
                }
                try await eventually("the conversation is back") {
                    try texts("coder/1") == ["one", "two", "three", "four"]
                }
                try await eventually("what came after the clearing is back") { try texts("coder/2") == ["kept"] }
                let rest = try house.redis { try $0.ask(PTTL(house.keys.conversation(DispatchKey("coder/1")))) }
                #expect(try #require(rest) <= 86_400_000 - 60_000)
            }
        }
    }

    @Test func aRedisThatHangsKeepsNothingFromBeingStoredOnce() async throws {
        try await RedisServer.run { server in
            try await ScriptedModel.run { model in
                let house = try CompanionHouse(url: server.url, model: model)
                // All at once: a claim whose answer is lost would be found when its leases run out, after half a minute.
                try house.configure("anthropic", #""concurrency": 8"#)
                try await house.settledCompanion {
                    model.play(.latency(milliseconds: 300))
                    let said = try await house.push(8)
                    try await eventually("all are being called") { model.completions.count == 8 }
                    server.hang()
                    try await eventually("all have answered, and it cannot be noted") {
                        model.runningCalls == 0
                            && (house.log.contains("tokens not counted") || house.log.contains("wait to be stored"))
                    }
                    server.goOn()
                    try await house.waitForMemories(8)
                    try await house.waitUntilEmpty()
                    try house.expectMemories(said)
                    #expect(try house.circuit().state == .closed)
                }
            }
        }
    }

    @Test func aFullRedisIsEmptied() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(10)
                try await house.waitForArchived(said)
                _ = try house.redis { try $0.send(["CONFIG", "SET", "maxmemory", "1"]) }
                #expect(throws: RedisError.self) { try house.redis { try $0.send(["SET", "more", "1"]) } }
                let store = CircuitStore(keys: house.keys, provider: try house.provider())
                try house.redis { connection in
                    _ = try connection.decide(store, by: "test") { circuit, now in
                        ((), circuit.force(open: false, at: now))
                    }
                    // A completion of somebody else's wakes the drain: by hand nothing can be written.
                    let gone = try #require(EpisodeID(rawValue: String(repeating: "0", count: 32)))
                    _ = try connection.run(house.queue.retrying([gone, said[0].id]))
                }
                try await house.waitForMemories(10)
                try await house.waitUntilEmpty()
                try house.expectMemories(said)
                _ = try house.redis { try $0.send(["CONFIG", "SET", "maxmemory", "0"]) }
            }
        }
    }

    /// With its file, or replaced by an empty one.
    @Test(arguments: [true, false])
    func aRedisThatStartsAnewIsGoneOnWith(keepsItsFile: Bool) async throws {
        let scratch = try Scratch()
        let socket = scratch.path + "/moved.sock"
        let url = RedisURL(endpoint: .unix(path: socket))
        let arguments = [
            "--unixsocket", socket, "--dir", scratch.path, "--appendonly", keepsItsFile ? "yes" : "no", "--appendfsync",
            "always",
        ]
        let serving = Serving()
        try await ScriptedModel.run { model in
            let house = try CompanionHouse(url: url, model: model)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Killed, and started again on the same socket.
                    for life in 1...2 {
                        try await RedisServer.run(arguments: arguments, url: { _ in url }) { _ in
                            serving.begin(life)
                            try await eventually("its life is over") { serving.ended >= life }
                        }
                    }
                }
                try await eventually("Redis serves") { serving.begun == 1 }
                try await house.settledCompanion {
                    model.play(.hang)
                    let said = try await house.push(8)
                    try await house.waitForArchived(said)
                    try await eventually("four calls hang") { model.runningCalls == 4 }
                    serving.end(1)
                    try await eventually("Redis serves again") { serving.begun == 2 }
                    // The four that hang are cut off; their episodes may be asked for again, the others once.
                    model.play(.ok())
                    try await model.refuse()
                    try await model.accept()
                    try await eventually("all have their memories") {
                        if try house.circuit().state == .open { try house.force(open: false) }
                        for said in said where try house.ids(.scheduled).contains(said.id) {
                            _ = try house.retryNow(said)
                        }
                        return house.memoryCount() == 8
                    }
                    try await house.waitUntilEmpty()
                    try house.expectNothingLost(said)
                    #expect(try house.archive().counts().places == [.finished(.memory): 8])
                    #expect(model.completions.count == 12)
                }
                serving.end(2)
                try await group.waitForAll()
            }
        }
    }
}

/// Which life of a server runs, told between tasks.
private final class Serving: Sendable {
    private let state = Mutex((begun: 0, ended: 0))

    var begun: Int { state.withLock { $0.begun } }
    var ended: Int { state.withLock { $0.ended } }
    func begin(_ life: Int) { state.withLock { $0.begun = life } }
    func end(_ life: Int) { state.withLock { $0.ended = life } }
}
