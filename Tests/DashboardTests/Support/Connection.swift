internal import Glibc
internal import TestSupport

/// A plain socket, so that a test can say what no proper client would. Never blocks: the server shares our threads.
final class Connection {
    let descriptor: Int32
    private(set) var received: [UInt8] = []
    /// The other end has closed.
    private(set) var isEnded = false

    init(port: Int) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        descriptor = try Self.open(AF_INET, &address)
    }

    init(socketFile path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        descriptor = try Self.open(AF_UNIX, &address)
    }

    deinit { close(descriptor) }

    private static func open<Address>(_ family: Int32, _ address: inout Address) throws -> Int32 {
        // Connecting on loopback is done by the kernel at once; only then may the socket stop to block.
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let length = socklen_t(MemoryLayout<Address>.size)
        let answer = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, length) }
        }
        guard answer == 0 else {
            let number = errno
            close(descriptor)
            throw PollTimeout(description: "no connection: \(unsafe String(cString: strerror(number)))")
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    /// Leaves without a farewell.
    func resetOnClose() {
        var now = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    /// Takes a small buffer, so that a slow reader fills up soon.
    func takeLittle() {
        var size: Int32 = 64 << 10
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Writes what goes; more than goes is left out once the other end has closed.
    func send(_ text: String) async throws {
        var rest = Array(text.utf8)[...]
        try await poll("room to send \(text.prefix(40))") {
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count < 0 { return errno != EAGAIN }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    /// Writes one thing, if it goes.
    func sendOne(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Whether the other end still has the connection, as the kernel knows it: what is not read hides the end of it.
    func isOpen(at port: Int) -> Bool {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(descriptor, address, &length)
            }
        }
        return SocketTable.isHeld(from: port, to: Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Reads what is there.
    func look() {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while !isEnded {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                received += buffer[..<count]
            } else if count == 0 || errno != EAGAIN {
                isEnded = true
            } else {
                return
            }
        }
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    func waitForEnd(within limit: Duration = .seconds(20)) async throws {
        try await poll("the end of a connection", within: limit) {
            look()
            return isEnded
        }
    }

    /// Reads until something was said, in what had been read before or in what comes.
    func wait(for part: String) async throws {
        var seen = 0
        try await poll("'\(part)' from the server") {
            look()
            // What was searched is not searched again, but for a part that lies across.
            let tail = String(decoding: received[max(0, seen - part.utf8.count)...], as: UTF8.self)
            seen = received.count
            return tail.contains(part)
        }
    }

    /// The next whole answer of a kept connection.
    func answer(isHead: Bool = false) async throws -> Answer {
        var answer: Answer?
        try await poll("an answer") {
            look()
            answer = Answer(received, isEnded: isEnded, isHead: isHead)
            return answer != nil || isEnded
        }
        guard let answer else { throw PollTimeout(description: "closed without an answer") }
        received.removeFirst(min(answer.length, received.count))
        return answer
    }
}
