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
    /// Taken in before others may write, bytes: they do not wait for a file of gigabytes.
    private static let turn: Int64 = 64 << 20

    /// What of a stretch may be kept; gets its bytes, whole lines where the file has such, and where they begin.
    package typealias Filter = ([UInt8], Int64) -> KeptBytes

    /// Keeps of a file what is not kept yet. Called at the same time by several, or killed at any point, it keeps every byte
    /// once: what is noted in the index counts, and that is noted when it is on the disk.
    /// - Parameter filter: makes what says what may be kept, nil where nothing of the file may. Asked while nobody else writes:
    ///   whoever forgets something says so first, and then takes out what is kept.
    /// - Returns: nil where nothing may be kept.
    package func keep(
        _ request: KeepRequest, filter: () throws(VaultError) -> Filter?
    ) throws(VaultError) -> KeepOutcome? {
        try withFile(request.path) { file throws(VaultError) in
            var taken: Int64 = 0
            while true {
                let outcome = try locked { () throws(VaultError) -> KeepOutcome? in
                    guard let filter = try filter() else { return nil }
                    return try keep(request, file, filter)
                }
                guard var outcome else { return nil }
                taken += outcome.taken
                guard outcome.end < outcome.size, outcome.taken >= Self.turn else {
                    outcome.taken = taken
                    return outcome
                }
            }
        }
    }

    func withFile<Value>(_ path: String, _ body: (OpenFile) throws(VaultError) -> Value) throws(VaultError) -> Value {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw VaultError(FileError(path: path, number: errno)) }
        defer { close(descriptor) }
        return try body(OpenFile(descriptor: descriptor, path: path))
    }

    private func keep(
        _ request: KeepRequest, _ file: OpenFile, _ filter: Filter
    ) throws(VaultError) -> KeepOutcome {
        var outcome = KeepOutcome()
        outcome.size = try file.size()
        var standing = try standing(of: request, file, outcome.size, filter)
        try mend(standing.generation, of: request, file, outcome.size, filter)
        outcome.taken = try retakeTornLine(&standing, of: request, file, outcome.size, filter)
        while standing.end < outcome.size, outcome.taken < Self.turn {
            let bytes = try stretch(of: file, from: standing.end, to: outcome.size, request)
            guard !bytes.isEmpty else { break }
            let before = try file.bytes(before: standing.end)
            // Written anew while it was read, it is another file: the next look tells.
            guard standing.tail == Digest.hexadecimal(before) else { break }
            let range = standing.end..<standing.end + Int64(bytes.count)
            let kept = try filtered(bytes, at: range.lowerBound, of: request, file, filter)
            standing.tail = Self.tail(before + bytes)
            try add(kept, of: request, generation: standing.generation, range, tail: standing.tail)
            standing.end = range.upperBound
            outcome.taken += Int64(bytes.count)
        }
        outcome.end = standing.end
        outcome.generation = standing.generation
        return outcome
    }

    private static func tail(_ bytes: [UInt8]) -> String { Digest.hexadecimal(Array(bytes.suffix(Int(tailLength)))) }

    /// A line of which the beginning was kept before its end was written is taken in anew as a whole: a private section may
    /// begin in the one part and end in the other.
    /// - Returns: how many bytes of the file that brought.
    private func retakeTornLine(
        _ standing: inout Standing, of request: KeepRequest, _ file: OpenFile, _ size: Int64, _ filter: Filter
    ) throws(VaultError) -> Int64 {
        let end = standing.end, number = standing.generation
        guard request.isOfLines, end > 0, end < size, try file.bytes(from: end - 1, count: 1) != [10] else { return 0 }
        let rest = try stretch(of: file, from: end, to: size, request)
        guard !rest.isEmpty else { return 0 }
        let segments = try read { database in
            try Generation.all(of: request.session.rawValue, name: request.name, database)
                .first { $0.generation == number }
                .map { try Segment.all(of: $0.number, database) } ?? []
        }
        let line = try file.startOfLine(before: end)
        let torn = segments.filter { $0.range.upperBound > line }
        guard let start = torn.first?.range.lowerBound, end - start <= Int64(Self.lineLimit) else { return 0 }
        let before = try file.bytes(before: start), bytes = try file.bytes(from: start, count: Int(end - start))
        guard Self.tail(before + bytes) == standing.tail else { return 0 }
        let kept = filter(bytes + rest, start)
        standing.end = end + Int64(rest.count)
        standing.tail = Self.tail(before + bytes + rest)
        let head = SegmentHead(
            request, generation: number, start..<standing.end, kept, tail: standing.tail)
        try store(head, kept.bytes, instead: torn)
        return Int64(rest.count)
    }

    /// A file that has no lines is filtered with what comes before, as far as a private section may reach back.
    private func filtered(
        _ bytes: [UInt8], at position: Int64, of request: KeepRequest, _ file: OpenFile, _ filter: Filter
    ) throws(VaultError) -> KeptBytes {
        guard !request.isOfLines, position > 0 else { return filter(bytes, position) }
        let start = max(0, position - Int64(Self.segmentSize))
        let before = try file.bytes(from: start, count: Int(position - start))
        let whole = filter(before + bytes, start)
        guard !whole.cuts.isEmpty else { return KeptBytes(bytes: bytes) }
        return whole.rest(after: filter(before, start), position..<position + Int64(bytes.count))
    }

    private struct Standing {
        var generation: Int
        /// Up to where it is kept.
        var end: Int64
        /// SHA-256 of the up to 4 KB before that.
        var tail: String
    }

    /// Which generation the file is, and how far that is kept: it is known by what stands before its end, or, where it is
    /// shorter, by being the beginning of what is kept.
    private func standing(
        of request: KeepRequest, _ file: OpenFile, _ size: Int64, _ filter: Filter
    ) throws(VaultError) -> Standing {
        let known = try read { try Generation.all(of: request.session.rawValue, name: request.name, $0) }
        for generation in known where generation.end <= size {
            if try file.tail(before: generation.end) == generation.tail {
                return Standing(generation: generation.generation, end: generation.end, tail: generation.tail)
            }
        }
        for generation in known where generation.end > size {
            if try isBeginning(of: generation, file, size, filter) {
                return Standing(generation: generation.generation, end: size, tail: "")
            }
        }
        let next = max((known.map(\.generation).max() ?? -1) + 1, firstGeneration(of: request.session))
        return Standing(generation: next, end: 0, tail: Digest.hexadecimal([]))
    }

    private func isBeginning(
        of generation: Generation, _ file: OpenFile, _ size: Int64, _ filter: Filter
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
    func stretch(
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
            !last.isLost, !kept.cuts.contains(where: \.isLoss),
            last.isSealed == (seal != nil), let before = try? self.content(of: last)
        {
            (content, cuts, replaced) = (before + content, last.cuts + cuts, [last])
            range = last.range.lowerBound..<range.upperBound
        }
        let whole = KeptBytes(bytes: content, cuts: cuts)
        try store(SegmentHead(request, generation: generation, range, whole, tail: tail), content, instead: replaced)
    }

    /// Writes a segment and notes it: in this order, so that what is noted is there.
    func store(_ head: SegmentHead, _ content: [UInt8], instead old: [Segment]) throws(VaultError) {
        if let keyFault { throw keyFault }
        var head = head
        try keepPlace(&head)
        head.isSealed = seal != nil
        let bytes = try Frame.bytes(head, content, seal)
        let (pack, offset) = try read { try nextPlace($0) }
        try disk { () throws(FileError) in try packs.append(bytes, to: pack, at: offset) }
        let place = PackFolder.Place(pack: pack, offset: offset, length: Int64(bytes.count))
        let noted = head
        try write { try note(noted, at: place, instead: old, $0) }
    }

    /// What was known of a folder stays known when it is gone: nobody can ask git there any more.
    private func keepPlace(_ head: inout SegmentHead) throws(VaultError) {
        guard head.commit.isEmpty else { return }
        let (session, name, generation) = (head.session, head.name, head.generation)
        let known = try read { database in
            try Generation.all(of: session, name: name, database).first { $0.generation == generation }
        }
        guard let known, head.cwd.isEmpty || head.cwd == known.cwd, head.branch.isEmpty || head.branch == known.branch
        else { return }
        (head.cwd, head.branch, head.commit) = (known.cwd, known.branch, known.commit)
    }

    // MARK: - What looks as it did

    /// How a file looked when all of it was kept.
    func seen(_ path: String) throws(VaultError) -> String? {
        try read { try String.fetchOne($0, sql: "SELECT mark FROM seen WHERE path = ?", arguments: [path]) }
    }

    /// Notes that all of a file is kept, unless something of that has a hole or is damaged.
    /// - Parameter mark: of the file before it was read: what was added meanwhile is looked at again.
    func noteSeen(_ request: KeepRequest, _ generation: Int, mark: String) throws(VaultError) {
        try write { database in
            let own = try Generation.all(of: request.session.rawValue, name: request.name, database)
                .first { $0.generation == generation }
            let segments = try own.map { try Segment.all(of: $0.number, database) } ?? []
            let isWhole = own.map { KeptFile(generation: $0, segments: segments).holes.isEmpty } ?? true
            guard isWhole else { return }
            try database.execute(
                sql: "INSERT OR REPLACE INTO seen (path, mark) VALUES (?, ?)", arguments: [request.path, mark])
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

        /// The up to 4 KB before a position.
        func bytes(before position: Int64) throws(VaultError) -> [UInt8] {
            let start = max(0, position - tailLength)
            return try bytes(from: start, count: Int(position - start))
        }

        func tail(before position: Int64) throws(VaultError) -> String {
            Digest.hexadecimal(try bytes(before: position))
        }

        /// Where the line begins that stands before a position, as far back as a line may reach.
        func startOfLine(before position: Int64) throws(VaultError) -> Int64 {
            var end = position
            while end > 0, position - end < Int64(lineLimit) {
                let start = max(0, end - Int64(segmentSize))
                if let found = try bytes(from: start, count: Int(end - start)).lastIndex(of: 10) {
                    return start + Int64(found) + 1
                }
                end = start
            }
            return end
        }
    }
}

extension SegmentHead {
    /// Of what is kept of a stretch of the file that was asked for.
    init(_ request: KeepRequest, generation: Int, _ range: Range<Int64>, _ kept: KeptBytes, tail: String) {
        self.init(
            session: request.session.rawValue, name: request.name, generation: generation, from: range.lowerBound,
            to: range.upperBound, kept: kept.bytes.count, sha256: Digest.hexadecimal(kept.bytes), tail: tail,
            cuts: kept.cuts, path: request.path, configDirectory: request.configDirectory, cwd: request.cwd,
            branch: request.branch, commit: request.commit, host: request.host,
            takenMilliseconds: request.nowMilliseconds)
    }
}
