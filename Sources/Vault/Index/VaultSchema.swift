internal import GRDB

/// The tables of the vault's index. All but `seen` and `meta` stands in the packs, too, and is read from them where the index is gone.
///
///     file ── generation ── segment ── cut
///                              └────── pack
enum VaultSchema {
    /// What a reader must know. Later migrations only add.
    static let version = 1
    /// "HfVl".
    static let applicationID = 0x4866_566C

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: first)
            try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
        }
        // One of before was made in several steps; what is there is taken to be all.
        migrator.registerMigration("2") { database in
            try database.execute(sql: "INSERT INTO meta SELECT 'whole', '1' WHERE EXISTS (SELECT 1 FROM pack)")
        }
        return migrator
    }

    private static let first = """
        CREATE TABLE file (
            number INTEGER PRIMARY KEY, session TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (session, name)
        ) STRICT;

        CREATE TABLE generation (
            number INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES file, generation INTEGER NOT NULL,
            -- Up to where it is kept, and the hash of the 4 KB before that.
            kept_to INTEGER NOT NULL, tail TEXT NOT NULL,
            path TEXT NOT NULL, config_dir TEXT NOT NULL, cwd TEXT NOT NULL, branch TEXT NOT NULL, "commit" TEXT NOT NULL,
            host TEXT NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
            UNIQUE (file, generation)
        ) STRICT;
        CREATE INDEX generation_by_time ON generation (last_ms);

        CREATE TABLE pack (
            number INTEGER PRIMARY KEY,
            -- Where the next segment goes; what lies behind was never noted.
            bytes INTEGER NOT NULL,
            -- Of those, of segments that are no longer wanted.
            dead INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE segment (
            number INTEGER PRIMARY KEY, generation INTEGER NOT NULL REFERENCES generation,
            bytes_from INTEGER NOT NULL, bytes_to INTEGER NOT NULL, kept INTEGER NOT NULL, sha256 TEXT NOT NULL, tail TEXT NOT NULL,
            pack INTEGER NOT NULL REFERENCES pack, offset INTEGER NOT NULL, length INTEGER NOT NULL,
            taken_ms INTEGER NOT NULL, is_sealed INTEGER NOT NULL,
            -- Why it cannot be read, as the last look at it found.
            damage TEXT NOT NULL DEFAULT '',
            UNIQUE (generation, bytes_from)
        ) STRICT;
        CREATE INDEX segment_by_pack ON segment (pack, offset);
        CREATE INDEX damaged ON segment (number) WHERE damage <> '';

        CREATE TABLE cut (
            segment INTEGER NOT NULL REFERENCES segment ON DELETE CASCADE,
            bytes_from INTEGER NOT NULL, bytes_to INTEGER NOT NULL, kept INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (segment, bytes_from)
        ) WITHOUT ROWID, STRICT;

        -- 'whole': all packs are in here; 'safety': what the last look at all transcripts found; 'verified': how far all was
        -- read; 'clock': up to when time has come, for what is too old; 'sealing': plain bytes may lie where all is encrypted.
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

        -- How a file looked when all of it was kept that was there: it is not opened again while it looks the same.
        CREATE TABLE seen (path TEXT PRIMARY KEY, mark TEXT NOT NULL) WITHOUT ROWID, STRICT;
        """
}
