internal import NIOCore
internal import NIOPosix

/// An HTTP proxy that notes what it is asked, and answers in the target's place.
package struct ProxyRecorder: Sendable {
    private let heads: LockedBox<[String]>
    package let port: Int

    /// The heads of all requests: those to the proxy, and those sent through it.
    package var requests: [String] { heads.withLock { $0 } }

    /// Runs a proxy for as long as a body takes.
    ///
    /// - Parameter refusal: a status line that is answered to CONNECT instead of yes.
    /// - Parameter answer: the JSON that every request through the proxy gets.
    package static func run<Answer>(
        refusal: String? = nil, answer: String, _ body: (ProxyRecorder) async throws -> Answer
    ) async throws -> Answer {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let heads = LockedBox<[String]>([])
        let listener = try await ServerBootstrap(group: threads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ProxyHandler(heads: heads, refusal: refusal, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = ProxyRecorder(heads: heads, port: listener.localAddress?.port ?? 0)
        do {
            let result = try await body(proxy)
            try await threads.shutdownGracefully()
            return result
        } catch {
            try await threads.shutdownGracefully()
            throw error
        }
    }
}

/// One connection of the proxy. Lives on its event loop alone.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let heads: LockedBox<[String]>
    private let refusal: String?
    private let answer: String
    private var received = ""

    init(heads: LockedBox<[String]>, refusal: String?, answer: String) {
        self.heads = heads
        self.refusal = refusal
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        // Bodies are left in the text: the next head of a connection is not looked for behind one.
        guard let end = received.firstRange(of: "\r\n\r\n") else { return }
        let head = String(received[..<end.lowerBound])
        received = String(received[end.upperBound...])
        heads.withLock { $0.append(head) }
        let reply =
            if head.hasPrefix("CONNECT") {
                refusal.map { "HTTP/1.1 \($0)\r\ncontent-length: 0\r\n\r\n" } ?? "HTTP/1.1 200 OK\r\n\r\n"
            } else {
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: \(answer.utf8.count)\r\n\r\n\(answer)"
            }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
    }
}
