import Domain
import GRDB
import Testing

@testable import Archive

/// What a disk alters is noticed, and put right when the words come in again.
@Suite struct SumTests {
    let folder = TestFolder()

    private func entries(_ numbers: ClosedRange<Int>) -> [EpisodeEntry] { numbers.map { Samples.entry($0) } }

    private func alter(_ archive: SQLiteArchive, _ sql: String) throws {
        try archive.database.write { database in
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
    }

    @Test func whatIsCommittedIsOnTheDisk() throws {
        let archive = try folder.archive()
        // In a write-ahead log FULL (2) syncs each commit; NORMAL (1) waits for the next checkpoint.
        #expect(
            try archive.database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test(arguments: [
        "UPDATE entry SET text = replace(text, 'word2', 'word9') WHERE uuid = 'uuid-2'",
        "UPDATE entry SET role = 'usfr' WHERE uuid = 'uuid-2'", "UPDATE entry SET hash = 'x' WHERE uuid = 'uuid-2'",
        "UPDATE entry SET uuid = 'uuid-x' WHERE uuid = 'uuid-2'", "UPDATE entry SET at = '' WHERE uuid = 'uuid-2'",
        "UPDATE entry SET key = x'00', text = 'altered' WHERE uuid = 'uuid-2'",
        "DELETE FROM entry WHERE uuid = 'uuid-2'", "UPDATE episode SET sha256 = 'x' WHERE number = 1",
    ])
    func anAlterationIsNoticedAndMended(sql: String) throws {
        let archive = try folder.archive()
        let episode = Samples.episode(entries(1...3)), other = Samples.episode(entries(4...6), bytes: 100..<200)
        _ = try archive.ingest([episode, other], nowMilliseconds: 1)
        #expect(try archive.checkSums(after: nil, limit: 10) == SumCheck(looked: 2, last: other.id))
        try alter(archive, sql)

        #expect(try archive.show(episode.id)?.damage == "checksum")
        #expect(try archive.show(other.id)?.damage == "")
        #expect(try archive.work(on: episode.id) == .damaged)
        #expect(try archive.checkSums(after: nil, limit: 10) == SumCheck(looked: 2, last: other.id))
        // It holds nothing until then: the ledger counts it, and the transcript is read again.
        let file = try #require(episode.file)
        #expect(try archive.heldSpans(of: [file])[file]?.map(\.bytes) == [100..<200])

        #expect(try archive.ingest([episode], nowMilliseconds: 2) == [.known(.queued)])
        let shown = try #require(try archive.show(episode.id))
        #expect(shown.damage.isEmpty && shown.episode == episode)
        #expect(try archive.work(on: episode.id) == .entries(episode.content))
        #expect(try archive.heldSpans(of: [file])[file]?.count == 2)
        #expect(try archive.search("word2").map(\.episode) == [episode.id])
        try archive.check()
    }

    @Test func theBackgroundFindsItPageByPage() throws {
        let archive = try folder.archive()
        let episodes = (0..<10).map { Samples.episode([Samples.entry($0)], bytes: Int64($0)..<Int64($0 + 1)) }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        try alter(archive, "UPDATE entry SET text = 'altered' WHERE uuid IN ('uuid-3', 'uuid-8')")
        var found: [EpisodeID] = [], last: EpisodeID?, pages = 0
        repeat {
            let check = try archive.checkSums(after: last, limit: 4)
            found += check.damaged
            last = check.last
            pages += 1
        } while last != nil
        #expect(found == [episodes[3].id, episodes[8].id] && pages == 4)
        // Told once.
        #expect(try archive.checkSums(after: nil, limit: 10).damaged.isEmpty)
    }

    @Test func theSameWordsOfAnotherEpisodeMendItToo() throws {
        let archive = try folder.archive()
        let episode = Samples.episode(entries(1...3))
        _ = try archive.ingest([episode], nowMilliseconds: 1)
        try alter(archive, "UPDATE entry SET text = 'altered' WHERE uuid = 'uuid-2'")
        #expect(try archive.checkSums(after: nil, limit: 10).damaged == [episode.id])
        // As the ledger has a hole read again: cut at other places.
        let again = Samples.episode([Samples.entry(2)], bytes: 33..<66)
        #expect(try archive.ingest([again], nowMilliseconds: 2) == [.duplicate])
        #expect(try archive.show(episode.id)?.episode == episode)
        #expect(try archive.checkSums(after: nil, limit: 10).damaged.isEmpty)
        #expect(try archive.show(episode.id)?.damage == "")
    }

    @Test func ofARepetitionOnlyWhatIsNewIsAskedFor() throws {
        let archive = try folder.archive()
        let first = Samples.episode(entries(1...3))
        let fork = Samples.episode(entries(1...4), path: "/t/fork.jsonl")
        _ = try archive.ingest([first, fork], nowMilliseconds: 1)
        #expect(try archive.work(on: first.id) == .entries(first.content))
        #expect(try archive.work(on: fork.id) == .entries(Samples.entry(4).json))
        _ = try archive.storeMemory(Samples.memory(), of: fork.id, maker: Samples.maker, nowMilliseconds: 2)
        #expect(try archive.work(on: fork.id) == .finished(.memory))
        #expect(try archive.work(on: Samples.episode(entries(9...9)).id) == .unknown)
        _ = try archive.finish([first.id], as: .discarded, nowMilliseconds: 3)
        #expect(try archive.work(on: first.id) == .finished(.discarded))
    }

    /// Every alteration of what an episode says is noticed, and the same words put it right.
    @Test(arguments: 1...UInt64(20))
    func randomAlterationsAreNoticedAndMended(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let archive = try folder.archive()
        var episodes: [StoredEpisode] = []
        for number in 0..<8 {
            let start = Int.random(in: 0...20, using: &random), end = start + Int.random(in: 0...6, using: &random)
            let content =
                number % 4 == 3
                ? "{ \"role\":\"user\",\"text\":\"raw \(number)\",\"at\":\"\",\"uuid\":\"r\(number)\",\"hash\":\"h\"}"
                : entries(start...end).map(\.json).joined(separator: "\n")
            episodes.append(Samples.episode(content: content, bytes: Int64(number)..<Int64(number + 1)))
        }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        let columns = ["uuid", "hash", "role", "at", "agent", "text"]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let column = columns.randomElement(using: &random) ?? "text"
            try archive.database.write { database in
                try database.execute(
                    sql: "UPDATE entry SET \(column) = \(column) || '~' WHERE number = ?",
                    arguments: [Int.random(in: 1...10, using: &random)])
            }
        }
        let changed = try episodes.filter { try archive.show($0.id)?.episode.content != $0.content }.map(\.id)
        #expect(try Set(archive.checkSums(after: nil, limit: 100).damaged) == Set(changed))
        _ = try archive.ingest(episodes, nowMilliseconds: 2)
        for episode in episodes {
            let shown = try archive.show(episode.id)
            #expect(shown?.episode.content == episode.content && shown?.damage == "")
        }
    }
}
