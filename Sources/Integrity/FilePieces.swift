internal import Glibc
internal import Platform

/// A file read from its beginning to its end, a piece at a time.
package enum FilePieces {
    /// - Parameter size: of a piece, bytes; the last may be smaller.
    package static func read(_ path: String, size: Int, _ body: ([UInt8]) throws -> Void) throws {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        defer { close(descriptor) }
        while true {
            var number: Int32 = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = 0
                while count < size, let start = buffer.baseAddress {
                    let got = unsafe Glibc.read(descriptor, start + count, size - count)
                    if got == 0 { break }
                    guard got > 0 else {
                        if errno == EINTR { continue }
                        number = errno
                        break
                    }
                    count += got
                }
            }
            if number != 0 { throw FileError(path: path, number: number) }
            if piece.isEmpty { return }
            try body(piece)
        }
    }
}
