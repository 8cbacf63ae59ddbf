internal import Domain
internal import GRDB
internal import Platform
package import Settings
package import Transcripts

/// How much the vault holds.
package struct VaultCounts: Sendable, Equatable {
    package var sessions: Int64 = 0
    package var files: Int64 = 0
    package var segments: Int64 = 0
    /// Of those, the encrypted ones.
    package var sealedSegments: Int64 = 0
    /// In the packs, bytes of segments that are encrypted, and of those that are not.
    package var sealedBytes: Int64 = 0
    package var plainBytes: Int64 = 0
    /// Of the clients' files, bytes that are kept.
    package var keptBytes: Int64 = 0
    /// Of those files, bytes of which nothing is kept.
    package var cutBytes: Int64 = 0
    /// On the disk, what lies there for nothing included.
    package var packBytes: Int64 = 0
    /// Of those, what lies there for nothing.
    package var deadBytes: Int64 = 0
    package var damagedSegments: Int64 = 0
    package var plainSegments: Int64 { segments - sealedSegments }
    /// When something was added last, ms since 1970.
    package var lastMilliseconds: Int64?

    package init() {}
}

/// What the companion's last walk over all transcripts of this host found.
package struct VaultSafety: Sendable, Equatable, Codable {
    package var lookedMilliseconds: Int64
    /// Transcripts of which all is in the vault.
    package var safe = 0
    /// Those that are to be kept and of which something is not, or not yet.
    package var pending = 0
    /// Of those, such as the client will delete within three days.
    package var endangered = 0
    /// Such as are not to be kept.
    package var excluded = 0
    /// Older than the rolling period: 'holdfast sync' keeps them.
    package var old = 0

    package init(lookedMilliseconds: Int64) { self.lookedMilliseconds = lookedMilliseconds }

    package mutating func count(isKept: Bool, isDue: Bool, isEndangered: Bool) {
        if isKept { return safe += 1 }
        guard isDue else { return old += 1 }
        pending += 1
        if isEndangered { endangered += 1 }
    }
}

extension Vault {
    /// The vault of a state folder, made where there is none.
    package static func open(_ settings: Settings) throws(VaultError) -> Vault {
        try open(settings.state.vault, key(settings))
    }

    /// - Returns: nil when there is none.
    package static func openIfThere(_ settings: Settings) throws(VaultError) -> Vault? {
        try openIfThere(settings.state.vault, key(settings))
    }

    private static func key(_ settings: Settings) -> Key {
        let policy = settings.configuration.vault
        guard policy.encrypts else { return Key() }
        do throws(VaultError) {
            return Key(seal: try Seal(keyFile: policy.keyFile))
        } catch {
            // What is not encrypted can be read all the same.
            return Key(fault: error)
        }
    }

    /// Whether something new can be kept, as far as its key goes.
    package func checkKey() throws(VaultError) {
        if let keyFault { throw keyFault }
    }

    package func counts() throws(VaultError) -> VaultCounts { try read { try VaultCounts($0) } }

    /// Whether all of a transcript is kept as it is now, with all that lies beside it, and nothing of that is damaged.
    package func isKept(_ file: TranscriptFile) throws(VaultError) -> Bool {
        guard try isKept(file.path) else { return false }
        guard file.agentID == nil else { return true }
        let own = TranscriptSources.standard.source(of: file).sessionFiles(of: file.path)
        for part in own.files where try !isKept(own.folder + "/" + part.name) { return false }
        return true
    }

    private func isKept(_ path: String) throws(VaultError) -> Bool {
        guard let look = FileLook(path) else { return false }
        return try seen(path) == look.mark
    }

    /// Tells of transcripts whether all of them is kept; of none where there is no vault, or it cannot be read.
    package static func isKept(in settings: Settings) -> @Sendable (TranscriptFile) -> Bool {
        let vault = try? openIfThere(settings)
        return { file in (try? vault?.isKept(file)) ?? false }
    }

    package func note(_ safety: VaultSafety) throws(VaultError) {
        try write { database in
            let text = try JSONValue(encoding: safety).text
            try database.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('safety', ?)", arguments: [text])
        }
    }

    /// - Returns: nil where no companion has looked yet.
    package func safety() throws(VaultError) -> VaultSafety? { try read { try VaultSafety($0) } }
}

extension VaultCounts {
    init(_ database: Database) throws {
        func number(_ sql: String) throws -> Int64 { try Int64.fetchOne(database, sql: sql) ?? 0 }
        sessions = try number("SELECT count(DISTINCT session) FROM file")
        files = try number("SELECT count(*) FROM file")
        segments = try number("SELECT count(*) FROM segment")
        sealedSegments = try number("SELECT count(*) FROM segment WHERE is_sealed")
        sealedBytes = try number("SELECT coalesce(sum(length), 0) FROM segment WHERE is_sealed")
        plainBytes = try number("SELECT coalesce(sum(length), 0) FROM segment WHERE NOT is_sealed")
        keptBytes = try number("SELECT coalesce(sum(kept), 0) FROM segment")
        cutBytes = try number("SELECT coalesce(sum(bytes_to - bytes_from - kept), 0) FROM segment")
        packBytes = try number("SELECT coalesce(sum(bytes), 0) FROM pack")
        deadBytes = try number("SELECT coalesce(sum(dead), 0) FROM pack")
        damagedSegments = try number("SELECT count(*) FROM segment WHERE damage <> ''")
        lastMilliseconds = try Int64.fetchOne(database, sql: "SELECT max(last_ms) FROM generation")
    }
}

extension VaultSafety {
    init?(_ database: Database) throws {
        let text = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'safety'")
        guard let text, let found = try? JSONValue(parsing: text).decode(VaultSafety.self) else { return nil }
        self = found
    }
}
