internal import Domain

/// A file in a checkpoint: its blocks in order.
package struct CheckpointFile: Codable, Sendable, Equatable {
    package var bytes: Int64 = 0
    package var blocks: [String] = []

    package init() {}
}

/// A snapshot of what this host keeps: archive, keys in Redis, configuration, small files of the state folder, and what the
/// vault held. Its manifest is `<id>.json`, what it names lies in blocks.
package struct Checkpoint: Codable, Sendable, Equatable {
    /// Of this manifest's form.
    package static let form = 1

    package var form = Checkpoint.form
    /// `20261129T140305Z`, when it was made.
    package var id: String
    package var made_ms: Int64
    package var host: String
    package var version: String
    /// Why it was made: hourly, by hand, before a restore.
    package var reason: Reason
    /// nil where there was no archive.
    package var archive: Archive?
    /// nil where Redis could not be asked.
    package var redis: Keys?
    package var vault: [Pack] = []
    /// Of configuration and state folder, a line each (`SmallFile`).
    package var files: CheckpointFile?
    /// Bytes that were written for it: what was not there before.
    package var written_bytes: Int64 = 0

    package enum Reason: String, Codable, Sendable { case hourly, by_hand, before_restore }

    package struct Archive: Codable, Sendable, Equatable {
        package var file: CheckpointFile
        package var archive_id: String
        package var episodes: Int64
        package var memories: Int64
    }

    package struct Keys: Codable, Sendable, Equatable {
        package var file: CheckpointFile
        package var keys: Int64
        package var namespace_prefix: String
    }

    /// A pack of the vault as far as it was written then.
    package struct Pack: Codable, Sendable, Equatable {
        package var name: String
        package var bytes: Int64
    }

    package init(at milliseconds: Int64, host: String, reason: Reason) {
        id = Self.id(of: milliseconds)
        made_ms = milliseconds
        self.host = host
        self.reason = reason
        version = Holdfast.version
    }

    /// Sorts as the time does.
    package static func id(of milliseconds: Int64) -> String {
        ISOTime.text(milliseconds).prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// All that it is made of.
    package var parts: [(name: String, file: CheckpointFile)] {
        [("archive", archive?.file), ("keys", redis?.file), ("files", files)].compactMap { name, file in
            file.map { (name, $0) }
        }
    }

    package var bytes: Int64 { parts.reduce(0) { $0 + $1.file.bytes } }
    package var blocks: Set<String> { Set(parts.flatMap(\.file.blocks)) }
}
