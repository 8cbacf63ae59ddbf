internal import Glibc
internal import Platform

/// A file without a name, for what a try reads or writes: nothing of it is left behind by a kill.
final class TryFile {
    let descriptor: Int32

    /// - Parameter folder: on whose disk it lies; in memory where that cannot be written.
    init(in folder: String) throws(FileError) {
        let path = "\(folder)/try.\(getpid()).tmp"
        let opened = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if opened >= 0 { Files.remove(path) }
        descriptor = try opened >= 0 ? opened : MemoryFile.make()
    }

    deinit { close(descriptor) }

    /// The same bytes from their beginning, by a place of its own in them.
    func reader() throws(FileError) -> Int32 {
        let path = "/proc/self/fd/\(descriptor)"
        let reader = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard reader >= 0 else { throw FileError(path: path, number: errno) }
        return reader
    }

    private static let piece = 1 << 20

    /// Passes on all that was written.
    func pass(to sink: Int32, named name: String) throws(FileError) {
        let reader = try reader()
        defer { close(reader) }
        while true {
            let bytes = try Files.read(reader, named: "output", limit: Self.piece)
            if bytes.isEmpty { return }
            try Files.write(bytes[...], to: sink, named: name)
        }
    }

    /// The last of what was written.
    func end(_ count: Int) -> [UInt8] {
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size > 0, let reader = try? reader() else { return [] }
        defer { close(reader) }
        lseek(reader, max(0, size - count), SEEK_SET)
        return (try? Files.read(reader, named: "output", limit: count)) ?? []
    }
}

/// What is piped in: each try gets all of it.
struct TryInput: ~Copyable {
    private let kept: TryFile?

    private static let limit = 256 << 20

    /// Reads a pipe or a file to its end. A terminal is inherited; a closed stdin is empty.
    init(in folder: String) throws(FileError) {
        var status = stat()
        guard unsafe fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT != S_IFCHR else {
            kept = nil
            return
        }
        let file = try TryFile(in: folder)
        var count = 0
        while count < Self.limit {
            let bytes = try Files.read(STDIN_FILENO, named: "stdin", limit: 1 << 16)
            if bytes.isEmpty { break }
            try Files.write(bytes[...], to: file.descriptor, named: "kept standard input")
            count += bytes.count
        }
        kept = file
    }

    /// For one try, which closes it.
    func reader() throws(FileError) -> Int32 {
        if let kept { return try kept.reader() }
        let inherited = dup(STDIN_FILENO)
        return inherited >= 0 ? inherited : unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
}

/// What one try writes: it is passed on when it is known to be the last.
struct TryOutput {
    let output: TryFile
    let errors: TryFile

    init(in folder: String) throws(FileError) {
        output = try TryFile(in: folder)
        errors = try TryFile(in: folder)
    }

    func pass() throws(FileError) {
        try output.pass(to: STDOUT_FILENO, named: "stdout")
        try passErrors()
    }

    func passErrors() throws(FileError) { try errors.pass(to: STDERR_FILENO, named: "stderr") }

    /// By which it is told why it failed.
    var words: String {
        String(decoding: errors.end(4096) + [10] + output.end(1024), as: UTF8.self)
    }
}
