internal import GRDB

/// The tables of a host's chronicle.
///
///     series ── hour      each watched figure, an hour in a row
///           └── figure    as it was watched last
///     presence            when the companion was there
///     chore               what was done for what is kept, an hour in a row
///     incident, trouble   from when to when
///     loss                what no source could give back
///     orphan              what is left over, since when
enum ChronicleSchema {
    /// What a reader must know. Later migrations only add.
    static let version = 1
    /// "HfCh".
    static let applicationID = 0x4866_4368

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: first)
            try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
        }
        migrator.registerMigration("2") { database in
            // What is left over, since when: it goes when it was so for a while.
            try database.execute(
                sql: "CREATE TABLE orphan (name TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID")
        }
        return migrator
    }

    private static let first = """
        CREATE TABLE series (
            number INTEGER PRIMARY KEY, indicator TEXT NOT NULL, subject TEXT NOT NULL, UNIQUE (indicator, subject)
        ) STRICT;
        CREATE TABLE hour (
            -- Hours since 1970.
            series INTEGER NOT NULL, hour INTEGER NOT NULL,
            count INTEGER NOT NULL, sum REAL NOT NULL, worst REAL NOT NULL, PRIMARY KEY (series, hour)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE figure (
            series INTEGER PRIMARY KEY, value REAL NOT NULL, level INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            remark TEXT NOT NULL
        ) STRICT;
        CREATE TABLE presence (
            number INTEGER PRIMARY KEY, began_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, boot TEXT NOT NULL,
            booted_ms INTEGER NOT NULL, companion TEXT NOT NULL, serving INTEGER NOT NULL, end TEXT NOT NULL
        ) STRICT;
        CREATE INDEX presence_by_end ON presence (until_ms);
        CREATE TABLE chore (
            kind TEXT NOT NULL, hour INTEGER NOT NULL, runs INTEGER NOT NULL, failed INTEGER NOT NULL,
            items INTEGER NOT NULL, bytes INTEGER NOT NULL, bad INTEGER NOT NULL, mended INTEGER NOT NULL,
            took_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, last_success_ms INTEGER NOT NULL,
            PRIMARY KEY (kind, hour)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE incident (
            number INTEGER PRIMARY KEY, cause TEXT NOT NULL, subject TEXT NOT NULL, began_ms INTEGER NOT NULL,
            -- 0 while it is open.
            ended_ms INTEGER NOT NULL, outcome TEXT NOT NULL, attempts INTEGER NOT NULL, detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX incident_by_end ON incident (ended_ms);
        CREATE TABLE trouble (
            number INTEGER PRIMARY KEY, kind TEXT NOT NULL, severity TEXT NOT NULL, began_ms INTEGER NOT NULL,
            ended_ms INTEGER NOT NULL, what TEXT NOT NULL
        ) STRICT;
        CREATE INDEX trouble_by_end ON trouble (ended_ms);
        CREATE TABLE loss (
            kind TEXT NOT NULL, thing TEXT NOT NULL, at_ms INTEGER NOT NULL, bytes INTEGER NOT NULL,
            episodes INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (kind, thing)
        ) STRICT, WITHOUT ROWID;
        """
}
