internal import Glibc
internal import Platform
internal import Synchronization
internal import Threads

/// Writes lines one after the other, on a thread of its own: who answers never waits for who reads.
final class Output: Sendable {
    enum Event: Sendable {
        /// All that was sent is written.
        case drained
        case nobodyReads
    }

    private struct State {
        var unwritten: [String] = []
        /// Bytes that were sent and are not written.
        var backlog = 0
        var isWriting = false
        var isBroken = false
    }

    private let descriptor: Int32
    private let loop = ThreadLoop()
    private let state = Mutex(State())
    private let deliver: @Sendable (Event) -> Void

    init(_ descriptor: Int32, deliver: @escaping @Sendable (Event) -> Void) {
        self.descriptor = descriptor
        self.deliver = deliver
    }

    var backlog: Int { state.withLock { $0.backlog } }

    func send(_ line: String) {
        let mustStart = state.withLock { state in
            guard !state.isBroken else { return false }
            state.unwritten.append(line)
            state.backlog += line.utf8.count + 1
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { loop.add { self.drain() } }
    }

    private func drain() {
        while let lines = takeUnwritten() {
            var bytes: [UInt8] = []
            for line in lines {
                bytes += line.utf8
                bytes.append(UInt8(ascii: "\n"))
            }
            guard write(bytes) else {
                state.withLock { $0 = State(isWriting: true, isBroken: true) }
                return deliver(.nobodyReads)
            }
            state.withLock { $0.backlog -= bytes.count }
        }
        deliver(.drained)
    }

    private func takeUnwritten() -> [String]? {
        state.withLock { state in
            guard !state.unwritten.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { state.unwritten = [] }
            return state.unwritten
        }
    }

    /// - Returns: false when nobody will read it.
    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                // Someone has made the descriptor non-blocking, which is theirs as much as ours.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&room, 1, -1)
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        return true
    }
}
