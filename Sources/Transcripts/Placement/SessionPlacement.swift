package import Domain
internal import Glibc
internal import Platform

/// Puts the files of one session back where its client finds them.
///
/// All are written under names that no client looks at, then get their places, the transcript last: before that nothing
/// resumes, after it everything is there. What is there already is never written over. A process that is killed leaves
/// what the next placing of the session cleans away (`Staging`).
package struct SessionPlacement {
    private let source: any TranscriptSource
    private let session: SessionID
    private let configDirectory: String
    private let path: String
    private let suffix: String

    /// One file to be put back.
    package struct File {
        package var name: String
        /// The next bytes of it; nil at its end. What it throws ends the placing.
        package var next: () throws -> [UInt8]?

        package init(name: String, next: @escaping () throws -> [UInt8]?) {
            self.name = name
            self.next = next
        }
    }

    /// - Parameter cwd: the folder in which the client will be started.
    /// - Returns: nil where this source's sessions cannot be put back, or the folder is no absolute path.
    package init?(
        of session: SessionID, for cwd: String, in configDirectory: String, by source: any TranscriptSource
    ) {
        guard cwd.hasPrefix("/"), configDirectory.hasPrefix("/"),
            let path = source.place(of: session, for: cwd, in: configDirectory),
            let slash = path.lastIndex(of: "/"),
            path[slash...].dropFirst().hasPrefix(session.rawValue)
        else { return nil }
        self.source = source
        self.session = session
        self.configDirectory = configDirectory
        self.path = path
        suffix = String(path[slash...].dropFirst(1 + session.rawValue.count))
    }

    private var folderPath: String { String(path.dropLast(session.rawValue.count + suffix.count + 1)) }
    private var transcript: String { session.rawValue + suffix }

    package func place(_ files: [File]) throws(PlacementError) -> PlacementOutcome {
        try SessionFileName.check(files.map(\.name), of: session, suffix: suffix)
        cleanElsewhere()
        if let path = try present() { return .alreadyThere(path: path) }
        var folders: [String] = []
        do throws(PlacementError) {
            let folder = try openFolder(&folders)
            return try place(files, in: folder, &folders)
        } catch {
            for folder in folders.reversed() { unsafe rmdir(folder) }
            throw error
        }
    }

    private func present() throws(PlacementError) -> String? {
        try Self.path(of: session, in: configDirectory, hint: path, by: source)
    }

    /// Whether a client's config folder lacks the session for certain, so that it can be put there.
    package static func isFree(
        for session: SessionID, in configDirectory: String, by source: any TranscriptSource
    ) -> Bool {
        do throws(PlacementError) {
            return try path(of: session, in: configDirectory, hint: "", by: source) == nil
        } catch {
            return false
        }
    }

    /// Where a session is already, under whatever project.
    private static func path(
        of session: SessionID, in configDirectory: String, hint: String, by source: any TranscriptSource
    ) throws(PlacementError) -> String? {
        switch source.find(session, in: configDirectory, hint: hint) {
        case .found(let path): return path
        case .absent: return nil
        case .unknown(let reason):
            // Nothing was ever there: it is a new host.
            guard source.isStorageMissingOrEmpty(in: configDirectory) else { throw .unknown(reason: reason) }
            return nil
        }
    }

    // MARK: - Folders

    /// As the client makes them: with the mode that the umask leaves.
    private func openFolder(_ made: inout [String]) throws(PlacementError) -> Folder {
        do throws(FileError) {
            try Self.make(folderPath, &made)
            let folder = try Folder(folderPath)
            guard try folder.status().st_uid == geteuid() else {
                throw FileError(path: folderPath, number: EPERM)
            }
            return folder
        } catch {
            throw .failed(error)
        }
    }

    private static func make(_ path: String, _ made: inout [String]) throws(FileError) {
        if unsafe mkdir(path, 0o777) != 0 {
            if errno == EEXIST { return }
            guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
                throw FileError(path: path, number: errno)
            }
            try make(String(path[..<slash]), &made)
            guard unsafe mkdir(path, 0o777) == 0 else {
                if errno == EEXIST { return }
                throw FileError(path: path, number: errno)
            }
        }
        made.append(path)
        if let slash = path.lastIndex(of: "/") { Files.sync(slash == path.startIndex ? "/" : String(path[..<slash])) }
    }

    // MARK: - Files

    private func place(
        _ files: [File], in folder: Folder, _ folders: inout [String]
    ) throws(PlacementError) -> PlacementOutcome {
        let staging = try take(in: folder)
        var receipt = PlacementReceipt(
            session: session, path: path, configDirectory: configDirectory, files: [], folders: folders, kept: [],
            differing: [])
        do throws(PlacementError) {
            var staged: [(name: String, file: PlacedFile)] = []
            for (index, file) in files.enumerated() {
                let name = file.name == transcript ? Staging.transcript : "\(index)"
                staged.append((name, try write(file, to: staging, as: name)))
            }
            staging.folder.sync()
            for (name, file) in staged where file.name != transcript {
                try settle(file, name, staging, in: folder, &receipt)
            }
            for path in Set(receipt.files.map { folderOf($0.name, in: folder) }) { Files.sync(path) }
            let found = try present()
            guard found == nil, let main = staged.first(where: { $0.file.name == transcript }),
                try link(main.name, staging, into: folder, as: transcript)
            else {
                withdraw(receipt, from: folder)
                staging.dissolve()
                for path in folders.reversed() { unsafe rmdir(path) }
                if let found { return .alreadyThere(path: found) }
                guard Files.isRegularFile(path) else { throw .inTheWay(path: path, what: "no file, or a broken link") }
                return .alreadyThere(path: path)
            }
            receipt.files.insert(main.file, at: 0)
            folder.sync()
            staging.dissolve()
            return .placed(receipt)
        } catch {
            withdraw(receipt, from: folder)
            staging.dissolve()
            throw error
        }
    }

    private func take(in folder: Folder) throws(PlacementError) -> Staging {
        do throws(FileError) {
            guard let staging = try Staging.take(of: session, in: folder, isNew: true, suffix: suffix) else {
                throw FileError(path: path, number: EBUSY)
            }
            return staging
        } catch {
            throw error.number == EBUSY ? .busy(session) : .failed(error)
        }
    }

    private func write(_ file: File, to staging: Staging, as name: String) throws(PlacementError) -> PlacedFile {
        let status = try staging.folder.create(name, failing: PlacementError.failed) {
            descriptor throws(PlacementError) in
            while true {
                let chunk: [UInt8]?
                do {
                    chunk = try file.next()
                } catch {
                    throw .unreadable(name: file.name, reason: "\(error)")
                }
                guard let chunk else { return }
                do throws(FileError) {
                    try Files.write(chunk[...], to: descriptor, named: path)
                } catch {
                    throw .failed(error)
                }
            }
        }
        return PlacedFile(file.name, status)
    }

    /// Gives a sidecar its place. One that is there already stays, and is as if written now: the client deletes what is old.
    private func settle(
        _ file: PlacedFile, _ staged: String, _ staging: Staging, in folder: Folder, _ receipt: inout PlacementReceipt
    ) throws(PlacementError) {
        var parts = file.name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        let leaf = parts.removeLast()
        var parent = folder
        do throws(FileError) {
            for part in parts {
                if try parent.makeFolder(part) { receipt.folders.append("\(parent.path)/\(part)") }
                parent = try parent.folder(part)
            }
        } catch {
            guard error.number == ENOTDIR || error.number == ELOOP else { throw .failed(error) }
            throw .inTheWay(path: error.path, what: "no folder, or a link to one")
        }
        if try link(staged, staging, into: parent, as: leaf) {
            receipt.files.append(file)
            return
        }
        do throws(FileError) {
            let status = try parent.status(leaf), there = "\(parent.path)/\(leaf)"
            guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
                throw FileError(path: there, number: EEXIST)
            }
            if try staging.folder.isBeginning(staged, of: leaf, in: parent) {
                receipt.kept.append(file.name)
            } else {
                receipt.differing.append(file.name)
            }
            try parent.touch(leaf)
        } catch {
            guard error.number == EEXIST else { throw .failed(error) }
            throw .inTheWay(path: error.path, what: "no regular file of yours")
        }
    }

    private func link(
        _ name: String, _ staging: Staging, into folder: Folder, as other: String
    ) throws(PlacementError) -> Bool {
        do throws(FileError) {
            return try staging.folder.link(name, into: folder, as: other)
        } catch {
            throw .failed(error)
        }
    }

    private func folderOf(_ name: String, in folder: Folder) -> String {
        name.lastIndex(of: "/").map { "\(folder.path)/\(name[..<$0])" } ?? folder.path
    }

    /// Before the transcript has its place: nobody can have used what is there.
    private func withdraw(_ receipt: PlacementReceipt, from folder: Folder) {
        for file in receipt.files { Files.remove("\(folder.path)/\(file.name)") }
        for path in receipt.folders.reversed() where path.hasPrefix(folder.path + "/") { unsafe rmdir(path) }
    }

    // MARK: - What a killed run left

    /// The session's own, under whatever project, and any other's of this one.
    private func cleanElsewhere() {
        let storage = source.storage(in: configDirectory), staging = Staging.name(of: session)
        for slug in (try? Files.names(in: storage)) ?? [] where "\(storage)/\(slug)" != folderPath {
            guard Files.exists("\(storage)/\(slug)/\(staging)") else { continue }
            Self.clean(session, in: "\(storage)/\(slug)", suffix)
        }
        for name in (try? Files.names(in: folderPath)) ?? [] {
            if let session = Staging.session(of: name) { Self.clean(session, in: folderPath, suffix) }
        }
    }

    private static func clean(_ session: SessionID, in path: String, _ suffix: String) {
        guard let folder = try? Folder(path),
            let staging = try? Staging.take(of: session, in: folder, isNew: false, suffix: suffix)
        else { return }
        staging.dissolve()
    }
}

extension PlacedFile {
    fileprivate init(_ name: String, _ status: stat) {
        self.name = name
        let mark = FileMark(status)
        device = mark.device
        inode = mark.inode
        size = Int64(status.st_size)
        modifiedNanoseconds = Self.nanoseconds(status)
    }

    static func nanoseconds(_ status: stat) -> Int64 {
        Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }
}
