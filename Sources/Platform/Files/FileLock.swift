internal import CPlatform
internal import Glibc

/// An exclusive lock on a file, held until this value dies or the process does.
package struct FileLock: ~Copyable {
    /// For a child that is to hold the lock too (see `SpawnedProcess`).
    package let descriptor: Int32

    /// - Returns: nil when another process holds the lock.
    package static func take(_ path: String) throws(FileError) -> FileLock? {
        var descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor < 0, errno == EROFS || errno == EACCES {
            // A lock needs no more than an open file, and one of before may be there.
            let number = errno
            descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { throw FileError(path: path, number: number) }
        }
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        guard holdfast_lock(descriptor, true) == 0 else {
            close(descriptor)
            return nil
        }
        return FileLock(descriptor: descriptor)
    }

    /// Whether a process holds the lock now. A file that cannot be opened is locked by nobody who could be heard of.
    package static func isHeld(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard holdfast_lock(descriptor, true) == 0 else { return true }
        _ = holdfast_lock(descriptor, false)
        return false
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes what the holder wants others to read, such as its pid.
    package func write(_ text: String) throws(FileError) {
        ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
        try Files.write(Array(text.utf8)[...], to: descriptor, named: "lock file")
    }

    /// Closes our side alone: a child that inherited the descriptor holds the lock from now on.
    package consuming func leaveToChild() {
        close(descriptor)
        discard self
    }

    deinit {
        // Said, not only closed: a guard process may hold the same lock until it has heard that all is over.
        _ = holdfast_lock(descriptor, false)
        close(descriptor)
    }
}
