internal import Glibc
internal import Platform

/// A stretch of a file.
enum FileRange {
    /// - Returns: fewer bytes than were asked for where the file ends before.
    static func bytes(_ path: String, _ range: Range<Int64>) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        defer { close(descriptor) }
        var number: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = 0
            while count < range.count, let start = buffer.baseAddress {
                let got = unsafe pread(
                    descriptor, start + count, range.count - count, off_t(range.lowerBound) + off_t(count))
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
        return bytes
    }
}
