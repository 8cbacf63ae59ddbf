import Domain
import GRDB
import Testing

@testable import Archive

/// The summaries of sessions as wholes.
@Suite struct SummaryTests {
    let folder = TestFolder()
    private let session: SessionID

    init() throws { session = try #require(SessionID(rawValue: Samples.session)) }

    private func summary(
        _ title: String, covered: Int64, made: Int64 = 500, _ text: String = "It went on"
    ) -> SessionSummary {
        var memory = Samples.memory(title, text)
        memory.course = Memory.Course(
            goal: "the goal", outcome: "half done", problems: ["a hang"], nextSteps: ["zzstep"])
        return SessionSummary(
            session: session, dispatchKey: "coder/1", host: "host", memory: memory, maker: Samples.maker,
            madeMilliseconds: made, capturedMilliseconds: 2000, coveredMilliseconds: covered)
    }

    private func remember(_ numbers: ClosedRange<Int>, in archive: SQLiteArchive) throws {
        for number in numbers {
            let episode = Samples.episode(
                [Samples.entry(number)], bytes: Int64(number * 100)..<Int64(number * 100 + 100),
                at: Int64(1000 + number))
            _ = try archive.ingest([episode], nowMilliseconds: 1)
            _ = try archive.storeMemory(
                Samples.memory("m\(number)"), of: episode.id, maker: Samples.maker, nowMilliseconds: Int64(100 * number)
            )
        }
    }

    @Test func aSessionIsAskedForUntilItsSummaryKnowsAllMemories() throws {
        let archive = try folder.archive()
        let unfinished = Samples.episode([Samples.entry(9)], bytes: 0..<50, at: 1001)
        _ = try archive.ingest([unfinished], nowMilliseconds: 1)
        #expect(try archive.unsummarised(since: 0, limit: 9).isEmpty, "no memory yet")
        try remember(1...2, in: archive)
        #expect(try archive.unsummarised(since: 0, limit: 9).isEmpty, "one is still to be made")
        _ = try archive.finish([unfinished.id], as: .raw, nowMilliseconds: 2)
        #expect(try archive.unsummarised(since: 0, limit: 9).map(\.session) == [session])
        #expect(try archive.unsummarised(since: 5000, limit: 9).isEmpty, "too long ago")
        #expect(try archive.memories(ofSession: session, madeAfter: 100).map(\.memory.memory.title) == ["m2"])

        #expect(try archive.store(summary("part", covered: 100), nowMilliseconds: 9) == .stored)
        #expect(try archive.unsummarised(since: 0, limit: 9).count == 1, "it knows one of two")
        #expect(try archive.store(summary("whole", covered: 200), nowMilliseconds: 9) == .stored)
        #expect(try archive.unsummarised(since: 0, limit: 9).isEmpty)
        try remember(3...3, in: archive)
        #expect(try archive.unsummarised(since: 0, limit: 9).count == 1, "it went on")
    }

    @Test func theLaterOneTakesThePlaceOfTheEarlier() throws {
        let archive = try folder.archive()
        try remember(1...1, in: archive)
        _ = try archive.store(summary("first", covered: 100, "about marigolds"), nowMilliseconds: 9)
        #expect(try archive.search("marigolds").count == 1)
        _ = try archive.store(summary("second", covered: 150, made: 600, "about foxgloves"), nowMilliseconds: 9)
        #expect(try archive.search("marigolds").isEmpty && archive.search("foxgloves").count == 1)
        #expect(try archive.search("zzstep").count == 1)
        #expect(try archive.summary(ofSession: session)?.memory.title == "second")
        #expect(try archive.summary(ofSession: session)?.memory.course?.outcome == "half done")
        // It is none of the session's words, nor an episode of its.
        #expect(try archive.episodes(ofSession: Samples.session, limit: 9).count == 1)
        #expect(try archive.entries(ofSession: Samples.session, limit: 9).count == 1)
        try archive.checkSearch()
        try archive.check()
        #expect(try archive.sums(after: nil, limit: 9).damaged.isEmpty)
        #expect(try archive.checkSums(after: nil, limit: 9).alteredMemories.isEmpty)
    }

    @Test func whatIsForgottenOfASessionTakesItsSummaryAlong() throws {
        let archive = try folder.archive()
        try remember(1...2, in: archive)
        _ = try archive.store(summary("whole", covered: 200, "says zzsecret"), nowMilliseconds: 9)
        var forgotten = Forgotten()
        forgotten.messages = [Samples.entry(1).identity]
        try archive.forget(forgotten, nowMilliseconds: 10)
        try archive.scrub()
        #expect(try archive.summary(ofSession: session) == nil)
        #expect(try archive.search("zzsecret").isEmpty)
        // Of the rest another is made.
        #expect(try archive.store(summary("anew", covered: 300), nowMilliseconds: 11) == .stored)
        #expect(try archive.summary(ofSession: session)?.memory.title == "anew")

        forgotten = Forgotten()
        forgotten.sessions = [session]
        try archive.forget(forgotten, nowMilliseconds: 12)
        #expect(try archive.summary(ofSession: session) == nil)
        #expect(try archive.store(summary("again", covered: 400), nowMilliseconds: 13) == .unwanted)
        #expect(try archive.unsummarised(since: 0, limit: 9).isEmpty)
    }
}
