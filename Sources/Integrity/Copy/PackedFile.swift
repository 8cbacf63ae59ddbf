internal import Compression
internal import Domain
internal import Glibc
internal import Platform

/// A file to which nothing is added any more, compressed to a fraction of itself, and read as if it were not: under
/// `<name>.<revision>.zst`, where the revision is that of the file as it was.
package enum PackedFile {
    private static let suffix = ".zst"

    /// What a file is called that is packed; nil for another.
    static func parts(of name: String) -> (name: String, revision: String)? {
        guard name.hasSuffix(suffix) else { return nil }
        let words = name.dropLast(suffix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard words.count > 3, words.suffix(3).allSatisfy({ Int64($0) != nil }) else { return nil }
        return (words.dropLast(3).joined(separator: "."), words.suffix(3).joined(separator: "."))
    }

    /// Its bytes and time of change (ms since 1970), as the revision says.
    static func place(ofRevision revision: String) -> (bytes: Int64, changedMilliseconds: Int64) {
        let numbers = revision.split(separator: ".").compactMap { Int64($0) }
        guard numbers.count == 3 else { return (0, 0) }
        return (numbers[0], numbers[1] * 1000 + numbers[2] / 1_000_000)
    }

    /// Puts the packed file in the place of another. Killed on the way it leaves both, of which the plain one counts.
    static func pack(_ path: String, limit: Int) throws(FileError) {
        let status = try Files.status(path)
        let bytes = try Files.bytes(path, limit: limit)
        guard Int64(bytes.count) == Int64(status.st_size) else { return }
        try Files.write(
            Zstandard.compressed(bytes), to: "\(path).\(HostCopy.revision(status))\(suffix)", isSynced: true)
        Files.remove(path)
    }

    /// What the file said.
    /// - Returns: nil where it is none, or damaged.
    package static func content(of path: String) -> [UInt8]? {
        let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        guard let parts = parts(of: name), let frame = try? Files.bytes(path, limit: 1 << 30) else { return nil }
        return Zstandard.decompressed(frame[...], count: Int(place(ofRevision: parts.revision).bytes))
    }
}
