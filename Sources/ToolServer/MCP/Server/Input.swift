internal import Dispatch
internal import Glibc
internal import Platform
internal import Synchronization
internal import Threads

/// Reads lines on a thread of its own, and the next one only when it is asked for.
///
/// So a client that writes faster than it reads our answers comes to a halt itself, and nothing piles up here. Looks at
/// the output too: when its reader has gone, nobody wants what would be asked.
final class Input: Sendable {
    enum Event: Sendable {
        case line(Line)
        case ended
        case nobodyReads
    }

    private let descriptor: Int32
    private let output: Int32
    private let limit: Int
    /// Both ends of a pipe; the reader wakes when the second is closed.
    private let waking: (reads: Int32, writes: Int32)
    private let loop = ThreadLoop()
    private let turn = DispatchSemaphore(value: 0)
    private let isStopped = Atomic(false)

    init(_ descriptor: Int32, output: Int32, limit: Int) {
        self.descriptor = descriptor
        self.output = output
        self.limit = limit
        var ends: [Int32] = [-1, -1]
        unsafe pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        waking = (ends[0], ends[1])
    }

    deinit { close(waking.reads) }

    func start(_ deliver: @escaping @Sendable (Event) -> Void) {
        loop.add { self.read(deliver) }
    }

    /// Lets one more line through.
    func next() { turn.signal() }

    /// Ends the reading; call once.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        close(waking.writes)
        turn.signal()
    }

    private func read(_ deliver: (Event) -> Void) {
        var lines = LineSplitter(limit: limit)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if let end = wait() { return deliver(end) }
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            let complete = count > 0 ? lines.take(buffer[..<count]) : [lines.end()].compactMap(\.self)
            for line in complete {
                deliver(.line(line))
                turn.wait()
                if isStopped.load(ordering: .acquiring) { return }
            }
            guard count > 0 else { return deliver(.ended) }
        }
    }

    /// Waits until there is something to read.
    /// - Returns: nil when there is; else why there never will be.
    private func wait() -> Event? {
        var watched = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            // No events: errors are told all the same, and a pipe without a reader is one.
            pollfd(fd: output, events: 0, revents: 0),
            pollfd(fd: waking.reads, events: 0, revents: 0),
        ]
        while unsafe poll(&watched, nfds_t(watched.count), -1) < 0 {
            guard errno == EINTR else { return .ended }
        }
        if watched[2].revents != 0 { return .ended }
        if watched[1].revents != 0 { return .nobodyReads }
        return nil
    }
}

/// What was read up to the end of a line.
enum Line: Sendable, Equatable {
    case whole([UInt8])
    /// Longer than is taken; its bytes are gone.
    case tooLong
}

/// Cuts a stream of bytes into lines, keeping no more of one than is taken.
struct LineSplitter {
    private let limit: Int
    private var partial: [UInt8] = []
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    /// - Returns: the lines that end in this piece.
    mutating func take(_ piece: ArraySlice<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = piece
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<end])
            lines.append(finish())
            rest = rest[(end + 1)...]
        }
        append(rest)
        return lines
    }

    /// - Returns: what stood behind the last line's end, nil when nothing did.
    mutating func end() -> Line? {
        isSkipping || !partial.isEmpty ? finish() : nil
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        guard !isSkipping else { return }
        if partial.count + bytes.count <= limit {
            partial += bytes
        } else {
            isSkipping = true
            partial = []
        }
    }

    private mutating func finish() -> Line {
        defer {
            isSkipping = false
            partial = []
        }
        return isSkipping ? .tooLong : .whole(partial)
    }
}
