internal import Glibc

/// Who holds a lock.
extension FileLock {
    /// Whether a process has the file of a lock open, as who holds it must. A number that stands in a file may be another
    /// process's by now, or mean one in another container. False also of one that cannot be looked at: it has ended, or is
    /// another user's.
    package static func isOpen(_ path: String, in process: Int32) -> Bool {
        let descriptors = "/proc/\(process)/fd"
        guard let lock = try? Files.status(path), let names = try? Files.names(in: descriptors) else { return false }
        return names.contains { name in
            guard let file = try? Files.status("\(descriptors)/\(name)") else { return false }
            return file.st_dev == lock.st_dev && file.st_ino == lock.st_ino
        }
    }
}
