internal import Domain
internal import Glibc
internal import Platform

/// A copy in a folder of its own, on another disk it may be. Files are written under a temporary name, synced and renamed;
/// whoever calls waits for the disk.
package struct FolderTransport: CopyTransport {
    package let path: String
    package let takesPlain: Bool
    package let isAwayWhenEmpty = true
    /// What another host has just stored no entry names yet: what is removed is older than this.
    private let grace: Duration

    /// - Parameters:
    ///   - path: a folder that is there; a disk that is not mounted must not be taken for an empty one.
    ///   - takesPlain: whether a person wants it unsealed.
    package init(_ path: String, takesPlain: Bool = false, grace: Duration = .seconds(3600)) {
        self.path = path
        self.takesPlain = takesPlain
        self.grace = grace
    }

    package func look() async throws(CopyError) -> CopyListing {
        do throws(FileError) { return try listing() } catch { throw Self.error(error) }
    }

    private func listing() throws(FileError) -> CopyListing {
        var listing = CopyListing()
        for name in try Files.names(in: path).sorted() where Files.draft(name) == nil {
            guard ["objects", "hosts"].contains(name) else {
                listing.add(name)
                continue
            }
            for inner in try names(name) {
                guard Files.isFolder("\(path)/\(name)/\(inner)") else {
                    listing.add("\(name)/\(inner)")
                    continue
                }
                for file in try names("\(name)/\(inner)") where Files.draft(file) == nil {
                    listing.add("\(name)/\(inner)/\(file)")
                }
            }
        }
        return listing
    }

    /// - Returns: none for what is no folder, or is gone.
    private func names(_ folder: String) throws(FileError) -> [String] {
        do throws(FileError) {
            return try Files.names(in: "\(path)/\(folder)")
        } catch {
            guard error.isNowhere else { throw error }
            return []
        }
    }

    package func read(_ names: [StoredName]) async throws(CopyError) -> [StoredName: [UInt8]] {
        var files: [StoredName: [UInt8]] = [:]
        for name in names {
            do throws(FileError) {
                files[name] = try Files.bytes(file(name), limit: Self.mostBytes)
            } catch {
                guard error.isNowhere else { throw Self.error(error) }
            }
        }
        return files
    }

    /// No file of ours is larger; what is reads as damaged.
    private static let mostBytes = Seal.mostPlain + (1 << 20)

    package func store(_ name: StoredName, _ bytes: [UInt8]) async throws(CopyError) {
        let file = file(name)
        do throws(FileError) {
            guard Files.isFolder(path) else { throw FileError(path: path, number: ENOENT) }
            if try isStored(bytes, file) { return }
            let folder = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
            if !Files.isFolder(folder) {
                try Files.makeFolder(folder)
                Files.sync(String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]))
                Files.sync(path)
            }
            try Files.write(bytes, to: file, isSynced: true)
        } catch {
            throw Self.error(error)
        }
    }

    /// Whether it is there already: then it is as good as new, and nobody takes it for old while no entry names it.
    private func isStored(_ bytes: [UInt8], _ file: String) throws(FileError) -> Bool {
        guard let status = try? Files.status(file, followingLinks: false), status.st_mode & S_IFMT == S_IFREG,
            status.st_size == bytes.count, try Files.bytes(file, limit: bytes.count) == bytes
        else { return false }
        return unsafe utimensat(AT_FDCWD, file, nil, AT_SYMLINK_NOFOLLOW) == 0
    }

    package func publish(removing removed: [StoredName], isRewrite: Bool) async throws(CopyError) {
        let oldest = HostClock.wallMilliseconds - Int64(grace / .milliseconds(1))
        for name in removed {
            let file = file(name)
            guard let status = try? Files.status(file, followingLinks: false) else { continue }
            if case .object = name, Int64(status.st_mtim.tv_sec) * 1000 > oldest { continue }
            Files.remove(file)
        }
        if isRewrite { removeDrafts(before: oldest) }
    }

    /// What a process that was killed had begun to write.
    private func removeDrafts(before oldest: Int64) {
        for top in ["objects", "hosts"] {
            // What cannot be looked through now is the next time.
            for inner in (try? names(top)) ?? [] {
                for name in (try? names("\(top)/\(inner)")) ?? [] where Files.draft(name) != nil {
                    let file = "\(path)/\(top)/\(inner)/\(name)"
                    guard let status = try? Files.status(file, followingLinks: false),
                        Int64(status.st_mtim.tv_sec) * 1000 <= oldest
                    else { continue }
                    Files.remove(file)
                }
            }
        }
    }

    private func file(_ name: StoredName) -> String { "\(path)/\(name.text)" }

    private static func error(_ error: FileError) -> CopyError {
        switch error.number {
        case ENOENT, ENOTDIR, EIO, ESTALE, EHOSTDOWN, EHOSTUNREACH, ETIMEDOUT, ENODEV, ENOTCONN:
            .unreachable(reason: "\(error)")
        case EACCES, EPERM, EROFS: .refused(reason: "\(error)")
        case ENOSPC, EDQUOT, EFBIG: .full(reason: "\(error)")
        default: .unavailable(reason: "\(error)")
        }
    }
}
