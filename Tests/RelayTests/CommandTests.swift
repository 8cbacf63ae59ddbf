internal import Domain
internal import NIOCore
internal import Testing

@testable internal import Relay

/// Where commands belong, by their words.
@Suite struct CommandTests {
    private func kind(_ words: String) -> Command.Kind? {
        Command(Command.message(words.split(separator: " ").map(String.init)))?.kind
    }

    private func keyed(_ key: String) -> Command.Kind { .keyed(slot: ClusterSlot.of(key.utf8)) }

    @Test func goToTheSlotOfTheirKey() {
        for (words, key) in [
            ("GET a", "a"), ("hset {t}:x f v", "t"), ("EVALSHA sha 2 {q}:k j x", "q"), ("eval return 1 k", "k"),
            ("MEMORY USAGE k", "k"), ("XINFO STREAM k", "k"), ("XREAD COUNT 5 STREAMS s 0", "s"), ("DEL a b", "a"),
            ("NEWCOMMAND k", "k"),
        ] { #expect(kind(words) == keyed(key), "\(words)") }
    }

    @Test func withoutAKeyGoAnywhere() {
        for words in ["PING", "info all", "EVAL return 0", "XREAD", "GET", "CONFIG GET dir", "SCRIPT LOAD x"] {
            #expect(kind(words) == .anywhere, "\(words)")
        }
    }

    @Test func thatWaitHaveAConnectionOfTheirOwn() {
        #expect(
            kind("XREAD COUNT 1 BLOCK 2000 STREAMS s $")
                == .waiting(slot: ClusterSlot.of("s".utf8), milliseconds: 2000))
        #expect(kind("SCAN 17 COUNT 5") == .walk(position: "17"))
        #expect(kind("relay") == .report)
    }

    @Test func thatWouldChangeASharedConnectionAreRefused() {
        for name in [
            "SELECT 1", "auth x", "MULTI", "SUBSCRIBE c", "SHUTDOWN", "CLIENT KILL", "BLPOP k 0", "FLUSHALL",
            "REPLCONF ACK 0", "SCRIPT DEBUG YES",
        ] {
            guard case .refused(let reason) = kind(name) else {
                Issue.record("\(name) is passed on")
                continue
            }
            #expect(reason.contains("not passed on"))
        }
    }

    /// Each step back says where it came from, and the walk passes every server once.
    @Test(arguments: 1...40) func aWalkPassesAllServers(nodes: Int) throws {
        var at = try #require(WalkPosition.start(of: nodes, UInt8(nodes * 5)))
        var seen: [Int] = []
        for step in 0..<(nodes * 3) {
            seen.append(at.node)
            let text = try #require(at.text)
            if step > 0 { #expect(text != "0" && WalkPosition(text) == at) }
            // Three pages of each.
            guard let next = at.next(step % 3 == 2 ? 0 : UInt64(step) << 20 | 1) else { break }
            at = next
        }
        #expect(seen == (0..<nodes).flatMap { [$0, $0, $0] })
    }

    @Test func theLatestElectionCounts() {
        let old = RedisUpstream.Server(host: "a", port: 1), new = RedisUpstream.Server(host: "b", port: 2)
        func answers(_ pairs: (RedisUpstream.Server, Int)...) -> RedisUpstream.Server? {
            SentinelAnswer.master(by: pairs.map { SentinelAnswer(master: $0.0, epoch: $0.1) })
        }
        #expect(answers() == nil)
        #expect(answers((old, 3), (old, 3), (new, 4)) == new)
        #expect(answers((old, 3), (new, 3), (new, 3)) == new)
    }

    @Test func redirectionsAreRead() {
        let asked = RedisUpstream.Server(host: "n1", port: 1)
        #expect(
            Redirection("MOVED 12 10.0.0.1:7000", from: asked)?.server
                == RedisUpstream.Server(host: "10.0.0.1", port: 7000))
        #expect(Redirection("ASK 12 :7001", from: asked)?.server == RedisUpstream.Server(host: "n1", port: 7001))
        #expect(Redirection("ASK 12 ::1:7001", from: asked)?.server.host == "::1")
        for text in ["MOVED", "MOVED x a:1", "MOVED 99999 a:1", "MOVED 1 a", "MOVED 1 a:0", "ERR 1 a:1"] {
            #expect(Redirection(text, from: asked) == nil, "\(text)")
        }
    }
}
