internal import Glibc
internal import Synchronization
internal import Testing

/// Ports of loopback on which nobody listens now, none of them twice, and none that the system gives to who connects.
package enum FreePort {
    private static let given = Mutex<Set<Int>>([])
    /// Below ip_local_port_range.
    private static let range = 15_000..<32_000

    package static func find(_ count: Int = 1) throws -> [Int] {
        var found: [Int] = []
        for _ in 0..<10_000 where found.count < count {
            let port = Int.random(in: range)
            guard given.withLock({ $0.insert(port).inserted }), isFree(port) else { continue }
            found.append(port)
        }
        try #require(found.count == count)
        return found
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
