internal import Domain
internal import Glibc
internal import Platform

/// A SQLite file with the two marks beside it, `<file>.id` and `<file>.rebuilding`. The latter names the damaged file, if
/// there is one, that is still to be read.
struct SQLiteStore: ArchiveStore {
    let path: String

    var place: String { path }

    /// Inode, size and time of the file and of its log; what is not there is a mark, too.
    var changeMark: String? {
        [path, path + "-wal"].map { file in
            guard let status = try? Files.status(file) else { return "none" }
            return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
        }
        .joined(separator: ", ")
    }

    var guardedFiles: [String] { [path] }

    private var idMark: String { path + ".id" }
    private var rebuildingMark: String { path + ".rebuilding" }
    private var distrustMark: String { path + ".distrusted" }

    func openToRead() throws(ArchiveError) -> (any ArchiveReading)? { try SQLiteArchive.openReadOnly(path: path) }

    func mayMake(_ id: String) -> Bool {
        // A mark that cannot be read says nothing; without it a missing file is not made anew, and one that is there says
        // itself whose it is.
        guard let marked = (try? Files.read(idMark, limit: 64))?.split(whereSeparator: \.isWhitespace).first else {
            return Files.exists(path)
        }
        return marked == id
    }

    func open(id: String?) throws(ArchiveError) -> any EpisodeArchive {
        // Redis knows a file that is not here: somebody deleted it, or its disk is new.
        if id != nil, !Files.exists(path), !needsRebuilding { try mark(damaged: "") }
        let archive = try SQLiteArchive.open(path: path, id: id)
        try archive.check()
        if let reason = try? Files.read(distrustMark) { throw .corrupt(reason: reason) }
        try mark(as: archive.id)
        return archive
    }

    func distrust(because reason: String) throws(ArchiveError) {
        do throws(FileError) { try Files.write(reason, to: distrustMark) } catch { throw ArchiveError(error) }
    }

    func isMarked(as id: String) -> Bool { (try? Files.read(idMark, limit: 64)) == id }

    func mark(as id: String) throws(ArchiveError) {
        do throws(FileError) { try Files.write(id, to: idMark) } catch { throw ArchiveError(error) }
    }

    func expect(_ id: String) throws(ArchiveError) {
        // One that names a damaged file still says what to read first.
        if !needsRebuilding { try mark(damaged: "") }
        do throws(FileError) { try Files.write(id, to: idMark) } catch { throw ArchiveError(error) }
    }

    func moveAside() throws(ArchiveError) -> String {
        let file = ArchiveFile(path: path), aside = ArchiveFile(path: "\(path).corrupt-\(HostClock.wallMilliseconds)")
        // Said before it is done: who looks in the next moment finds no archive, and is to know why.
        try mark(damaged: aside.path)
        for (name, other) in zip(file.names, aside.names) where Files.exists(name) {
            _ = Files.rename(name, to: other)
        }
        Files.remove(distrustMark)
        return aside.path
    }

    func snapshot(to file: String) throws(ArchiveError) -> ArchiveSnapshot? {
        guard let archive = try SQLiteArchive.openReadOnly(path: path) else { return nil }
        try ArchiveFile(path: file).prepare()
        try archive.backUp(to: file)
        try archive.close()
        guard let copy = try SQLiteArchive.openReadOnly(path: file) else { throw .corrupt(reason: "the copy is empty") }
        let counts = try copy.counts()
        try copy.close()
        return ArchiveSnapshot(archiveID: copy.id, episodes: Int64(counts.episodes), memories: Int64(counts.memories))
    }

    func replace(with file: String) throws(ArchiveError) -> String {
        guard let copy = try SQLiteArchive.openReadOnly(path: file) else { throw .corrupt(reason: "it is empty") }
        try copy.check()
        try copy.close()
        let aside = try moveAside()
        guard Files.rename(file, to: path) else {
            throw .unavailable(reason: "\(file) cannot be renamed to \(path); the archive lies in \(aside)")
        }
        for name in ArchiveFile(path: file).names { Files.remove(name) }
        do throws(FileError) { try Files.write(copy.id, to: idMark) } catch { throw ArchiveError(error) }
        return aside
    }

    func putBack(_ archive: any EpisodeArchive) throws(ArchiveError) -> String {
        guard let open = archive as? SQLiteArchive else { throw .rejected(reason: "it is no SQLite file") }
        try ArchiveFile(path: path).makeFolder()
        let copy = "\(path).unlinked-\(HostClock.wallMilliseconds)"
        try ArchiveFile(path: copy).prepare()
        try open.copy(to: copy)
        // Closed first: it takes away the log that lies at its path, whosever that is.
        try? open.close()
        guard !Files.exists(path) else {
            try mark(damaged: copy)
            return copy
        }
        // They were the deleted file's; what they hold is in the copy.
        for name in ArchiveFile(path: path).names { Files.remove(name) }
        guard Files.rename(copy, to: path) else { throw .unavailable(reason: "\(copy) cannot be renamed to \(path)") }
        for name in ArchiveFile(path: copy).names { Files.remove(name) }
        return path
    }

    var needsRebuilding: Bool { Files.exists(rebuildingMark) }

    var wasDamaged: Bool { !((try? Files.read(rebuildingMark, limit: 8192)) ?? "").isEmpty }

    func wasRebuilt() { Files.remove(rebuildingMark) }

    /// The file that was moved aside, while it is still to be read.
    private var damaged: String? {
        // One that cannot be read now names nothing; the damaged file stays where it is, and the log said where.
        let mark = (try? Files.read(rebuildingMark, limit: 8192)) ?? ""
        return mark.split(separator: "\n").first.map(String.init).flatMap { Files.exists($0) ? $0 : nil }
    }

    private func mark(damaged: String) throws(ArchiveError) {
        try ArchiveFile(path: path).makeFolder()
        do throws(FileError) { try Files.write(damaged + "\n", to: rebuildingMark) } catch { throw ArchiveError(error) }
    }

    func salvage(into archive: any EpisodeArchive) throws(ArchiveError) -> SalvageCount? {
        guard let damaged else { return nil }
        return try Self.salvage(from: damaged, into: archive, nowMilliseconds: HostClock.wallMilliseconds)
    }
}

/// The archive's file as the file system sees it: only its user may read it, and it lies on a local disk.
struct ArchiveFile {
    let path: String

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What SQLite makes of it: the file, its log, and the index of that.
    var names: [String] { ["", "-wal", "-shm"].map { path + $0 } }

    /// What to open so that SQLite takes no lock and makes no file.
    var immutableName: String { "file:\(PercentCoding.encodePath(path))?immutable=1" }

    func exists() throws(ArchiveError) -> Bool { try mode(of: path) != nil }

    func hasLog() throws(ArchiveError) -> Bool { try mode(of: path + "-wal") != nil }

    /// Makes the folder, 0700, and those above it. One that exists is left as it is: it may be shared for other reasons.
    func makeFolder() throws(ArchiveError) {
        let isNew = !Files.exists(folder)
        do throws(FileError) { try Files.makeFolder(folder) } catch { throw ArchiveError(error) }
        // SQLite syncs the folder of its log, not the one that folder lies in.
        if isNew { Files.sync(ArchiveFile(path: folder).folder) }
    }

    /// Makes the file, empty and 0600, before SQLite would with the process's mask; its log and index take over the mode.
    func prepare() throws(ArchiveError) {
        for name in names {
            guard let mode = try mode(of: name) else { continue }
            guard mode & S_IFMT == S_IFREG else { throw .unavailable(reason: "\(name) is not a file") }
            // Never opened here: closing it again would drop the locks of this process's other connections.
            guard mode & 0o077 != 0 else { continue }
            do throws(FileError) { try Files.setMode(name, 0o600) } catch { throw ArchiveError(error) }
        }
        do throws(FileError) { try Files.create(path) } catch { throw ArchiveError(error) }
    }

    func checkFileSystem() throws(ArchiveError) {
        // Where the system does not tell, SQLite's own locks must do.
        guard let type = NetworkFileSystem.type(of: folder) else { return }
        if NetworkFileSystem.includes(type) { throw .onNetworkFileSystem(path: Files.realPath(folder) ?? folder) }
    }

    private func mode(of path: String) throws(ArchiveError) -> mode_t? {
        do throws(FileError) {
            return try Files.status(path).st_mode
        } catch {
            guard error.isMissing else { throw ArchiveError(error) }
            return nil
        }
    }
}

extension ArchiveError {
    init(_ error: FileError) {
        switch error.number {
        case ENOSPC, EDQUOT: self = .full
        default: self = .unavailable(reason: "\(error)")
        }
    }
}
