internal import Compression
internal import Crypto
package import Platform

/// Files cut into blocks, each kept once under its SHA-256, compressed: `<folder>/<2 digits>/<64 digits>`. Of a SQLite file
/// that grows most blocks stay what they were, so that a checkpoint of an hour later takes what has changed since.
package struct BlockStore: Sendable {
    package let folder: String

    /// Of what is kept, bytes: 64 pages of SQLite.
    package static let size = 256 << 10

    package init(folder: String) { self.folder = folder }

    package static func digest(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
    private static let digits = Array("0123456789abcdef")

    package func file(_ digest: String) -> String { "\(folder)/\(digest.prefix(2))/\(digest)" }

    /// Keeps a block unless it is here.
    /// - Returns: its digest, and how many bytes were written.
    func keep(_ bytes: [UInt8]) throws(FileError) -> (digest: String, written: Int64) {
        let digest = Self.digest(bytes), path = file(digest)
        if Files.exists(path) { return (digest, 0) }
        try Files.makeFolder("\(folder)/\(digest.prefix(2))")
        let head = sizeHead(bytes.count), frame = Zstandard.compressed(bytes)
        try Files.write(pieces: [head, frame], to: path, isSynced: true)
        return (digest, Int64(head.count + frame.count))
    }

    private func sizeHead(_ count: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }

    /// - Throws: `damaged` where it is not what was kept, or not there.
    package func block(_ digest: String) throws(IntegrityError) -> [UInt8] {
        let stored: [UInt8]
        do throws(FileError) {
            stored = try Files.bytes(file(digest), limit: 2 * Self.size)
        } catch {
            guard error.isMissing else { throw IntegrityError(error) }
            throw .damaged(thing: "block \(digest.prefix(12))", reason: "it is not there")
        }
        guard stored.count > 4 else { throw .damaged(thing: "block \(digest.prefix(12))", reason: "it is cut off") }
        let count = (0..<4).reduce(0) { $0 | Int(stored[$1]) << (8 * $1) }
        guard count <= Self.size, let bytes = Zstandard.decompressed(stored[4...], count: count),
            Self.digest(bytes) == digest
        else { throw .damaged(thing: "block \(digest.prefix(12))", reason: "it is not what was kept") }
        return bytes
    }

    /// All that there are.
    package func digests() throws(FileError) -> Set<String> {
        guard Files.exists(folder) else { return [] }
        var all: Set<String> = []
        for part in try Files.names(in: folder) where part.count == 2 {
            all.formUnion(try Files.names(in: "\(folder)/\(part)").filter { $0.count == 64 })
        }
        return all
    }

    func remove(_ digest: String) { Files.remove(file(digest)) }
}

/// Cuts what is written to it into blocks.
struct BlockWriter {
    private let store: BlockStore
    private var rest: [UInt8] = []
    private(set) var file = CheckpointFile()
    private(set) var written: Int64 = 0

    init(_ store: BlockStore) { self.store = store }

    mutating func write(_ bytes: some Collection<UInt8>) throws(FileError) {
        rest += bytes
        while rest.count >= BlockStore.size {
            try keep(Array(rest[..<BlockStore.size]))
            rest.removeFirst(BlockStore.size)
        }
    }

    mutating func end() throws(FileError) -> CheckpointFile {
        if !rest.isEmpty { try keep(rest) }
        rest = []
        return file
    }

    private mutating func keep(_ block: [UInt8]) throws(FileError) {
        let (digest, count) = try store.keep(block)
        file.blocks.append(digest)
        file.bytes += Int64(block.count)
        written += count
    }
}
