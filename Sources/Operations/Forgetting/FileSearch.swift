internal import Domain
internal import Glibc
internal import Integrity
internal import Platform

/// Looks for some pieces of bytes in files of any size.
struct FileSearch {
    private let pieces: [[UInt8]]
    /// Bytes that are read at once.
    private static let chunk = 4 << 20

    /// - Parameter pieces: none of them empty.
    init(_ pieces: [[UInt8]]) { self.pieces = pieces.filter { !$0.isEmpty } }

    /// - Returns: which of the pieces; nil where none stands in the file, or it is gone.
    func firstFound(in path: String) throws(FileError) -> Int? {
        if let content = PackedFile.content(of: path) {
            return unsafe content.withUnsafeBytes { bytes in
                pieces.firstIndex { unsafe ByteSearch.contains(bytes, $0) }
            }
        }
        var found: Int?
        try unsafe forEachChunk(of: path, O_RDONLY) { bytes, _, _ in
            found = found ?? pieces.firstIndex { unsafe ByteSearch.contains(bytes, $0) }
            return found == nil
        }
        return found
    }

    /// Whether a file's bytes are not what it says: one that somebody compressed, such as an export of the vault.
    static func isCompressed(_ path: String) -> Bool {
        // One that cannot be read is said to be so by the search through it.
        guard PackedFile.content(of: path) == nil, let beginning = try? Files.bytes(path, limit: 4) else {
            return false
        }
        return magics.contains(where: beginning.starts(with:))
    }

    /// Of zstd, gzip, xz and bzip2.
    private static let magics: [[UInt8]] = [
        [0x28, 0xB5, 0x2F, 0xFD], [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58], [0x42, 0x5A, 0x68],
    ]

    /// Writes over what is found, byte for byte, in its place.
    func blank(_ path: String) throws(FileError) {
        try unsafe forEachChunk(of: path, O_RDWR) { bytes, offset, descriptor in
            let text = unsafe Array(bytes)
            for piece in pieces {
                var start = 0
                while let end = text[start...].position(behind: String(decoding: piece, as: UTF8.self)) {
                    let blank = [UInt8](repeating: UInt8(ascii: "x"), count: piece.count)
                    _ = unsafe blank.withUnsafeBytes { blank in
                        unsafe pwrite(descriptor, blank.baseAddress, blank.count, Int(offset) + end - piece.count)
                    }
                    start = end
                }
            }
            return true
        }
    }

    /// - Parameter look: gets bytes that overlap those before by as much as a piece is long, where in the file they begin, and
    ///   the file; answers whether to go on.
    private func forEachChunk(
        of path: String, _ mode: Int32, _ look: (UnsafeRawBufferPointer, Int64, Int32) -> Bool
    ) throws(FileError) {
        let descriptor = unsafe open(path, mode | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw FileError(path: path, number: errno)
        }
        defer { close(descriptor) }
        let overlap = max(1, pieces.map(\.count).max() ?? 1) - 1
        var buffer = [UInt8](repeating: 0, count: Self.chunk + overlap)
        var held = 0
        var offset: Int64 = 0
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(descriptor, bytes.baseAddress.map { unsafe $0 + held }, Self.chunk, Int(offset) + held)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: path, number: errno) }
            guard count > 0 else { return }
            let whole = held + count
            let goesOn = unsafe buffer.withUnsafeBytes { bytes in
                unsafe look(UnsafeRawBufferPointer(rebasing: bytes[..<whole]), offset, descriptor)
            }
            guard goesOn else { return }
            let kept = min(overlap, whole)
            buffer.replaceSubrange(0..<kept, with: Array(buffer[(whole - kept)..<whole]))
            offset += Int64(whole - kept)
            held = kept
        }
    }
}
