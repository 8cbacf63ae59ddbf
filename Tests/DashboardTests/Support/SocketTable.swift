internal import Domain
internal import Glibc

/// What the kernel knows of the connections of this machine.
enum SocketTable {
    /// Whether a program still holds the one end of a connection; one that was closed while bytes are under way has
    /// no inode any more.
    static func isHeld(from port: Int, to other: Int) -> Bool {
        lines.contains { words in
            words.count > 9 && words[1].hasSuffix(":" + hexadecimal(port))
                && words[2].hasSuffix(":" + hexadecimal(other)) && words[9] != "0"
        }
    }

    private static func hexadecimal(_ port: Int) -> String { String(port, digits: 4, radix: 16, uppercase: true) }

    private static var lines: [[Substring]] {
        let descriptor = unsafe open("/proc/net/tcp", O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
    }
}
