internal import Domain
internal import Glibc
internal import Platform

/// Where a session's files lie until they are whole: a hidden folder beside the transcript, whose name and whose files'
/// names no client takes for a transcript. Each file gets its place by a second name (link), so that what lies here tells
/// after a kill -9 which of the files in place are ours: they are the same files.
///
/// Whoever holds the lock in it works on it; where nobody does, it was left behind, and is cleaned away.
final class Staging {
    private static let begin = ".holdfast-"
    private static let lockName = "lock"
    /// What the transcript is called here.
    static let transcript = "transcript"

    let folder: Folder
    private let parent: Folder
    private let name: String
    private let lock: FileLock

    private init(_ folder: Folder, in parent: Folder, _ name: String, _ lock: consuming FileLock) {
        self.folder = folder
        self.parent = parent
        self.name = name
        self.lock = lock
    }

    static func name(of session: SessionID) -> String { begin + session.rawValue }

    /// Which session's staging a folder is, by its name.
    static func session(of name: String) -> SessionID? {
        name.hasPrefix(begin) ? SessionID(rawValue: String(name.dropFirst(begin.count))) : nil
    }

    /// Makes it, or takes over and cleans what was left of it.
    /// - Parameter isNew: false to take over only.
    /// - Returns: nil where another process holds it, or there is none to take over.
    static func take(
        of session: SessionID, in parent: Folder, isNew: Bool, suffix: String
    ) throws(FileError) -> Staging? {
        let name = name(of: session)
        // Its holder may remove it between the steps.
        for _ in 0..<20 {
            if isNew { _ = try parent.makeFolder(name, isPrivate: true) }
            let folder: Folder
            do throws(FileError) {
                folder = try parent.folder(name)
            } catch {
                guard error.isMissing else { throw error }
                guard isNew else { return nil }
                continue
            }
            let path = "\(folder.path)/\(lockName)"
            do throws(FileError) {
                guard let lock = try FileLock.take(path) else { return nil }
                guard let there = try? folder.status(lockName), isSame(there, lock.descriptor) else { continue }
                let staging = Staging(folder, in: parent, name, lock)
                staging.clean(session, suffix)
                return staging
            } catch {
                guard error.isMissing else { throw error }
            }
        }
        return nil
    }

    private static func isSame(_ there: stat, _ descriptor: Int32) -> Bool {
        var held = stat()
        return unsafe fstat(descriptor, &held) == 0 && held.st_ino == there.st_ino && held.st_dev == there.st_dev
    }

    /// Removes what a killed run left: all that it made, or, where the transcript was in place, the second names alone.
    private func clean(_ session: SessionID, _ suffix: String) {
        var ours: Set<FileMark> = []
        for name in names { if let status = try? folder.status(name) { ours.insert(FileMark(status)) } }
        guard !ours.isEmpty else { return }
        let main = (try? parent.status(session.rawValue + suffix)).map(FileMark.init)
        if main.map(ours.contains) != true, let sidecars = try? parent.folder(session.rawValue) {
            Self.remove(ours, in: sidecars, depth: 0)
            parent.removeEmptyFolder(session.rawValue)
        }
        empty()
    }

    private static func remove(_ ours: Set<FileMark>, in folder: Folder, depth: Int) {
        guard depth < 12 else { return }
        for name in (try? folder.names()) ?? [] {
            guard let status = try? folder.status(name) else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                guard let inner = try? folder.folder(name) else { continue }
                remove(ours, in: inner, depth: depth + 1)
                folder.removeEmptyFolder(name)
            } else if ours.contains(FileMark(status)) {
                try? folder.remove(name)
            }
        }
    }

    private var names: [String] { ((try? folder.names()) ?? []).filter { $0 != Self.lockName } }

    /// The transcript last: by it a next run knows that all had its place.
    private func empty() {
        for name in names where name != Self.transcript { try? folder.remove(name) }
        try? folder.remove(Self.transcript)
    }

    /// Removes it with what is in it. The files in place stay.
    func dissolve() {
        empty()
        try? folder.remove(Self.lockName)
        parent.removeEmptyFolder(name)
    }
}

/// Which file it is, whatever its name.
struct FileMark: Hashable {
    let device: UInt64
    let inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    init(_ file: PlacedFile) {
        device = file.device
        inode = file.inode
    }
}
