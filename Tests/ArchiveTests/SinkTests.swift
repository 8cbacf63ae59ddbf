import Domain
import GRDB
import Testing

@testable import Archive

/// What sinks are still to get, as the archive notes it.
@Suite struct SinkTests {
    let folder = TestFolder()

    @discardableResult
    private func remember(_ numbers: ClosedRange<Int>, in archive: SQLiteArchive) throws -> [EpisodeID] {
        try numbers.map { number in
            let episode = Samples.episode(
                [Samples.entry(number)], bytes: Int64(number * 100)..<Int64(number * 100 + 100),
                at: Int64(1000 + number))
            _ = try archive.ingest([episode], nowMilliseconds: 1)
            _ = try archive.storeMemory(
                Samples.memory("m\(number)"), of: episode.id, maker: Samples.maker, nowMilliseconds: Int64(100 * number)
            )
            return episode.id
        }
    }

    private func titles(_ sink: String, in archive: SQLiteArchive) throws -> [String] {
        var titles: [String] = []
        while let item = try archive.nextDelivery(of: sink) {
            titles.append(item.memory.title)
            try archive.keep(item.standing.delivered(), of: item, in: sink, nowMilliseconds: 5)
        }
        return titles
    }

    @Test func aNewSinkGetsWhatIsMadeFromThenOnAndTheRestWhenItIsAskedFor() throws {
        let archive = try folder.archive()
        try remember(1...2, in: archive)
        #expect(try archive.enqueue(for: "a", nowMilliseconds: 250) == 0)
        try remember(3...4, in: archive)
        #expect(try archive.enqueue(for: "a", nowMilliseconds: 500) == 2)
        #expect(try archive.enqueue(for: "a", nowMilliseconds: 500) == 0)
        #expect(try titles("a", in: archive) == ["m3", "m4"])
        #expect(try archive.backfillSize(capturedSince: 1002).memories == 3)
        #expect(try archive.backfill("a", capturedSince: 1002, nowMilliseconds: 600) == 1)
        #expect(try titles("a", in: archive) == ["m2"])
        // Another one is at its own beginning.
        #expect(try archive.enqueue(for: "b", nowMilliseconds: 1) == 4)
    }

    @Test func keepsTheOrderAndWaitsForWhatIsNotConfirmed() throws {
        let archive = try folder.archive()
        _ = try archive.enqueue(for: "a", nowMilliseconds: 1)
        try remember(1...3, in: archive)
        _ = try archive.enqueue(for: "a", nowMilliseconds: 1)
        let first = try #require(try archive.nextDelivery(of: "a"))
        #expect(first.memory.title == "m1")
        try archive.keep(first.standing.sent(at: 7), of: first, in: "a", nowMilliseconds: 7)
        let again = try #require(try archive.nextDelivery(of: "a"))
        #expect(again.memory.title == "m1" && again.standing == first.standing.sent(at: 7))
        try archive.keep(first.standing.refused("away", until: 99), of: again, in: "a", nowMilliseconds: 8)
        let refused = try #require(try archive.nextDelivery(of: "a"))
        #expect(
            refused.memory.title == "m1" && refused.standing.attempts == 1 && refused.standing.sentMilliseconds == 0)
        try archive.keep(refused.standing.givenUp("refused"), of: refused, in: "a", nowMilliseconds: 9)
        #expect(try archive.nextDelivery(of: "a")?.memory.title == "m2", "what is given up keeps nobody waiting")
        let counts = try #require(try archive.sinkCounts("a"))
        #expect(counts.waiting == 2 && counts.dead == 1 && counts.lastError == "refused")
        #expect(try archive.retryDeliveries(of: "a") == 1)
        #expect(try titles("a", in: archive) == ["m1", "m2", "m3"])
    }

    @Test func aSummaryThatWentOnIsHandedOnAgainAndWhatIsForgottenIsNot() throws {
        let archive = try folder.archive()
        _ = try archive.enqueue(for: "a", nowMilliseconds: 1)
        let ids = try remember(1...2, in: archive)
        let session = try #require(SessionID(rawValue: Samples.session))
        func summarise(_ title: String, at made: Int64) throws {
            var memory = Samples.memory(title)
            memory.course = Memory.Course(goal: "g")
            let summary = SessionSummary(
                session: session, dispatchKey: "k", host: "h", memory: memory, maker: Samples.maker,
                madeMilliseconds: made,
                capturedMilliseconds: 1, coveredMilliseconds: made)
            _ = try archive.store(summary, nowMilliseconds: made)
            _ = try archive.enqueue(for: "a", nowMilliseconds: made)
        }
        try summarise("first", at: 300)
        #expect(try titles("a", in: archive) == ["m1", "m2", "first"])
        try summarise("second", at: 400)
        #expect(try titles("a", in: archive) == ["second"])

        try remember(5...6, in: archive)
        _ = try archive.enqueue(for: "a", nowMilliseconds: 700)
        var forgotten = Forgotten()
        forgotten.messages = [Samples.entry(5).identity]
        try archive.forget(forgotten, nowMilliseconds: 800)
        #expect(try titles("a", in: archive) == ["m6"])
        #expect(ids.count == 2)
        try archive.check()
    }
}
