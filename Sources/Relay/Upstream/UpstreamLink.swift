internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// One connection to a server, over which many clients' commands go; answers come in their order. Lives on the relay's
/// event loop alone.
final class UpstreamLink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias Completion = (Result<ByteBuffer, UpstreamFailure>) -> Void

    private struct Asked {
        let since: NIODeadline
        let done: Completion
    }

    private let place: String
    private var channel: (any Channel)?
    private var received = ByteBuffer()
    private var scanner = MessageScanner()
    private var asked = CircularBuffer<Asked>()
    private var isFlushing = false
    /// Why it is of no more use.
    private(set) var ending: UpstreamFailure?
    /// Told once, when it ends.
    var onEnd: (UpstreamFailure) -> Void = { _ in }
    /// What comes without having been asked for: of who subscribed.
    var onNews: (Reply) -> Void = { _ in }

    init(place: String) { self.place = place }

    var waiting: Int { asked.count }
    /// Since when the oldest question waits; nil where none does.
    var waitingSince: NIODeadline? { asked.first?.since }

    /// Of the server's certificate; nil without TLS.
    private(set) var validity: Validity?
    /// Whether it was not taken.
    private(set) var hasRefusedCertificate = false
    /// Told when the certificate is known.
    var onHandshake: () -> Void = {}

    func handlerAdded(context: ChannelHandlerContext) { channel = context.channel }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent,
            let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        {
            validity = tls.peerCertificate.map {
                Validity(begins: Int64($0.notValidBefore), ends: Int64($0.notValidAfter))
            }
            onHandshake()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// - Parameter done: called once, on the event loop.
    func send(_ message: ByteBuffer, _ done: @escaping Completion) {
        guard let channel, ending == nil else {
            return done(.failure(ending ?? UpstreamFailure("\(place): not connected")))
        }
        asked.append(Asked(since: .now(), done: done))
        channel.write(message, promise: nil)
        flushSoon(channel)
    }

    /// What is sent in one turn of the loop goes out together.
    private func flushSoon(_ channel: any Channel) {
        guard !isFlushing else { return }
        isFlushing = true
        channel.eventLoop.assumeIsolated().execute { [self] in
            isFlushing = false
            channel.flush()
        }
    }

    func end(_ failure: UpstreamFailure) {
        guard ending == nil else { return }
        ending = failure
        let asked = asked
        self.asked.removeAll()
        channel?.close(promise: nil)
        onEnd(failure)
        onEnd = { _ in }
        for question in asked { question.done(.failure(failure)) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        do throws(MessageScanner.Fault) {
            while let length = try scanner.end(in: received), let message = received.readSlice(length: length) {
                if let question = asked.popFirst() {
                    question.done(.success(message))
                } else {
                    onNews(Reply(message))
                }
            }
        } catch {
            end(
                UpstreamFailure(
                    error == .tooLarge
                        ? "\(place): an answer is larger than \(MessageScanner.bytes >> 20) MB"
                        : "\(place): what answers there is no Redis"))
        }
        // Slices that are still to be written keep their part of it.
        if received.readableBytes == 0 { received = ByteBuffer() } else { received.discardReadBytes() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hasRefusedCertificate = UpstreamFailure.isOfCertificate(error)
        end(UpstreamFailure(of: error, at: place))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(UpstreamFailure("\(place): the connection was closed"))
    }
}
