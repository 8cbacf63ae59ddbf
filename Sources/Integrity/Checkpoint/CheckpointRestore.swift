internal import Archive
internal import Domain
internal import Glibc
internal import Platform
package import Redis
package import Settings
internal import Storage

/// What a checkpoint gives back: first said, then done, part by part. Nothing newer is taken away: what stands there is older,
/// missing or unreadable, or it stays.
package struct CheckpointRestore: Sendable {
    private let settings: Settings
    private let host: String
    private let store: CheckpointStore
    package let checkpoint: Checkpoint

    /// - Throws: `IntegrityError` where it is not there, or any block of it is not what was kept.
    package init(_ id: String, settings: Settings, host: String) throws {
        self.settings = settings
        self.host = host
        store = CheckpointStore(settings.state)
        checkpoint = try store.checkpoint(id)
        for digest in checkpoint.blocks { _ = try store.blocks.block(digest) }
    }

    // MARK: - Keys

    package struct KeyTally: Sendable, Equatable {
        package var there = 0
        package var missing = 0
        package var replaced = 0
        package var members = 0
        /// Lines that are no key.
        package var unreadable = 0

        package init(there: Int = 0, missing: Int = 0, replaced: Int = 0, members: Int = 0, unreadable: Int = 0) {
            self.there = there
            self.missing = missing
            self.replaced = replaced
            self.members = members
            self.unreadable = unreadable
        }

        mutating func count(_ fate: RedisConnection.Return) {
            switch fate {
            case .stays: there += 1
            case .missing: missing += 1
            case .replaced: replaced += 1
            case .members(let count): members += count
            }
        }
    }

    /// - Parameter isDryRun: only says what would be done.
    package func keys(over connection: inout RedisConnection, isDryRun: Bool, now: Int64) throws -> KeyTally {
        var tally = KeyTally()
        guard let dump = checkpoint.redis else { return tally }
        let keys = settings.keys
        try store.lines(of: dump.file) { line in
            guard let key = DumpedKey(json: line) else { return tally.unreadable += 1 }
            tally.count(
                isDryRun
                    ? try connection.fate(of: key, in: keys, now: now)
                    : try connection.giveBack(key, in: keys, now: now))
        }
        return tally
    }

    // MARK: - Archive

    /// Puts the archive of the checkpoint in the place of the one that is there. Nobody may have that open.
    /// - Returns: where the other went; nil where the checkpoint has none.
    package func archive() throws -> String? {
        guard let part = checkpoint.archive else { return nil }
        let folder = store.folder + "/making", copy = folder + "/archive.sqlite"
        Files.removeFolder(folder)
        try Files.makeFolder(folder)
        defer { Files.removeFolder(folder) }
        try Files.create(copy)
        try store.read(part.file) { try Files.add($0[...], to: copy) }
        return try ArchiveStores.at(settings.archivePath(host: host)).replace(with: copy)
    }

    // MARK: - Files

    package enum FileFate: String, Sendable { case same, missing, differs }

    /// What stands in the place of each file. Of the state folder, what is there stays as it is.
    package func files() throws -> [(file: SmallFile, fate: FileFate)] {
        guard let part = checkpoint.files else { return [] }
        var all: [(SmallFile, FileFate)] = []
        try store.lines(of: part) { line in
            guard let json = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)),
                let file = try? json.decode(SmallFile.self), file.isSound
            else { return }
            let path = file.place(settings)
            guard Files.exists(path) else { return all.append((file, .missing)) }
            all.append((file, (try? Files.read(path, limit: 8 << 20)) == file.text ? .same : .differs))
        }
        return all
    }

    /// Writes those that are missing. A configuration that differs stays; that of the checkpoint is laid beside it.
    /// - Returns: the paths that were written.
    package func putBackFiles() throws -> [String] {
        var written: [String] = []
        for (file, fate) in try files() where fate == .missing || fate == .differs && file.folder == .configuration {
            var path = file.place(settings)
            if fate == .differs { path += ".of-\(checkpoint.id)" }
            if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
            try Files.write(file.text, to: path, isSynced: true)
            written.append(path)
        }
        return written
    }

    // MARK: - Vault

    /// Packs that the vault had then and has not now, or not so much of. Those that were tidied are among them.
    package func missingPacks() -> [Checkpoint.Pack] {
        checkpoint.vault.filter { pack in
            let size = (try? Files.status("\(settings.state.vault)/packs/\(pack.name)")).map { Int64($0.st_size) }
            return size.map { $0 < pack.bytes } ?? true
        }
    }
}
