internal import Archive
internal import Domain
internal import Glibc
internal import Platform
package import Redis
package import Settings
internal import Storage

/// Makes checkpoints: keys first, then archive, then what the vault holds. So whatever the keys say is archived is in the
/// archive that is copied after them, and a cursor says no more than what the keys behind it hold.
package struct CheckpointMaker: Sendable {
    private let settings: Settings
    private let host: String
    private let store: CheckpointStore

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
        store = CheckpointStore(settings.state)
    }

    /// - Parameter connection: nil where Redis is away: then what is there has no keys.
    /// - Returns: nil where another makes or restores one.
    package func make(
        _ reason: Checkpoint.Reason, over connection: inout RedisConnection?, now: Int64
    ) throws -> Checkpoint? {
        try store.exclusively {
            var time = now
            while Files.exists(store.file(Checkpoint.id(of: time))) { time += 1000 }
            var checkpoint = Checkpoint(at: time, host: host, reason: reason)
            if connection != nil { try addKeys(to: &checkpoint, &connection) }
            try addArchive(to: &checkpoint)
            checkpoint.vault = try packs()
            try addFiles(to: &checkpoint)
            try store.note(checkpoint)
            return checkpoint
        }
    }

    private func addKeys(to checkpoint: inout Checkpoint, _ connection: inout RedisConnection?) throws {
        var writer = BlockWriter(store.blocks), count: Int64 = 0
        try connection?.dump(settings.keys, now: { HostClock.wallMilliseconds }) { key in
            try Task.checkCancellation()
            try writer.write((key.json + "\n").utf8)
            count += 1
        }
        checkpoint.redis = Checkpoint.Keys(
            file: try writer.end(), keys: count, namespace_prefix: settings.keys.prefix)
        checkpoint.written_bytes += writer.written
    }

    private func addArchive(to checkpoint: inout Checkpoint) throws {
        let folder = store.folder + "/making", copy = folder + "/archive.sqlite"
        Files.removeFolder(folder)
        try Files.makeFolder(folder)
        defer { Files.removeFolder(folder) }
        let archive = ArchiveStores.at(settings.archivePath(host: host))
        guard let snapshot = try archive.snapshot(to: copy) else { return }
        var writer = BlockWriter(store.blocks)
        try FilePieces.read(copy, size: BlockStore.size) { piece in
            try Task.checkCancellation()
            try writer.write(piece)
        }
        checkpoint.archive = Checkpoint.Archive(
            file: try writer.end(), archive_id: snapshot.archiveID, episodes: snapshot.episodes,
            memories: snapshot.memories)
        checkpoint.written_bytes += writer.written
    }

    private func packs() throws(FileError) -> [Checkpoint.Pack] {
        let folder = settings.state.vault + "/packs"
        guard Files.exists(folder) else { return [] }
        return try Files.names(in: folder).filter { $0.hasSuffix(".pack") }.sorted().compactMap { name in
            // One may have gone meanwhile: what lay in it was moved.
            (try? Files.status("\(folder)/\(name)")).map { Checkpoint.Pack(name: name, bytes: Int64($0.st_size)) }
        }
    }

    private func addFiles(to checkpoint: inout Checkpoint) throws {
        var writer = BlockWriter(store.blocks)
        for file in SmallFile.all(settings) { try writer.write((try JSONValue(encoding: file).text + "\n").utf8) }
        checkpoint.files = try writer.end()
        checkpoint.written_bytes += writer.written
    }
}
