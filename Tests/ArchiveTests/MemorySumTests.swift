import Domain
import GRDB
import Testing

@testable import Archive

/// A memory that a disk altered is noticed, kept, and put right by a copy that is whole. Nothing is paid for again.
@Suite struct MemorySumTests {
    let folder = TestFolder()

    private func filled() throws -> (SQLiteArchive, [StoredEpisode]) {
        let archive = try folder.archive()
        let episodes = (1...4).map { Samples.episode([Samples.entry($0)], bytes: Int64($0)..<Int64($0 + 1)) }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        for (number, episode) in episodes.enumerated() {
            _ = try archive.storeMemory(
                Samples.memory("About needle\(number)"), of: episode.id, maker: Samples.maker, nowMilliseconds: 2)
        }
        return (archive, episodes)
    }

    private func alter(_ archive: SQLiteArchive, _ sql: String) throws {
        try archive.database.write { database in
            try database.execute(sql: sql)
            #expect(database.changesCount > 0)
        }
    }

    private func export(_ archive: SQLiteArchive) throws -> [String] {
        var lines: [String] = []
        try archive.export { lines.append($0) }
        return lines
    }

    @Test(arguments: [
        "UPDATE memory SET body = replace(body, 'needle1', 'needle9') WHERE episode = 2",
        "UPDATE memory SET body = replace(body, '\"title\"', '\"titlf\"') WHERE episode = 2",
        "UPDATE memory SET body = substr(body, 2) WHERE episode = 2",
        "UPDATE memory SET body = '' WHERE episode = 2",
        "UPDATE memory_sum SET sha256 = 'x' WHERE episode = 2",
    ])
    func anAlteredMemoryIsNoticedKeptAndPutRight(sql: String) throws {
        let (archive, episodes) = try filled()
        let whole = try export(archive)
        #expect(try archive.checkSums(after: nil, limit: 10).alteredMemories.isEmpty)
        #expect(try archive.counts().damaged == 0)
        try alter(archive, sql)

        let hurt = episodes[1].id
        #expect(try archive.show(hurt)?.memory?.isAltered == true)
        #expect(try archive.checkSums(after: nil, limit: 10).alteredMemories == [hurt])
        #expect(try archive.counts().damaged == 1)
        #expect(try archive.checkSums(after: nil, limit: 10).alteredMemories.isEmpty, "told once")
        // It is a memory all the same: searched, listed, exported, and asked for of nobody.
        #expect(try archive.search("needle1").map(\.episode) == [hurt])
        #expect(try archive.episodes(after: nil, key: nil, sinceMilliseconds: nil, limit: 9).count == 4)
        #expect(try archive.work(on: hurt) == .finished(.memory))
        #expect(try archive.memories(of: [hurt]) == [hurt])
        #expect(try archive.counts().memories == 4)

        // Another archive that takes it in knows what it is.
        let other = try TestFolder().archive()
        for line in try export(archive) { _ = try other.take(line: line) }
        #expect(try other.show(hurt)?.memory?.isAltered == true)
        #expect(try other.counts().damaged == 1 && other.counts().memories == 4)

        for line in whole { _ = try archive.take(line: line) }
        let mended = try #require(try archive.show(hurt)?.memory)
        #expect(!mended.isAltered && mended.memory == Samples.memory("About needle1"))
        #expect(try archive.counts().damaged == 0)
        try archive.check()
    }

    @Test func theIndexedTextIsMadeAnewOfWhatIsWhole() throws {
        let (archive, episodes) = try filled()
        try alter(archive, "UPDATE memory SET text = replace(text, 'needle2', 'noodle2') WHERE episode = 3")
        #expect(try archive.show(episodes[2].id)?.memory?.isAltered == false)
        _ = try archive.checkSums(after: nil, limit: 10)
        let text = try archive.database.read {
            try String.fetchOne($0, sql: "SELECT text FROM memory WHERE episode = 3")
        }
        #expect(text == Samples.memory("About needle2").text)
        #expect(try archive.counts().damaged == 0)
    }

    @Test func aDamagedFileGivesAlteredMemoriesToo() throws {
        let (archive, episodes) = try filled()
        try alter(archive, "UPDATE memory SET body = substr(body, 2) WHERE episode = 2")
        try archive.tidy()
        try archive.close()
        let new = try TestFolder().archive()
        #expect(try SQLiteStore.salvage(from: folder.file, into: new, nowMilliseconds: 2).stored == 4)
        #expect(try new.counts().memories == 4)
        let saved = try #require(try new.show(episodes[1].id)?.memory)
        #expect(saved.isAltered && saved.memory.title == "About needle1")
        #expect(try new.work(on: episodes[1].id) == .finished(.memory))
    }

    /// Read again after an accident, a file is cut at other places than it grew.
    @Test(arguments: [true, false]) func whatWasRememberedIsNotPaidForAgain(aMemoryIsMissing: Bool) throws {
        let archive = try folder.archive()
        let episodes = (1...4).map { Samples.episode([Samples.entry($0)], bytes: Int64($0)..<Int64($0 + 1)) }
        for (number, episode) in episodes.enumerated() {
            var shell = episode
            shell.content = ""
            let isWhole = number == 0
            let memory = StoredMemory(
                episode: episode.id, memory: Samples.memory(), maker: Samples.maker, madeMilliseconds: 1)
            let hasMemory = !(aMemoryIsMissing && number == 2)
            _ = try archive.take(
                ImportedEpisode(
                    episode: isWhole ? episode : shell, place: .finished(hasMemory ? .memory : .dead),
                    damage: isWhole ? nil : .lost, memory: hasMemory ? memory : nil),
                nowMilliseconds: 1)
        }
        #expect(try archive.counts().damaged == 3)
        let again = Samples.episode((1...4).map { Samples.entry($0) }, bytes: 1..<5)
        let outcome = try archive.ingest([again], nowMilliseconds: 2)
        #expect(outcome == [aMemoryIsMissing ? .archived(newEntries: 3) : .duplicate])
        #expect(try archive.search("word3").map(\.episode) == [again.id])
        #expect(try archive.counts().damaged == 0 && archive.show(again.id)?.damage == "")
        // What comes behind it is new.
        let next = Samples.episode([Samples.entry(5)], bytes: 4..<6)
        #expect(try archive.ingest([next], nowMilliseconds: 3) == [.archived(newEntries: 1)])
    }

    @Test func damagedWordsCountUntilTheyStandSomewhere() throws {
        let (archive, episodes) = try filled()
        try alter(
            archive,
            "UPDATE entry SET key = CAST('k' || number AS BLOB), text = 'altered' WHERE uuid IN ('uuid-2', 'uuid-3')")
        _ = try archive.checkSums(after: nil, limit: 10)
        #expect(try archive.counts().damaged == 2)
        _ = try archive.ingest([episodes[1]], nowMilliseconds: 3)
        #expect(try archive.counts().damaged == 1)
        // As the ledger has a hole read again: one episode of all that lies between two that are whole.
        let again = Samples.episode([Samples.entry(3)], bytes: 2..<4)
        _ = try archive.ingest([again], nowMilliseconds: 4)
        #expect(try archive.counts().damaged == 0)
    }
}

extension SQLiteArchive {
    fileprivate func take(line: String) throws -> ImportOutcome {
        try importLine(line, nowMilliseconds: 5, cleaned: \.self)
    }
}
