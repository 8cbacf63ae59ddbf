internal import Glibc
internal import Platform

/// Bytes of an open file from a place on.
enum Pread {
    /// - Returns: fewer than were asked for where the file ends before.
    static func bytes(_ descriptor: Int32, named name: String, at place: Int64, count: Int) throws(FileError) -> [UInt8]
    {
        var number: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
            filled = 0
            while filled < count {
                let read = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, Int(place) + filled)
                if read < 0 && errno == EINTR { continue }
                if read < 0 { number = errno }
                guard read > 0 else { break }
                filled += read
            }
        }
        guard number == 0 else { throw FileError(path: name, number: number) }
        return bytes
    }
}
