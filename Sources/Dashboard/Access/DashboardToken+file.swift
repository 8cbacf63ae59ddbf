internal import Glibc

extension DashboardToken {
    /// Reads the token of a file, or makes both. Two processes that do so at once get the same token.
    package static func loadOrCreate(_ path: String) throws(TokenFileError) -> DashboardToken {
        if let token = try load(path) { return token }
        let token = random()
        try create(path, holding: token.text)
        // Another process may have been faster: what the file says counts.
        guard let token = try load(path) else { throw TokenFileError(path, "is gone right after it was made") }
        return token
    }

    /// - Returns: nil when there is no such file.
    package static func load(_ path: String) throws(TokenFileError) -> DashboardToken? {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw TokenFileError(path, "is a link; remove it, the companion makes a new one") }
            throw TokenFileError(path, "cannot be read", number: errno)
        }
        defer { close(descriptor) }
        var about = stat()
        guard unsafe fstat(descriptor, &about) == 0 else { throw TokenFileError(path, "cannot be read", number: errno) }
        guard about.st_mode & S_IFMT == S_IFREG else { throw TokenFileError(path, "is not a file; remove it") }
        guard about.st_uid == geteuid() else { throw TokenFileError(path, "belongs to another user; remove it") }
        guard about.st_mode & 0o077 == 0 else {
            throw TokenFileError(path, "can be read by others; remove it (they may know it), a new one is made")
        }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw TokenFileError(path, "cannot be read", number: errno) }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        guard let token = DashboardToken(text.hasSuffix("\n") ? String(text.dropLast()) : text) else {
            throw TokenFileError(path, "does not hold a token; remove it, the companion makes a new one")
        }
        return token
    }

    /// Under a name of its own first, then linked to the right one: never seen half written, never overwriting.
    private static func create(_ path: String, holding text: String) throws(TokenFileError) {
        let draft = "\(path).\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TokenFileError(path, "cannot be made", number: errno) }
        defer { unsafe unlink(draft) }
        let line = Array("\(text)\n".utf8)
        let isWritten = unsafe write(descriptor, line, line.count) == line.count && fsync(descriptor) == 0
        let number = errno
        close(descriptor)
        guard isWritten else { throw TokenFileError(path, "cannot be written", number: number) }
        guard unsafe link(draft, path) == 0 || errno == EEXIST else {
            throw TokenFileError(path, "cannot be made", number: errno)
        }
    }
}
