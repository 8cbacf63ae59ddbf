internal import Glibc

/// A file that tells us what to do: only what this user or root wrote is gone by.
package enum TrustedFile {
    package enum Fault: Error, Equatable {
        case failed(FileError)
        case foreign(OwnershipFault)
    }

    /// Asks the file that was opened, so that none can be put in its place meanwhile.
    /// - Parameter limit: bytes beyond are not read.
    package static func bytes(_ path: String, limit: Int) throws(Fault) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .failed(FileError(path: path, number: errno)) }
        defer { close(descriptor) }
        do throws(OwnershipFault) { try Ownership.check(descriptor, of: path) } catch { throw .foreign(error) }
        do throws(FileError) {
            return try Files.read(descriptor, named: path, limit: limit)
        } catch {
            throw .failed(error)
        }
    }

    package static func read(_ path: String, limit: Int = 1 << 20) throws(Fault) -> String {
        String(decoding: try bytes(path, limit: limit), as: UTF8.self)
    }
}
