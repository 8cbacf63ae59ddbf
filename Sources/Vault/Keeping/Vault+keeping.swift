internal import Domain
internal import GRDB
internal import Glibc
internal import Platform
package import Transcripts

extension Vault {
    /// Of a segment's content, bytes: the last of a file grows to this, since small ones are compressed badly (of transcripts
    /// segments of 64 KB a 4.3rd is left, of 1 MB a 6.5th).
    static let segmentSize = 1 << 20
    /// Read at once, bytes.
    static let chunk = 4 << 20
    /// A line longer than that was written by no client: it is kept in pieces.
    static let lineLimit = 64 << 20
    private static let tailLength: Int64 = 4096

    /// Keeps of a file what is not kept yet. Called at the same time by several, or killed at any point, it keeps every byte
    /// once: what is noted in the index counts, and that is noted when it is on the disk.
    /// - Parameter filter: what of a stretch may be kept; gets its bytes, whole lines where the file has such, and where they
    ///   begin.
    package func keep(
        _ request: KeepRequest, filter: ([UInt8], Int64) -> KeptBytes
    ) throws(VaultError) -> KeepOutcome {
        try withFile(request.path) { file throws(VaultError) in
            try locked { () throws(VaultError) in try keep(request, file, filter) }
        }
    }

    func withFile<Value>(_ path: String, _ body: (OpenFile) throws(VaultError) -> Value) throws(VaultError) -> Value {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw VaultError(FileError(path: path, number: errno)) }
        defer { close(descriptor) }
        return try body(OpenFile(descriptor: descriptor, path: path))
    }

    private func keep(
        _ request: KeepRequest, _ file: OpenFile, _ filter: ([UInt8], Int64) -> KeptBytes
    ) throws(VaultError) -> KeepOutcome {
        var outcome = KeepOutcome()
        outcome.size = try file.size()
        let standing = try standing(of: request, file, outcome.size, filter)
        try mend(standing.generation, of: request, file, outcome.size, filter)
        var position = standing.end
        while position < outcome.size {
            let bytes = try stretch(of: file, from: position, to: outcome.size, request)
            guard !bytes.isEmpty else { break }
            let end = position + Int64(bytes.count)
            try add(
                filter(bytes, position), of: request, generation: standing.generation, position..<end,
                tail: try file.tail(before: end))
            position = end
            outcome.taken += Int64(bytes.count)
        }
        outcome.end = position
        return outcome
    }

    private struct Standing {
        var generation: Int
        /// Up to where it is kept.
        var end: Int64
    }

    /// Which generation the file is, and how far that is kept: it is known by what stands before its end, or, where it is
    /// shorter, by being the beginning of what is kept.
    private func standing(
        of request: KeepRequest, _ file: OpenFile, _ size: Int64, _ filter: ([UInt8], Int64) -> KeptBytes
    ) throws(VaultError) -> Standing {
        let known = try read { try Generation.all(of: request.session.rawValue, name: request.name, $0) }
        for generation in known where generation.end <= size {
            if try file.tail(before: generation.end) == generation.tail {
                return Standing(generation: generation.generation, end: generation.end)
            }
        }
        for generation in known where generation.end > size {
            if try isBeginning(of: generation, file, size, filter) {
                return Standing(generation: generation.generation, end: size)
            }
        }
        return Standing(generation: (known.map(\.generation).max() ?? -1) + 1, end: 0)
    }

    private func isBeginning(
        of generation: Generation, _ file: OpenFile, _ size: Int64, _ filter: ([UInt8], Int64) -> KeptBytes
    ) throws(VaultError) -> Bool {
        let segments = try read { try Segment.all(of: generation.number, $0) }
        let last = segments.last { $0.range.upperBound <= size }
        if let last, try file.tail(before: last.range.upperBound) != last.tail { return false }
        let start = last?.range.upperBound ?? 0
        guard start < size else { return true }
        guard let next = segments.first(where: { $0.range.lowerBound == start }) else { return false }
        let bytes = try file.bytes(from: start, count: Int(min(size, next.range.upperBound) - start))
        // What cannot be compared is not called the same.
        guard let content = try? content(of: next) else { return false }
        return content.starts(with: filter(bytes, start).bytes)
    }

    /// What is taken at once: whole lines, where the file has such.
    private func stretch(
        of file: OpenFile, from position: Int64, to size: Int64, _ request: KeepRequest
    ) throws(VaultError) -> [UInt8] {
        var count = min(Self.chunk, Int(size - position))
        while true {
            let bytes = try file.bytes(from: position, count: count)
            guard request.isOfLines else { return bytes }
            if let end = bytes.lastIndex(of: 10) {
                let isAll = position + Int64(bytes.count) >= size && request.isAtRest
                return isAll ? bytes : Array(bytes[...end])
            }
            let isAll = position + Int64(bytes.count) >= size
            if isAll { return request.isAtRest ? bytes : [] }
            guard count < Self.lineLimit else { return bytes }
            count = min(count * 4, Self.lineLimit, Int(size - position))
        }
    }

    /// Adds a stretch to what is kept of a file; a small last segment grows by it.
    func add(
        _ kept: KeptBytes, of request: KeepRequest, generation: Int, _ range: Range<Int64>, tail: String
    ) throws(VaultError) {
        let last = try read { database in
            try Generation.all(of: request.session.rawValue, name: request.name, database)
                .first { $0.generation == generation }
                .flatMap { try Segment.last(of: $0.number, database) }
        }
        var (range, content, cuts, replaced) = (range, kept.bytes, kept.cuts, [Segment]())
        if let last, last.range.upperBound == range.lowerBound, last.kept < Self.segmentSize, last.damage.isEmpty,
            last.isSealed == (seal != nil), let before = try? self.content(of: last)
        {
            (content, cuts, replaced) = (before + content, last.cuts + cuts, [last])
            range = last.range.lowerBound..<range.upperBound
        }
        let head = SegmentHead(
            session: request.session.rawValue, name: request.name, generation: generation, from: range.lowerBound,
            to: range.upperBound, kept: content.count, sha256: Digest.hexadecimal(content), tail: tail, cuts: cuts,
            path: request.path, configDirectory: request.configDirectory, cwd: request.cwd, branch: request.branch,
            commit: request.commit, host: request.host, takenMilliseconds: request.nowMilliseconds)
        try store(head, content, instead: replaced)
    }

    /// Writes a segment and notes it: in this order, so that what is noted is there.
    func store(_ head: SegmentHead, _ content: [UInt8], instead old: [Segment]) throws(VaultError) {
        var head = head
        head.isSealed = seal != nil
        let bytes = try Frame.bytes(head, content, seal)
        let (pack, offset) = try read { try nextPlace($0) }
        try disk { () throws(FileError) in try packs.append(bytes, to: pack, at: offset) }
        let place = PackFolder.Place(pack: pack, offset: offset, length: Int64(bytes.count))
        let noted = head
        try write { try note(noted, at: place, instead: old, $0) }
    }

    // MARK: - What looks as it did

    /// How a file looked when all of it was kept.
    func seen(_ path: String) throws(VaultError) -> String? {
        try read { try String.fetchOne($0, sql: "SELECT mark FROM seen WHERE path = ?", arguments: [path]) }
    }

    /// - Parameter mark: of the file before it was read: what was added meanwhile is looked at again.
    func noteSeen(_ path: String, mark: String) throws(VaultError) {
        try write {
            try $0.execute(sql: "INSERT OR REPLACE INTO seen (path, mark) VALUES (?, ?)", arguments: [path, mark])
        }
    }

    struct OpenFile {
        let descriptor: Int32
        let path: String

        func size() throws(VaultError) -> Int64 {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else {
                throw VaultError(FileError(path: path, number: errno))
            }
            guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
                throw .rejected(reason: "\(path) is no file of yours")
            }
            return Int64(status.st_size)
        }

        func bytes(from position: Int64, count: Int) throws(VaultError) -> [UInt8] {
            try disk { () throws(FileError) in
                try Pread.bytes(descriptor, named: path, at: position, count: count)
            }
        }

        func tail(before position: Int64) throws(VaultError) -> String {
            let start = max(0, position - tailLength)
            return Digest.hexadecimal(try bytes(from: start, count: Int(position - start)))
        }
    }
}
