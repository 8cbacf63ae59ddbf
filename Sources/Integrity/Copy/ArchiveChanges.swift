package import Archive
package import Domain
internal import Glibc
internal import Platform

/// What changed in the archive, as lines of an export in files that only grow: so the second copy is sent what is new, and
/// never an archive. A line that is there twice says the same twice.
package struct ArchiveChanges: Sendable {
    private let folder: String

    /// Of a file, bytes, after which another is begun.
    package static let limit: Int64 = 8 << 20
    private let limit: Int64
    /// A change may be noted a little after its own time, ms.
    private static let overlap: Int64 = 60_000

    init(folder: String, limit: Int64) { (self.folder, self.limit) = (folder, limit) }

    private struct Position: Codable {
        var archive: String
        var sinceMilliseconds: Int64
        var file: Int
    }

    private var positionFile: String { folder + "/position" }

    private var position: Position? {
        guard let text = try? Files.read(positionFile) else { return nil }
        return try? JSONValue(parsing: text).decode(Position.self)
    }

    /// Those that there are, in order: what is added to lies plain, the others are packed.
    package var files: [String] { names.map { "\(folder)/\($0)" } }

    private static let suffix = ".jsonl"

    var names: [String] {
        let all = Set((try? Files.names(in: folder)) ?? [])
        return all.filter { name in
            guard let packed = PackedFile.parts(of: name) else { return name.hasSuffix(Self.suffix) }
            return packed.name.hasSuffix(Self.suffix) && !all.contains(packed.name)
        }.sorted()
    }

    /// Files that are full.
    private func pack(before number: Int) throws(FileError) {
        for name in try Files.names(in: folder) where name.hasSuffix(Self.suffix) {
            guard let own = Int(name.dropLast(Self.suffix.count)), own < number else { continue }
            try PackedFile.pack("\(folder)/\(name)", limit: 1 << 30)
        }
    }

    func path(_ number: Int) -> String { "\(folder)/\(String(UInt64(number), digits: 8, radix: 10)).jsonl" }

    /// Whether all that the archive has was told, since it was to be told anew.
    var isGathered: Bool { position.map { $0.sinceMilliseconds > 0 } ?? false }

    /// The companion, and a person's `remote sync` or `forget`, work on the same files.
    private func locked<Value>(_ body: () throws -> Value) throws -> Value {
        let watch = Stopwatch(limit: .seconds(30))
        while !watch.isOver {
            if let lock = try FileLock.take(folder + "/lock") {
                defer { _ = lock.descriptor }
                return try body()
            }
            usleep(20_000)
        }
        throw FileError(path: folder + "/lock", number: EBUSY)
    }

    /// Behind all that there are.
    private var freshNumber: Int {
        let numbers = ((try? Files.names(in: folder)) ?? []).compactMap { Int($0.prefix { $0 != "." }) }
        return (numbers.max() ?? 0) + 1
    }

    /// Adds what changed since the last time.
    /// - Returns: how many episodes did.
    @discardableResult
    package func gather(from archive: any ArchiveReading, now: Int64) throws -> Int {
        try Files.makeFolder(folder)
        return try locked { try add(from: archive, now: now) }
    }

    private func add(from archive: any ArchiveReading, now: Int64) throws -> Int {
        var position = position ?? Position(archive: archive.id, sinceMilliseconds: 0, file: freshNumber)
        // Another archive is another story, told from its beginning.
        if position.archive != archive.id {
            position = Position(archive: archive.id, sinceMilliseconds: 0, file: position.file + 1)
        }
        // By a clock that was set back nobody can say what came since: all is told again.
        if now < position.sinceMilliseconds { position.sinceMilliseconds = 0 }
        var count = 0, after: EpisodeID?
        repeat {
            let page = try archive.episodes(
                changedSince: position.sinceMilliseconds - Self.overlap, after: after, limit: 50)
            after = page.count < 50 ? nil : page.last?.episode.id
            guard !page.isEmpty else { break }
            // What lies within the overlap is told twice, since some of it was not there yet the last time.
            let lines = try page.map { try $0.exportLine }
            count += lines.count
            try add(lines, of: archive, &position)
        } while after != nil
        guard count > 0 || self.position == nil else { return 0 }
        position.sinceMilliseconds = now
        try Files.write(JSONValue(encoding: position).text, to: positionFile, isSynced: true)
        // It saves room, and no more: on a full disk it waits.
        try? pack(before: position.file)
        return count
    }

    private func add(_ lines: [String], of archive: any ArchiveReading, _ position: inout Position) throws {
        guard !lines.isEmpty else { return }
        let size = (try? Files.status(path(position.file)).st_size).map { Int64($0) } ?? 0
        if size >= limit { position.file += 1 }
        let path = path(position.file)
        let head = Files.exists(path) ? "" : try archive.exportHead + "\n"
        try Files.add(Array((head + lines.joined(separator: "\n") + "\n").utf8)[...], to: path, isSynced: true)
    }

    /// The lines that say of some episodes what is sound, with the head of their export before them.
    /// - Parameter path: of a file as `gather` writes them.
    package static func sound(_ ids: Set<EpisodeID>, in path: String) throws -> [String] {
        var found: [String] = [], head: String?
        let content = try PackedFile.content(of: path) ?? Files.bytes(path, limit: 1 << 30)
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
            guard let head else {
                head = String(line)
                continue
            }
            guard let value = try? JSONValue(parsing: String(line)), case .string(let name)? = value["id"],
                let id = EpisodeID(rawValue: name), ids.contains(id), value["damage"] == .string("")
            else { continue }
            if found.isEmpty { found.append(head) }
            found.append(String(line))
        }
        return found
    }

    /// What was told may hold what is to be forgotten: it is told anew, from the beginning.
    package func beginAnew() throws {
        guard Files.exists(folder) else { return }
        try locked { try clear() }
    }

    private func clear() throws {
        let next = max(position?.file ?? 0, freshNumber - 1) + 1
        for name in (try? Files.names(in: folder)) ?? []
        where (PackedFile.parts(of: name)?.name ?? name).hasSuffix(Self.suffix) {
            Files.remove("\(folder)/\(name)")
        }
        let anew = Position(archive: position?.archive ?? "", sinceMilliseconds: 0, file: next)
        try Files.write(JSONValue(encoding: anew).text, to: positionFile, isSynced: true)
    }
}
