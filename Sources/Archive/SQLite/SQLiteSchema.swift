internal import GRDB

/// The tables of the archive, and how they came to be.
///
///     episode ── entry        each word once, at the episode that brought it
///        |  ├─── repetition   words of the episode that another one brought
///        |  ├─── unreadable   lines that no entry gives back byte for byte
///        |  ├─── digest
///        |  └─── text_summary
///        └────── memory ── memory_sum
///
/// The text of `conversation_words` and `memory_words` lies in those tables, not in the index; nothing is ever taken out
/// of an index: where words are forgotten it is made anew as a whole, since only so no trace of them stays.
enum SQLiteSchema {
    /// What a reader must know. Later migrations only add, so earlier versions go on reading and writing.
    static let version = 1
    /// "Hold": tells an archive from another program's SQLite file.
    static let applicationID = 0x486F_6C64

    static func migrator(id: String) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: first)
            try database.execute(
                sql: "INSERT INTO meta VALUES ('archive_id', ?), ('schema_version', ?)", arguments: [id, version])
            try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
        }
        // Nothing that was there is touched: to look through all of it would keep people waiting.
        migrator.registerMigration("2", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: second)
        }
        migrator.registerMigration("3", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: third)
        }
        migrator.registerMigration("4", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: "CREATE INDEX episode_by_session ON episode (session_id, captured_ms)")
        }
        migrator.registerMigration("5", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: fifth)
        }
        migrator.registerMigration("6", foreignKeyChecks: .immediate) { database in
            try database.execute(sql: sixth)
        }
        return migrator
    }

    private static let sixth = """
        CREATE TABLE text_summary (
            episode INTEGER NOT NULL REFERENCES episode,
            -- Of the text, as the mark of its digest has it.
            sum TEXT NOT NULL,
            text TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, made_ms INTEGER NOT NULL,
            -- Of the summary as it was stored.
            sha256 TEXT NOT NULL,
            PRIMARY KEY (sum, episode)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX text_summary_by_episode ON text_summary (episode);
        """

    private static let fifth = """
        CREATE TABLE sink (
            name TEXT PRIMARY KEY,
            -- It gets what was made since, and what a person asks for.
            began_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE delivery (
            sink TEXT NOT NULL REFERENCES sink, episode INTEGER NOT NULL REFERENCES episode,
            -- Of the memory that is delivered: a summary that went on is delivered again.
            made_ms INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'done', 'dead')),
            attempts INTEGER NOT NULL DEFAULT 0, due_ms INTEGER NOT NULL, sent_ms INTEGER NOT NULL DEFAULT 0,
            done_ms INTEGER, error TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (sink, episode)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX delivery_by_state ON delivery (sink, state, made_ms);
        CREATE INDEX memory_by_time ON memory (made_ms);
        """

    private static let third = """
        CREATE TABLE forgotten (
            -- 'session', 'message' (uuid, or # and hash), 'episode'; 'tombstone': the mark of one that is done with.
            kind TEXT NOT NULL, id TEXT NOT NULL, session_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
        -- The index is made anew from it: with all that was told to it, lines too that are kept as they were.
        DROP VIEW conversation;
        CREATE VIEW conversation AS
            SELECT digest.episode AS episode, digest.text AS digest,
                (SELECT group_concat(text, char(10)) FROM (
                    SELECT text, position FROM entry WHERE entry.episode = digest.episode
                    UNION ALL
                    SELECT CAST(line AS TEXT), position FROM unreadable
                    WHERE unreadable.episode = digest.episode
                        AND NOT EXISTS (SELECT 1 FROM entry
                            WHERE entry.episode = unreadable.episode AND entry.position = unreadable.position)
                        AND NOT EXISTS (SELECT 1 FROM repetition
                            WHERE repetition.episode = unreadable.episode AND repetition.position = unreadable.position)
                    ORDER BY position)) AS raw,
                digest.scope AS scope
            FROM digest;
        """

    private static let second = """
        CREATE TABLE memory_sum (
            -- Of the body as it was stored. Memories of earlier versions get theirs at the first look at them.
            episode INTEGER PRIMARY KEY REFERENCES memory, sha256 TEXT NOT NULL,
            -- It is known that the memory is not that any more.
            altered INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX altered ON memory_sum (episode) WHERE altered = 1;
        CREATE INDEX damaged ON episode (number) WHERE damage IN ('checksum', 'lost');
        """

    private static let first = """
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
}
