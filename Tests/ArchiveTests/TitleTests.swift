import Domain
import GRDB
import Testing

@testable import Archive

@Suite struct TitleTests {
    let folder = TestFolder()

    private func episode(_ number: Int, at milliseconds: Int64) -> StoredEpisode {
        Samples.episode(
            [Samples.entry(number)], path: "/c/projects/-p/\(number).jsonl", key: "coder/\(number)", at: milliseconds)
    }

    private func store(_ title: String, of episode: StoredEpisode, in archive: SQLiteArchive) throws {
        _ = try archive.storeMemory(
            Samples.memory(title), of: episode.id, maker: Samples.maker, nowMilliseconds: 50)
    }

    @Test func theLatestAreThoseThatWereCapturedLast() throws {
        let archive = try folder.archive()
        let episodes = [episode(1, at: 3000), episode(2, at: 1000), episode(3, at: 2000), episode(4, at: 4000)]
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        for number in [0, 1, 2] { try store("t\(number)", of: episodes[number], in: archive) }
        let titles = try archive.latestTitles(2)
        #expect(titles.map(\.title) == ["t0", "t2"])
        #expect(titles[0].dispatchKey == "coder/1" && titles[0].project == "-p" && titles[0].milliseconds == 3000)
        #expect(titles[0].episode == episodes[0].id && titles[0].session == Samples.session)
    }

    /// Whoever keeps titles hears of every memory that comes, goes or changes, whatever did it.
    @Test func tellsWhatChanged() throws {
        let archive = try folder.archive()
        let episodes = (1...3).map { episode($0, at: Int64($0)) }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        try store("before", of: episodes[0], in: archive)
        #expect(try archive.changedTitles() == nil, "nobody asked yet")
        #expect(try archive.latestTitles(9).count == 1)
        #expect(try archive.changedTitles() == [])

        try store("second", of: episodes[1], in: archive)
        #expect(try archive.changedTitles()?.map(\.title) == ["second"])
        #expect(try archive.changedTitles() == [])
        struct Stop: Error {}
        _ =
            try? archive.write { database in
                try database.execute(sql: "DELETE FROM memory")
                throw Stop()
            } as Void
        _ = try archive.ingest([episode(4, at: 4)], nowMilliseconds: 1)
        #expect(try archive.changedTitles() == [], "what was rolled back did not change")
        let json = try Samples.memory("mended").json()
        try archive.write { try $0.execute(sql: "UPDATE memory SET body = ?", arguments: [json]) }
        #expect(try archive.changedTitles()?.map(\.title) == ["mended", "mended"])

        var forgotten = Forgotten()
        forgotten.episodes = [episodes[1].id]
        try archive.forget(forgotten, nowMilliseconds: 9)
        try archive.scrub()
        let gone = try #require(try archive.changedTitles())
        #expect(gone.map(\.title) == [""] && gone.map(\.episode) == [episodes[1].id])
        #expect(gone[0].dispatchKey == "coder/2" && gone[0].project == "-p", "so that it is found where it stands")
    }

    @Test func whereTooMuchChangedAllAreToBeAskedFor() throws {
        let archive = try folder.archive()
        _ = try archive.latestTitles(9)
        let changes = archive.memoryChanges
        _ = try archive.ingest([episode(1, at: 1)], nowMilliseconds: 1)
        #expect(try archive.changedTitles() == [])
        try archive.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
                    INSERT INTO episode SELECT i, 'e' || i, session_id, dispatch_key, group_id, host, session_file, file_id,
                        generation, bytes_from, bytes_to, agent_id, filter, sha256, captured_ms, entry_count,
                        new_entry_count, place, outcome, needs_reprocessing, is_history, retry_count, error_type,
                        error_message, archived_ms, finished_ms, discarded_ms, damage FROM episode, n WHERE number = 1
                    """)
            try database.execute(
                sql: "INSERT INTO memory SELECT number, '{}', '', '', '', '', 0, 0, 0 FROM episode")
        }
        #expect(changes.take() == nil)
        #expect(try archive.changedTitles() == nil)
    }
}
