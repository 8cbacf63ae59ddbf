internal import Domain
internal import Glibc
internal import Platform
internal import Redaction

/// An open transcript of Claude Code: a file that only grows. Positions are bytes, and a cursor's hash is that of the up
/// to 4 KB before it, which an appended file still has and one that was written anew has not.
final class ClaudeCodeTranscript: Transcript {
    let path: String
    private let descriptor: Int32

    /// - Parameter storage: below which it must lie, where the user's own links may lead out; nil when a person named the
    ///   file.
    init(_ given: String, below storage: String?) throws(TranscriptRefusal) {
        let real = try Self.canonical(given, below: storage)
        let opened = unsafe Glibc.open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else { throw Self.refusal(errno, real) }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0 else {
            let number = errno
            close(opened)
            throw Self.refusal(number, real)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .untrusted(reason: "\(given) is no regular file")
        }
        guard status.st_uid == getuid() || storage == nil else {
            close(opened)
            throw .untrusted(reason: "\(given) belongs to another user")
        }
        descriptor = opened
        path = real
    }

    deinit { close(descriptor) }

    private static func canonical(_ path: String, below storage: String?) throws(TranscriptRefusal) -> String {
        let real: String?
        do throws(FileError) {
            if let storage {
                real = try StoredPath.canonical(path, below: storage)
            } else {
                real = try Files.resolved(path)
            }
        } catch {
            throw refusal(error.number, path)
        }
        guard let real else {
            throw .untrusted(
                reason: "\(path) does not lie below \(storage ?? ""), nor behind a link there that is yours")
        }
        return real
    }

    private static func refusal(_ number: Int32, _ path: String) -> TranscriptRefusal {
        number == ENOENT || number == ENOTDIR ? .missing : .unreadable(FileError(path: path, number: number))
    }

    // MARK: - Positions

    func end() throws(FileError) -> Int64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(path: path, number: errno) }
        return Int64(status.st_size)
    }

    func following(_ cursor: Cursor) throws(FileError) -> Cursor {
        Self.following(cursor, size: try end(), tail: Self.hash(of: try tail(before: cursor.offset)))
    }

    /// - Parameters:
    ///   - size: of the file as it is now, in bytes.
    ///   - tail: the hash of its up to 4 KB before the cursor.
    static func following(_ cursor: Cursor, size: Int64, tail: String) -> Cursor {
        if cursor.offset == 0 || size >= cursor.offset && tail == cursor.tailHash { return cursor }
        // It shrank or was replaced.
        return Cursor(generation: cursor.generation + 1)
    }

    func cursor(at position: Int64, generation: Int64) throws(FileError) -> Cursor {
        Cursor(offset: position, generation: generation, tailHash: Self.hash(of: try tail(before: position)))
    }

    static func hash(of tail: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(tail)
        return hash.hexadecimal()
    }

    /// The up to 4 KB before a position; fewer where the file ends before it.
    private func tail(before position: Int64) throws(FileError) -> [UInt8] {
        try read(max(0, position - Int64(FileLines.tailLength))..<position)
    }

    func bytes(at positions: Range<Int64>) throws(FileError) -> [UInt8]? { try read(positions) }

    private func read(_ positions: Range<Int64>) throws(FileError) -> [UInt8] {
        var number: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: positions.count) { buffer, count in
            while count < buffer.count {
                let room = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count...])
                let place = Int(positions.lowerBound) + count
                let read = unsafe pread(descriptor, room.baseAddress, room.count, place)
                if read < 0 && errno == EINTR { continue }
                if read < 0 { number = errno }
                guard read > 0 else { break }
                count += read
            }
        }
        guard number == 0 else { throw FileError(path: path, number: number) }
        return bytes
    }

    // MARK: - Reading

    func reader(from cursor: Cursor, _ rules: ReadingRules) throws(FileError) -> any TranscriptReader {
        let lines = FileLines(
            descriptor, named: path, from: cursor.offset, before: try tail(before: cursor.offset))
        return ClaudeCodeReader(self, lines, generation: cursor.generation, rules)
    }

    /// How far before the end that a hook saw an answer is looked for, in bytes; a JSON string may be as much as four times
    /// as long as what it says.
    private static let lookBack: Int64 = 1 << 20

    func holds(_ answer: AwaitedAnswer) -> Bool {
        let start = max(0, answer.end - Self.lookBack - 4 * Int64(answer.length))
        var rules = ReadingRules(policy: FilterPolicy(), redactor: Redactor())
        rules.awaited = answer
        var reader = ClaudeCodeReader(self, lines(from: start), generation: 0, rules)
        while !reader.isHeard || reader.position < answer.end, reader.next() != nil {}
        return reader.isHeard
    }

    func lines(from position: Int64) -> FileLines { FileLines(descriptor, named: path, from: position) }
}
