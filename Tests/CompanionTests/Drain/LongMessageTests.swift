import Archive
import Capture
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Long messages are summed up before a memory is made of their episode, by a scripted model and from real transcripts.
@Suite struct LongMessageTests {
    private let summing = #""filtering": {"agent_messages": "summary", "summary_min_chars": 1000}"#

    private func long(_ word: String, _ count: Int = 1000) -> String {
        (0..<count).map { "\(word)\($0)" }.joined(separator: " ")
    }

    private func messageCalls(_ house: CompanionHouse) -> [ModelCall] {
        house.model.completions.filter { $0.body.contains("Summarise these messages") }
    }

    private func memoryCalls(_ house: CompanionHouse) -> [ModelCall] {
        house.model.completions.filter { $0.body.contains("Describe this transcript") }
    }

    private func capture(_ said: Said, _ house: CompanionHouse) async throws {
        let settings = try Settings.load(environment: house.environment)
        var job = TranscriptCapture.Job(
            request: CaptureRequest(path: said.path, configDirectory: ""),
            origin: EpisodeOrigin(
                session: try #require(SessionID(rawValue: "s1")), dispatchKey: try DispatchKey("coder/1"),
                host: house.host))
        job.isTrusted = true
        var connection = try RedisConnection(to: house.url, deadlines: .companion)
        _ = try TranscriptCapture(settings: settings, host: house.host).run(job, over: &connection)
    }

    private func told(_ house: CompanionHouse) throws -> [String] {
        try house.archive().entries(ofSession: "s1", limit: 99).map(\.text)
    }

    @Test func aTextIsSummedUpOnceInOneCallWithTheOthersOfItsEpisode() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing)
            let said = try Said([
                Said.user("see to mark-long", uuid: "1"), Said.agent(long("apple"), uuid: "2"),
                Said.user("and now", uuid: "3"), Said.agent(long("pear"), uuid: "4"), Said.agent("short", uuid: "5"),
            ])
            try await capture(said, house)
            try await house.companion {
                try await house.waitForMemories(1)
                // The same text once more, and another.
                for line in [
                    Said.user("once more", uuid: "6"), Said.agent(long("apple"), uuid: "7"),
                    Said.agent(long("plum"), uuid: "8"),
                ] { try said.append(Array((line + "\n").utf8)) }
                try await capture(said, house)
                try await house.waitForMemories(2)
            }
            let calls = messageCalls(house)
            #expect(calls.count == 2)
            #expect(calls[0].body.contains("apple999") && calls[0].body.contains("pear999"))
            #expect(calls[1].body.contains("plum999") && !calls[1].body.contains("apple9"))
            let memories = memoryCalls(house).map(\.body)
            #expect(memories.count == 2)
            for body in memories { #expect(body.contains("in short") && !body.contains("apple999")) }
            let told = try told(house)
            #expect(told.count { $0.contains("in short") } == 4 && told.contains("short"))
            #expect(told.filter { $0.hasPrefix("[summary of") }.count == 4)
        }
    }

    @Test func whatIsStoredIsNotPaidAgainAfterAnOutage() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing)
            let said = try Said([Said.user("see to mark-out", uuid: "1"), Said.agent(long("apple"), uuid: "2")])
            try await capture(said, house)
            let overloaded = Scene.status(529, headers: [:], body: #"{"error":{"type":"overloaded_error"}}"#)
            house.model.queue(.ok())
            house.model.play(overloaded)
            try await house.companion {
                try await eventually("the memory was asked for") { memoryCalls(house).count > 0 }
            }
            #expect(messageCalls(house).count == 1)
            house.model.play(.ok())
            try await house.companion("second") {
                try house.force(open: false)
                try await house.waitForMemories(1)
            }
            #expect(messageCalls(house).count == 1 && memoryCalls(house).count >= 2)
            #expect(try told(house).contains { $0.contains("in short") })
        }
    }

    /// What no answer comes of, and what cannot be read any more, has its digest, and its memory all the same.
    @Test(arguments: ["answer", "text"]) func otherwiseTheDigestStands(missing: String) async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing)
            let said = try Said([Said.user("see to mark-none", uuid: "1"), Said.agent(long("apple"), uuid: "2")])
            try await capture(said, house)
            if missing == "answer" {
                house.model.queue(.ok(text: "I would rather not."))
            } else {
                Files.remove(said.path)
            }
            try await house.companion { try await house.waitForMemories(1) }
            #expect(messageCalls(house).count == (missing == "answer" ? 1 : 0))
            #expect(memoryCalls(house).count == 1)
            #expect(try told(house).contains { $0.contains("apple0") && $0.contains("[digest of ") })
        }
    }

    /// Episodes with one text in the same moment, an answer that leaves one out, one that never says anything of it.
    @Test func whatIsAskedForIsAskedForOnce() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing, #""concurrency": 4"#)
            let said = try Said([UInt8]())
            for number in 1...4 {
                for line in [
                    Said.user("see to mark-same\(number)", uuid: "p\(number)"),
                    Said.agent(long("apple"), uuid: "a\(number)"),
                ] { try said.append(Array((line + "\n").utf8)) }
                try await capture(said, house)
            }
            try await house.companion { try await house.waitForMemories(4) }
            #expect(messageCalls(house).count == 1 && memoryCalls(house).count == 4)
        }
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing)
            let said = try Said([
                Said.user("see to mark-left", uuid: "1"), Said.agent(long("apple"), uuid: "2"),
                Said.agent(long("pear"), uuid: "3"),
            ])
            try await capture(said, house)
            house.model.queue(.ok(text: #"{"summaries":[{"number":2,"summary":"in short, the second"}]}"#))
            try await house.companion { try await house.waitForMemories(1) }
            #expect(messageCalls(house).count == 2)
            #expect(try told(house).count { $0.contains("in short") } == 2)
        }
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing)
            let said = try Said([Said.user("see to mark-mute", uuid: "1"), Said.agent(long("apple"), uuid: "2")])
            try await capture(said, house)
            let overloaded = Scene.status(529, headers: [:], body: #"{"error":{"type":"overloaded_error"}}"#)
            house.model.queue(.ok(text: "no"), overloaded)
            try await house.companion {
                // The answer is seen to before the circuit is closed by hand: what comes after that would open it again.
                try await eventually("the memory was asked for, and waits") {
                    try memoryCalls(house).count > 0 && house.ids(.leased).isEmpty && !house.ids(.scheduled).isEmpty
                }
                try house.force(open: false)
                for id in try house.ids(.scheduled) { _ = try house.redis { try $0.run(house.queue.retrying([id])) } }
                try await house.waitForMemories(1)
            }
            #expect(messageCalls(house).count == 1)
        }
    }

    @Test func theDaysBudgetHoldsForThemToo() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing, #""daily_token_budget": 100"#)
            let said = try Said([Said.user("see to mark-cost", uuid: "1"), Said.agent(long("apple"), uuid: "2")])
            try await capture(said, house)
            try await house.companion {
                try await eventually("it waits") {
                    try messageCalls(house).count == 1 && house.queueCount() == 1 && house.ids(.leased).isEmpty
                }
            }
            #expect(memoryCalls(house).isEmpty && house.memoryCount() == 0)
            #expect(try told(house).contains { $0.contains("in short") })
        }
    }

    /// Where the model takes less than it says, the batch is halved; each text is summed up all the same.
    @Test func whatIsTooMuchForOneCallIsHalved() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", summing)
            let words = ["apple", "pear", "plum", "quince"]
            let said = try Said(
                [Said.user("see to mark-much", uuid: "0")]
                    + words.enumerated().map { Said.agent(long($1), uuid: "u\($0)") })
            try await capture(said, house)
            house.model.queue(
                .status(413, body: #"{"type":"error","error":{"type":"request_too_large","message":"too large"}}"#))
            try await house.companion { try await house.waitForMemories(1) }
            #expect(messageCalls(house).count == 3)
            #expect(try told(house).count { $0.contains("in short") } == 4)
        }
    }
}
