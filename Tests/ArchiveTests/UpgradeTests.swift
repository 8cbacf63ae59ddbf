import Domain
import Foundation
import GRDB
import Testing

@testable import Archive

/// An archive of an earlier version opens, and all it holds is there.
@Suite struct UpgradeTests {
    let folder = TestFolder()

    /// The tables as version 0.1.0 made them, word for word: they lie on people's disks.
    private static let tables = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE episode (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            session_id TEXT NOT NULL, dispatch_key TEXT NOT NULL, group_id TEXT NOT NULL, host TEXT NOT NULL,
            session_file TEXT NOT NULL, file_id TEXT NOT NULL, generation INTEGER NOT NULL,
            bytes_from INTEGER NOT NULL, bytes_to INTEGER NOT NULL, agent_id TEXT NOT NULL, filter TEXT NOT NULL,
            sha256 TEXT NOT NULL, captured_ms INTEGER NOT NULL,
            entry_count INTEGER NOT NULL, new_entry_count INTEGER NOT NULL DEFAULT 0,
            place TEXT NOT NULL CHECK (place IN ('queued', 'backlog', 'finished')),
            outcome TEXT CHECK (outcome IN ('memory', 'duplicate', 'raw', 'dead', 'discarded')),
            needs_reprocessing INTEGER NOT NULL DEFAULT 0, is_history INTEGER NOT NULL,
            retry_count INTEGER NOT NULL, error_type TEXT NOT NULL DEFAULT '', error_message TEXT NOT NULL DEFAULT '',
            archived_ms INTEGER NOT NULL, finished_ms INTEGER, discarded_ms INTEGER,
            -- Why its content is not what was captured: 'checksum', 'line', 'lost'.
            damage TEXT NOT NULL DEFAULT '',
            CHECK ((place = 'finished') = (outcome IS NOT NULL))
        ) STRICT;
        CREATE INDEX episode_by_place ON episode (place, outcome);
        CREATE INDEX episode_by_file ON episode (file_id, generation, bytes_from);
        CREATE INDEX episode_by_time ON episode (captured_ms);
        CREATE INDEX backlog ON episode (is_history, captured_ms, number) WHERE place = 'backlog';
        CREATE INDEX queued ON episode (number) WHERE place = 'queued';
        CREATE INDEX wanting ON episode (captured_ms, number) WHERE needs_reprocessing = 1;

        CREATE TABLE entry (
            number INTEGER PRIMARY KEY,
            -- 16 bytes of SHA-256 over uuid, hash, role and text.
            key BLOB NOT NULL UNIQUE,
            episode INTEGER NOT NULL REFERENCES episode, position INTEGER NOT NULL,
            uuid TEXT NOT NULL, hash TEXT NOT NULL, role TEXT NOT NULL, at TEXT NOT NULL, agent TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX entry_by_episode ON entry (episode, position);
        CREATE TABLE repetition (
            episode INTEGER NOT NULL REFERENCES episode, position INTEGER NOT NULL,
            entry INTEGER NOT NULL REFERENCES entry,
            PRIMARY KEY (episode, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE unreadable (
            episode INTEGER NOT NULL REFERENCES episode, position INTEGER NOT NULL,
            -- Bytes: a text would end at its first NUL.
            line BLOB NOT NULL,
            PRIMARY KEY (episode, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE digest (
            episode INTEGER PRIMARY KEY REFERENCES episode, title TEXT NOT NULL, text TEXT NOT NULL,
            -- Words that stand for the dispatch key and its agent, so that the index narrows a search to them.
            scope TEXT NOT NULL
        ) STRICT;
        CREATE TABLE memory (
            episode INTEGER PRIMARY KEY REFERENCES episode, body TEXT NOT NULL, text TEXT NOT NULL, scope TEXT NOT NULL,
            provider TEXT NOT NULL, model TEXT NOT NULL, tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL,
            made_ms INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE cursor (
            file_id TEXT PRIMARY KEY, path TEXT NOT NULL, host TEXT NOT NULL, offset INTEGER NOT NULL,
            generation INTEGER NOT NULL, tail_sha256 TEXT NOT NULL, captured_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE VIEW conversation AS
            SELECT digest.episode AS episode, digest.text AS digest,
                (SELECT group_concat(text, char(10)) FROM (
                    SELECT text FROM entry WHERE entry.episode = digest.episode ORDER BY position)) AS raw,
                digest.scope AS scope
            FROM digest;
        CREATE VIRTUAL TABLE conversation_words USING fts5 (
            digest, raw, scope, content = 'conversation', content_rowid = 'episode',
            tokenize = "unicode61 remove_diacritics 2");
        CREATE VIRTUAL TABLE memory_words USING fts5 (
            text, scope, content = 'memory', content_rowid = 'episode', tokenize = "unicode61 remove_diacritics 2");
        """

    private let conversation = Samples.episode([Samples.entry(1), Samples.entry(2, .assistant)])
    private let copy = Samples.episode([Samples.entry(1)], path: "/t/fork.jsonl")
    private let waiting = Samples.episode([Samples.entry(3)], bytes: 100..<200)

    /// Writes a file as an earlier version left it: an episode with its memory, one that repeats it, one that waits.
    private func earlier() throws {
        let file = ArchiveFile(path: folder.file)
        try file.makeFolder()
        try file.prepare()
        let database = try DatabaseQueue(path: folder.file)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try database.write { database in
            try database.execute(
                sql:
                    "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY); INSERT INTO grdb_migrations VALUES ('1')"
            )
            try database.execute(sql: Self.tables)
            try database.execute(
                sql: """
                    INSERT INTO meta VALUES ('archive_id', '00112233445566ff'), ('schema_version', 1);
                    PRAGMA application_id = 1215261796; PRAGMA user_version = 1
                    """)
            for (episode, place) in [(conversation, "queued"), (copy, "queued"), (waiting, "queued")] {
                try database.execute(
                    sql: """
                        INSERT INTO episode (id, session_id, dispatch_key, group_id, host, session_file, file_id,
                            generation, bytes_from, bytes_to, agent_id, filter, sha256, captured_ms, entry_count, place,
                            is_history, retry_count, archived_ms, new_entry_count)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 1, ?)
                        """,
                    arguments: [
                        episode.id.rawValue, episode.sessionID, episode.dispatchKey, episode.groupID, episode.host,
                        episode.sessionFile, episode.file?.rawValue, episode.generation, episode.bytes.lowerBound,
                        episode.bytes.upperBound, episode.agentID, episode.filterMark, episode.sha256,
                        episode.capturedMilliseconds, episode.entryCount, place,
                        episode == copy ? 0 : episode.entryCount,
                    ])
            }
            for (number, position, entry) in [
                (1, 0, Samples.entry(1)), (1, 1, Samples.entry(2, .assistant)), (3, 0, Samples.entry(3)),
            ] {
                try database.execute(
                    sql: """
                        INSERT INTO entry (key, episode, position, uuid, hash, role, at, agent, text)
                        VALUES (?, ?, ?, ?, ?, ?, ?, '', ?)
                        """,
                    arguments: [
                        Data(EpisodeLine.key(of: entry, place: "")), number, position, entry.uuid, entry.hash,
                        entry.role.rawValue, entry.at, entry.text,
                    ])
            }
            let memory = Samples.memory("About needle")
            try database.execute(
                sql: """
                    INSERT INTO repetition VALUES (2, 0, 1);
                    UPDATE episode SET place = 'finished', outcome = 'memory', finished_ms = 2 WHERE number = 1;
                    UPDATE episode SET place = 'finished', outcome = 'duplicate', finished_ms = 2 WHERE number = 2;
                    INSERT INTO cursor VALUES ('f', '/t/a.jsonl', 'host', 200, 0, 't', 1000)
                    """)
            try database.execute(
                sql: "INSERT INTO memory VALUES (1, ?, ?, 'scope', 'openai', 'small', 10, 5, 2)",
                arguments: [try memory.json(), memory.text])
            try database.execute(
                sql: "INSERT INTO memory_words (rowid, text, scope) VALUES (1, ?, 'scope')", arguments: [memory.text])
            for (number, text) in [(1, "word1 word2"), (3, "word3")] {
                try database.execute(
                    sql: "INSERT INTO digest VALUES (?, 'A title', 'A digest', 'scope')", arguments: [number])
                try database.execute(
                    sql:
                        "INSERT INTO conversation_words (rowid, digest, raw, scope) VALUES (?, 'A digest', ?, 'scope')",
                    arguments: [number, text])
            }
        }
        try database.close()
    }

    private func holdsAll(_ archive: any ArchiveReading) throws {
        #expect(archive.id == "00112233445566ff")
        let shown = try #require(try archive.show(conversation.id))
        #expect(shown.episode == conversation && shown.damage.isEmpty && shown.place == .finished(.memory))
        #expect(shown.memory?.memory == Samples.memory("About needle") && shown.memory?.isAltered == false)
        #expect(try archive.show(copy.id)?.episode == copy)
        #expect(try archive.search("needle").map(\.episode) == [conversation.id])
        #expect(try archive.search("word3").map(\.episode) == [waiting.id])
        let counts = try archive.counts()
        #expect(counts.episodes == 3 && counts.memories == 1 && counts.queued == 1 && counts.damaged == 0)
        try archive.check()
    }

    @Test func aReaderNeedsNoOwnerToHaveOpenedItFirst() throws {
        try earlier()
        let reader = try #require(try SQLiteArchive.openReadOnly(path: folder.file))
        try holdsAll(reader)
        try reader.close()
    }

    @Test func itsOwnerGoesOnWithIt() throws {
        try earlier()
        let archive = try folder.archive()
        try holdsAll(archive)
        // Memories get their checksums at the first look.
        #expect(try archive.checkSums(after: nil, limit: 10) == SumCheck(looked: 3, last: waiting.id))
        try archive.database.write { try $0.execute(sql: "UPDATE memory SET body = replace(body, 'needle', 'noodle')") }
        #expect(try archive.checkSums(after: nil, limit: 10).alteredMemories == [conversation.id])
        #expect(try archive.work(on: waiting.id) == .entries(waiting.content))
        #expect(try archive.ingest([conversation], nowMilliseconds: 3) == [.known(.finished(.memory))])
        let next = Samples.episode([Samples.entry(2, .assistant), Samples.entry(4)], bytes: 200..<300)
        #expect(try archive.ingest([next], nowMilliseconds: 3) == [.archived(newEntries: 1)])
        #expect(
            try archive.storeMemory(Samples.memory(), of: waiting.id, maker: Samples.maker, nowMilliseconds: 4)
                == .stored)
        try archive.close()
        #expect(try folder.archive().counts().memories == 2)
    }

    /// And back: a version that does not know the newer tables reads and writes all the same.
    @Test func theNumberThatEarlierVersionsGoByStays() throws {
        let archive = try folder.archive()
        #expect(try archive.database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 1)
    }
}
