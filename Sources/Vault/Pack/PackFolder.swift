internal import Domain
internal import Glibc
internal import Platform

/// The pack files: `<number>.pack`, each added to until it is large, then left as it is until what lies in it is no longer
/// wanted. Only who holds the vault's lock writes.
struct PackFolder {
    let path: String

    /// Of a pack, bytes, after which another is begun.
    static let limit: Int64 = 64 << 20
    static let suffix = ".pack"

    /// Where a segment lies.
    struct Place: Equatable {
        var pack: Int64
        var offset: Int64
        var length: Int64

        var name: String { "\(PackFolder.name(of: pack)), byte \(offset)" }
    }

    static func name(of pack: Int64) -> String { String(UInt64(clamping: pack), digits: 8, radix: 10) + suffix }

    func file(_ pack: Int64) -> String { "\(path)/\(Self.name(of: pack))" }

    /// The numbers of the packs there are.
    func packs() throws(FileError) -> [Int64] {
        do throws(FileError) {
            return try Files.names(in: path).filter { $0.hasSuffix(Self.suffix) }
                .compactMap { Int64($0.dropLast(Self.suffix.count)) }.sorted()
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }

    /// Writes bytes behind what is known to be a pack's end, and has them survive a loss of power. What lies there was never
    /// noted: a writer was killed, or its disk was full.
    func append(_ bytes: [UInt8], to pack: Int64, at end: Int64) throws(FileError) {
        let file = file(pack)
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(path: file, number: errno) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, Int(end)) == 0, lseek(descriptor, Int(end), SEEK_SET) == end else {
            throw FileError(path: file, number: errno)
        }
        do throws(FileError) {
            try Files.write(bytes[...], to: descriptor, named: file)
            guard fdatasync(descriptor) == 0 else { throw FileError(path: file, number: errno) }
        } catch {
            // The disk is full, it may be: this gives back what was begun. What cannot be cut off now is by the next writer.
            _ = ftruncate(descriptor, Int(end))
            throw error
        }
        if end == 0 { Files.sync(path) }
    }

    /// Takes away what lies behind a pack's end.
    func cut(_ pack: Int64, to end: Int64) throws(FileError) {
        guard unsafe truncate(file(pack), Int(end)) == 0 else { throw FileError(path: file(pack), number: errno) }
    }

    /// - Returns: fewer bytes than were asked for where the pack ends before.
    func read(_ place: Place) throws(FileError) -> [UInt8] {
        let file = file(place.pack)
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(path: file, number: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(path: file, number: errno) }
        // Whatever the index says of its length: no more room is taken than there are bytes.
        let count = min(place.length, max(0, Int64(status.st_size) - place.offset))
        return try Pread.bytes(descriptor, named: file, at: place.offset, count: Int(count))
    }

    func size(of pack: Int64) throws(FileError) -> Int64 { Int64(try Files.status(file(pack)).st_size) }

    /// For good: after a loss of power, too.
    func remove(_ pack: Int64) {
        Files.remove(file(pack))
        Files.sync(path)
    }

    /// Every segment of a pack by what stands in it, in order: to make an index anew. What is not understood is passed over.
    /// - Parameter offset: of the first.
    /// - Returns: with where the last of them ends.
    /// - Throws: `newer` where one is by a newer Holdfast.
    func segments(
        of pack: Int64, from offset: Int64 = 0
    ) throws(VaultError) -> (found: [(head: SegmentHead, place: Place)], end: Int64) {
        try disk { () throws(FileError) in try look(through: pack, from: offset) }.checked()
    }

    private struct Look {
        var found: [(head: SegmentHead, place: Place)] = []
        var end: Int64

        func checked() throws(VaultError) -> (found: [(head: SegmentHead, place: Place)], end: Int64) {
            if let newest = found.map(\.head.version).max(), newest > SegmentHead.version {
                throw .newer(version: newest, known: SegmentHead.version)
            }
            return (found, end)
        }
    }

    private func look(through pack: Int64, from first: Int64) throws(FileError) -> Look {
        let file = file(pack)
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(path: file, number: errno) }
        defer { close(descriptor) }
        let size = try size(of: pack)
        var look = Look(end: first)
        var offset = first
        while offset < size {
            let start = try Pread.bytes(descriptor, named: file, at: offset, count: 4096)
            var head = Frame.head(of: start[...])
            if head == nil, let length = Frame.headLength(of: start[...]), length > start.count {
                head = Frame.head(of: try Pread.bytes(descriptor, named: file, at: offset, count: length)[...])
            }
            if let (head, length) = head, Int64(length) + Int64(head.stored) <= size - offset {
                let place = Place(pack: pack, offset: offset, length: Int64(length) + Int64(head.stored))
                look.found.append((head, place))
                offset += place.length
                look.end = offset
            } else {
                offset = try next(descriptor, file, after: offset, size) ?? size
            }
        }
        return look
    }

    /// Where the next head may begin.
    private func next(_ descriptor: Int32, _ file: String, after offset: Int64, _ size: Int64) throws(FileError)
        -> Int64?
    {
        var position = offset + 1
        while position < size {
            let bytes = try Pread.bytes(descriptor, named: file, at: position, count: 1 << 16)
            if let index = bytes.indices.first(where: { Frame.headLength(of: bytes[$0...]) != nil }) {
                return position + Int64(index)
            }
            // A head may begin in the last bytes of these.
            guard bytes.count > 8 else { return nil }
            position += Int64(bytes.count - 7)
        }
        return nil
    }
}
