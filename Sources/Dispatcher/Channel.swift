internal import Glibc
internal import Platform

/// Bytes on their way from one descriptor to another. Reads only when all it has is written, and writes only what a
/// pipe that reported room takes at once: never blocks, and leaves the flags of inherited descriptors alone.
struct Channel {
    /// PIPE_BUF: a pipe that polls writable takes this much without blocking (pipe(7)).
    private static let step = 4096

    private var source: Int32
    private var sink: Int32
    private var unsent: ArraySlice<UInt8> = []
    /// Which end is our own pipe, to be closed when the other has ended.
    private let ownsSink: Bool
    /// How much more to read, once that is known.
    private var rest: Int?

    /// The client's stdin: our end of its pipe is the sink.
    static func toClient(from source: Int32, pipe: Int32) -> Channel {
        Channel(source: source, sink: pipe, ownsSink: true)
    }
    /// The client's stdout or stderr: our end of its pipe is the source.
    static func fromClient(pipe: Int32, to sink: Int32) -> Channel {
        Channel(source: pipe, sink: sink, ownsSink: false)
    }

    private init(source: Int32, sink: Int32, ownsSink: Bool) {
        self.source = source
        self.sink = sink
        self.ownsSink = ownsSink
    }

    var isDone: Bool { source < 0 && unsent.isEmpty }
    var isWriting: Bool { !unsent.isEmpty }

    /// What to poll for now.
    var interest: pollfd? {
        if isWriting { return pollfd(fd: sink, events: Int16(POLLOUT), revents: 0) }
        return source < 0 ? nil : pollfd(fd: source, events: Int16(POLLIN), revents: 0)
    }

    /// The client has ended: what it wrote is in the pipe. What others write into it later is not its answer, and could go
    /// on for ever.
    mutating func limitToWhatIsThere() {
        rest = source < 0 ? 0 : Pipe.readableBytes(source)
        if rest == 0 { end() }
    }

    /// - Returns: what there is to read, which the caller puts in with `pass`; nil at the end.
    mutating func read() -> [UInt8]? {
        if rest == 0 { return nil }
        var buffer = [UInt8](repeating: 0, count: min(rest ?? 1 << 16, 1 << 16))
        let count = unsafe Glibc.read(source, &buffer, buffer.count)
        if count < 0 && (errno == EINTR || errno == EAGAIN) { return [] }
        guard count > 0 else { return nil }
        rest = rest.map { $0 - count }
        return Array(buffer[..<count])
    }

    mutating func pass(_ bytes: [UInt8]) { unsent += bytes }

    /// Writes a step. Should the reader have gone, nothing more is read for it.
    mutating func write() {
        let step = unsent.prefix(Self.step)
        let count = unsafe step.withUnsafeBytes { unsafe Glibc.write(sink, $0.baseAddress, $0.count) }
        if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
        guard count > 0 else {
            unsent = []
            return end()
        }
        unsent = unsent.dropFirst(count)
        if isDone { closeSink() }
    }

    mutating func goOn(from next: Int32) { source = next }

    /// Nothing more is read.
    mutating func end() {
        // Our end of the client's output closed tells it what the closed reader told us.
        if !ownsSink, source >= 0 { close(source) }
        source = -1
        if unsent.isEmpty { closeSink() }
    }

    private mutating func closeSink() {
        guard ownsSink, sink >= 0 else { return }
        close(sink)
        sink = -1
    }
}
