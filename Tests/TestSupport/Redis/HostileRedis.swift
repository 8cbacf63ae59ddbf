package import Domain
internal import NIOCore
internal import NIOPosix

/// What stands where a Redis should be and means harm: answers whatever it is asked with a beginning, and then with the
/// same piece again and again, for ever.
package struct HostileRedis: Sendable {
    package let url: RedisURL
    private let sent: LockedBox<Int>

    /// What it has handed to the kernel.
    package var sentBytes: Int { sent.withLock { $0 } }

    package enum Pace: Sendable {
        case dripping(every: Duration)
        case flooding
    }

    /// Runs it for as long as a body takes.
    /// - Parameter isPort: whether it listens on a port of loopback, and not on a socket.
    package static func run<Answer>(
        _ beginning: String, then piece: String, _ pace: Pace, port isPort: Bool = false,
        _ body: (HostileRedis) async throws -> Answer
    ) async throws -> Answer {
        let scratch = try Scratch()
        let socket = scratch.path + "/redis.sock"
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let sent = LockedBox<Int>(0)
        let text =
            switch pace {
            case .dripping: piece
            case .flooding: String(repeating: piece, count: max(1, (256 << 10) / piece.utf8.count))
            }
        let bootstrap = ServerBootstrap(group: threads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        HostileHandler(sent: sent, beginning: beginning, piece: text, pace: pace))
                }
            }
        var endpoint = RedisURL.Endpoint.unix(path: socket)
        if isPort {
            let listener = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            endpoint = .tcp(host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
        } else {
            _ = try await bootstrap.bind(unixDomainSocketPath: socket).get()
        }
        let server = HostileRedis(url: RedisURL(endpoint: endpoint), sent: sent)
        do {
            let result = try await body(server)
            try await threads.shutdownGracefully()
            withExtendedLifetime(scratch) {}
            return result
        } catch {
            try await threads.shutdownGracefully()
            throw error
        }
    }
}

/// One connection of it. Lives on its event loop alone.
private final class HostileHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let sent: LockedBox<Int>
    private let beginning: String
    private let piece: ByteBuffer
    private let pace: HostileRedis.Pace
    private var hasBegun = false

    init(sent: LockedBox<Int>, beginning: String, piece: String, pace: HostileRedis.Pace) {
        self.sent = sent
        self.beginning = beginning
        self.piece = ByteBuffer(string: piece)
        self.pace = pace
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasBegun else { return }
        hasBegun = true
        send(ByteBuffer(string: beginning), context)
    }

    private func send(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let channel = NIOLoopBound(self, eventLoop: context.eventLoop)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let count = bytes.readableBytes
        context.writeAndFlush(wrapOutboundOut(bytes)).whenSuccess {
            let (handler, context) = (channel.value, bound.value)
            handler.sent.withLock { $0 += count }
            switch handler.pace {
            case .dripping(let pause):
                context.eventLoop.scheduleTask(in: TimeAmount(pause)) {
                    channel.value.send(channel.value.piece, bound.value)
                }
            case .flooding: context.eventLoop.execute { channel.value.send(channel.value.piece, bound.value) }
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
