internal import Glibc
internal import Platform
internal import Synchronization

/// The `uuid`s of transcripts that were added to lately: a file is read for them once, not with each batch.
package final class KnownEntries: Sendable {
    /// Of one file.
    struct Entries {
        /// The file that they were read from, and how long it was.
        var identity: FileIdentity?
        var size: Int64 = 0
        var uuids: Set<String> = []
        fileprivate var order = 0
    }

    private struct State {
        var files: [String: Entries] = [:]
        var count = 0
    }

    /// Files at a time.
    private static let limit = 64
    private let state = Mutex(State())

    package init() {}

    /// Takes them out: who adds to the file notes them again. What a killed writer left of a line is cut off.
    func take(_ path: String) throws(FileError) -> Entries {
        let size = Int64(try Files.status(path).st_size), identity = FileIdentity(path)
        // Not copied: it may be the only one.
        let known = state.withLock { $0.files.removeValue(forKey: path) }
        if let known, known.size == size, known.identity == identity { return known }
        let bytes = try Files.bytes(path, limit: Int(size))
        let end = bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0
        if end < bytes.count {
            guard unsafe truncate(path, end) == 0 else { throw FileError(path: path, number: errno) }
        }
        let uuids = bytes[..<end].split(separator: 10).map { NamedMessage(line: Array($0)).uuid }
        return Entries(identity: identity, size: Int64(end), uuids: Set(uuids.filter { !$0.isEmpty }))
    }

    func note(_ entries: Entries, of path: String) {
        state.withLock { state in
            state.count += 1
            state.files[path] = entries
            state.files[path]?.order = state.count
            guard state.files.count > Self.limit, let oldest = state.files.min(by: { $0.value.order < $1.value.order })
            else { return }
            state.files[oldest.key] = nil
        }
    }
}
