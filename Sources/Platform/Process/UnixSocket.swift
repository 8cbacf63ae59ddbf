internal import Glibc

/// A stream to who listens at a path.
package enum UnixSocket {
    /// Connects a socket that is there.
    /// - Returns: what `connect` answered; `errno` says why not. ENAMETOOLONG for a path that none can have.
    package static func connect(_ descriptor: Int32, to path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return -1
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe Glibc.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Sends some bytes and reads what comes back until the other end closes.
    /// - Parameters:
    ///   - patience: for each step, whole seconds.
    ///   - limit: of the answer, bytes.
    /// - Throws: `FileError`; EMSGSIZE for a longer answer.
    package static func exchange(
        _ request: [UInt8], with path: String, patience: Int, limit: Int
    ) throws(FileError) -> [UInt8] {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        defer { close(descriptor) }
        var time = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(descriptor, to: path) == 0 else { throw FileError(path: path, number: errno) }
        try Files.write(request[...], to: descriptor, named: path)
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe part.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return answer }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw FileError(path: path, number: errno == EAGAIN ? ETIMEDOUT : errno)
            }
            answer += part[..<count]
            guard answer.count <= limit else { throw FileError(path: path, number: EMSGSIZE) }
        }
    }
}
