import Domain
import Foundation
import GRDB
import Testing

@testable import Archive

/// Words leave the archive for good: rows, index, file and log, and do not come in again.
@Suite struct ForgettingTests {
    let folder = TestFolder()

    private func sought(_ text: String) throws -> SoughtText { try #require(SoughtText(text)) }

    /// Whether bytes stand in any of the archive's files.
    private func isOnDisk(_ text: String) throws -> Bool {
        try ["", "-wal", "-shm"].map { folder.file + $0 }.contains { path in
            guard FileManager.default.fileExists(atPath: path) else { return false }
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(text.utf8)) != nil
        }
    }

    /// The tokens of an index.
    private func tokens(_ archive: SQLiteArchive) throws -> Set<String> {
        try archive.write { database in
            var tokens: Set<String> = []
            for index in ["conversation_words", "memory_words"] {
                try database.execute(
                    sql: "CREATE VIRTUAL TABLE temp.look USING fts5vocab('main', '\(index)', 'row')")
                tokens.formUnion(try String.fetchAll(database, sql: "SELECT term FROM temp.look"))
                try database.execute(sql: "DROP TABLE temp.look")
            }
            return tokens
        }
    }

    private func forget(_ forgotten: Forgotten, in archive: SQLiteArchive) throws {
        try archive.forget(forgotten, nowMilliseconds: 9)
        try archive.scrub()
        try archive.tidy()
    }

    private func episode(
        _ session: String, _ entries: [EpisodeEntry], path: String, key: String = "coder/1"
    ) -> StoredEpisode {
        var episode = Samples.episode(entries, path: path, key: key)
        episode.sessionID = session
        return episode
    }

    private func messages(_ names: String...) -> Forgotten {
        var forgotten = Forgotten()
        forgotten.messages = Set(names)
        return forgotten
    }

    @Test func takesAMessageOutAndLeavesItsNeighbours() throws {
        let archive = try folder.archive()
        let other = Samples.episode([Samples.entry(9)], path: "/t/b.jsonl")
        let entries = [
            Samples.entry(1, .user, "the wombatcode is 4711"), Samples.entry(2, .assistant, "noted, thank you"),
            Samples.entry(3),
        ]
        let episode = Samples.episode(entries)
        _ = try archive.ingest([episode, other], nowMilliseconds: 5)
        for id in [episode.id, other.id] {
            _ = try archive.storeMemory(
                Samples.memory("About wombatcode"), of: id, maker: Samples.maker, nowMilliseconds: 6)
        }
        #expect(try isOnDisk("wombatcode is 4711") && tokens(archive).contains("wombatcode"))

        let trace = try archive.trace(.text(sought("wombatcode")))
        let session = try #require(SessionID(rawValue: Samples.session))
        #expect(trace.messages == 1 && trace.memories == 2)
        #expect(trace.sessions[session]?.known.messages == ["uuid-1"])
        #expect(trace.sessions[session]?.remarks == [other.id])
        var forgotten = messages("uuid-1")
        forgotten.remarks = [other.id]
        try forget(forgotten, in: archive)

        #expect(try archive.trace(.text(sought("wombatcode"))).isEmpty)
        #expect(try archive.holding([sought("wombatcode"), sought("noted, thank")]) == [false, true])
        #expect(try !isOnDisk("wombatcode") && !isOnDisk("4711") && !tokens(archive).contains("wombatcode"))
        let left = try #require(try archive.show(episode.id))
        #expect(left.entries == Array(entries[1...]) && left.memory == nil && left.damage.isEmpty)
        #expect(left.episode.sha256 == SHA256.hexadecimal(of: left.episode.content))
        #expect(try archive.search("thank").map(\.episode) == [episode.id])
        #expect(try archive.search("word3 word9").count == 2)
        try archive.check()
        // Of the rest a memory is made anew; of one whose memory alone said it, none.
        #expect(left.place == .finished(.raw) && left.needsReprocessing)
        let remarked = try #require(try archive.show(other.id))
        #expect(remarked.place == .finished(.raw) && !remarked.needsReprocessing && remarked.entries.count == 1)
        #expect(try archive.work(on: episode.id) == .entries(entries[1...].map(\.json).joined(separator: "\n")))
        #expect(try archive.checkSums(after: nil, limit: 9).damaged.isEmpty)
    }

    /// A fork holds copies of what was said before it.
    @Test func takesASessionOutWithTheCopiesThatForksHold() throws {
        let archive = try folder.archive()
        let first = (1...3).map { Samples.entry($0, .user, "parrotword\($0) of the parent") }
        let own = Samples.entry(7, .user, "the fork's own gannetword")
        let parent = episode("parent", first, path: "/t/parent.jsonl")
        let fork = episode("fork", first + [own], path: "/t/fork.jsonl")
        _ = try archive.ingest([parent, fork], nowMilliseconds: 5)
        _ = try archive.storeMemory(Samples.memory("A fork"), of: fork.id, maker: Samples.maker, nowMilliseconds: 6)
        let session = try #require(SessionID(rawValue: "parent"))
        let trace = try archive.trace(.sessions([session], addedUnder: nil, candidates: ["uuid-1", "uuid-7"]))
        #expect(trace.sessions[session]?.known.messages == ["uuid-1", "uuid-2", "uuid-3"])
        #expect(trace.others == ["uuid-7"] && trace.messages == 3)
        var forgotten = messages("uuid-1", "uuid-2", "uuid-3")
        forgotten.sessions = [session]
        let count = try archive.episodeCount()
        try forget(forgotten, in: archive)

        for word in ["parrotword1", "parrotword2", "parrotword3"] {
            #expect(try !isOnDisk(word) && archive.search(word).isEmpty && !tokens(archive).contains(word))
        }
        let left = try #require(try archive.show(fork.id))
        #expect(left.entries == [own] && left.damage.isEmpty && left.place == .finished(.memory))
        #expect(left.memory?.memory.title == "A fork", "it was made of what only the fork said")
        #expect(try archive.show(parent.id)?.place == .finished(.discarded))
        #expect(try archive.show(parent.id)?.entries.isEmpty == true)
        #expect(try archive.episodeCount() == count, "an archive that forgets holds no less than it did")
        try archive.check()
        #expect(try archive.checkSums(after: nil, limit: 9).damaged.isEmpty)

        // A fork of a fork, an import, the same transcript again: nothing comes back.
        let again = episode("third", first + [Samples.entry(8)], path: "/t/third.jsonl")
        let late = episode("parent", [Samples.entry(20, .user, "late parrotword4")], path: "/t/parent.jsonl")
        #expect(
            try archive.ingest([again, late, parent], nowMilliseconds: 7) == [
                .forgotten(.part(content: Samples.entry(8).json, entries: 1)), .forgotten(.nothing),
                .forgotten(.nothing),
            ])
        #expect(try archive.show(again.id) == nil && archive.show(late.id) == nil)
        #expect(
            try archive.storeMemory(Samples.memory(), of: parent.id, maker: Samples.maker, nowMilliseconds: 8)
                == .unwanted)
        #expect(try archive.trace(.text(sought("parrotword"))).isEmpty)
    }

    @Test func takesOutASessionThatOnlyRepeatedOthers() throws {
        let archive = try folder.archive()
        let entries = [Samples.entry(1), Samples.entry(2)]
        let parent = episode("parent", entries, path: "/t/parent.jsonl")
        let fork = episode("fork", entries, path: "/t/fork.jsonl")
        _ = try archive.ingest([parent, fork], nowMilliseconds: 5)
        var forgotten = Forgotten()
        forgotten.sessions = try [#require(SessionID(rawValue: "fork"))]
        try forget(forgotten, in: archive)
        #expect(try archive.show(parent.id)?.entries == entries)
        #expect(try archive.show(fork.id)?.entries.isEmpty == true)
    }

    @Test func importsNothingOfIt() throws {
        let archive = try folder.archive()
        let other = TestFolder()
        let source = try other.archive()
        let whole = episode("gone", [Samples.entry(1, .user, "quaggaword")], path: "/t/a.jsonl")
        let part = episode("kept", [Samples.entry(2, .user, "quaggaword too"), Samples.entry(3)], path: "/t/b.jsonl")
        _ = try source.ingest([whole, part], nowMilliseconds: 1)
        for id in [whole.id, part.id] {
            _ = try source.storeMemory(
                Samples.memory("A quaggaword"), of: id, maker: Samples.maker, nowMilliseconds: 2)
        }
        var forgotten = messages("uuid-2")
        forgotten.sessions = try [#require(SessionID(rawValue: "gone"))]
        try forget(forgotten, in: archive)
        var outcomes: [ImportOutcome] = []
        try source.export { line in
            outcomes.append(try archive.importLine(line, nowMilliseconds: 3) { $0 })
        }
        #expect(outcomes == [.head, .forgotten(whole.id), .added(part.id)])
        let left = try #require(try archive.show(part.id))
        #expect(left.entries == [Samples.entry(3)] && left.memory == nil && left.place == .backlog)
        #expect(try !isOnDisk("quaggaword"))
    }

    /// What cannot be understood goes as a whole, and the rest of the index is made anew with all that is in it.
    @Test func takesOutWhatCannotBeUnderstood() throws {
        let archive = try folder.archive()
        let broken = Samples.episode(content: #"{"kaputt": "okapiword"}"#, path: "/t/a.jsonl")
        let other = Samples.episode(content: #"{"kaputt": "kudu stays"}"#, path: "/t/b.jsonl")
        _ = try archive.ingest([broken, other], nowMilliseconds: 5)
        let trace = try archive.trace(.text(sought("okapiword")))
        #expect(trace.sessions.values.map(\.episodes) == [[broken.id]])
        var forgotten = Forgotten()
        forgotten.episodes = [broken.id]
        try forget(forgotten, in: archive)
        #expect(try !isOnDisk("okapiword"))
        #expect(try archive.search("kudu").map(\.episode) == [other.id])
        #expect(try archive.ingest([broken], nowMilliseconds: 6) == [.forgotten(.nothing)])
    }

    @Test func remembersWhichTombstonesAreDoneWith() throws {
        let archive = try folder.archive()
        let session = try #require(SessionID(rawValue: "s"))
        #expect(try !archive.hasForgotten("s 1"))
        try archive.noteForgotten("s 1", of: session, nowMilliseconds: 1)
        #expect(try archive.hasForgotten("s 1"))
        try archive.noteForgotten("s 2", of: session, nowMilliseconds: 2)
        #expect(try !archive.hasForgotten("s 1") && archive.hasForgotten("s 2"))
    }

    /// What was removed before, and by whatever, is not left in free pages either.
    @Test func leavesNothingInFreePages() throws {
        let archive = try folder.archive()
        let text = (0..<400).map { "dugongword line \($0) of a long paste" }.joined(separator: "\n")
        let episodes = (1...20).map { number in
            Samples.episode([Samples.entry(number, .user, text)], path: "/t/\(number).jsonl")
        }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        _ = try archive.ingest([Samples.episode([Samples.entry(99)], path: "/t/z.jsonl")], nowMilliseconds: 1)
        var forgotten = Forgotten()
        forgotten.messages = Set((1...20).map { "uuid-\($0)" })
        try archive.forget(forgotten, nowMilliseconds: 2)
        try archive.scrub()
        try archive.tidy()
        #expect(try !isOnDisk("dugongword") && !isOnDisk("dugong"))
        #expect(try archive.search("word99").count == 1)
    }
}
