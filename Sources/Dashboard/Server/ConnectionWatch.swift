internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection when its patience ends, and tells the room whether it is idle.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let room: ConnectionRoom
    private var patience: Patience
    private var isLeaving = false
    private var hasLeft = false
    private var timer: Scheduled<Void>?
    private var timerEnd: NIODeadline?

    init(room: ConnectionRoom, limits: DashboardLimits) {
        self.room = room
        patience = Patience(limits: limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        patience.opened(at: .now())
        room.enter(context.channel, at: .now())
        watch(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            patience.readHead(at: .now())
            room.busy(context.channel)
        case .body(let bytes):
            guard patience.readBody(bytes.readableBytes) else { return context.close(promise: nil) }
        case .end:
            patience.readEnd(at: .now())
            rest(context)
        }
        watch(context)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        // Idle when the last byte is with the kernel: closed before, the client would not get it.
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        let box = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            let (watch, context) = box.value
            watch.patience.answered(at: .now())
            watch.rest(context)
        }
        context.write(data, promise: written)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        patience.writable(context.channel.isWritable, at: .now())
        watch(context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        patience.failed(at: .now())
        watch(context)
        context.fireErrorCaught(error)
    }

    /// The companion stops. Kept from the handlers after this one, which would close a connection whose answer is
    /// written but has not gone out.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isLeaving = true
        if patience.isIdle { context.close(promise: nil) }
    }

    private func rest(_ context: ChannelHandlerContext) {
        if patience.isIdle {
            if isLeaving { return context.close(promise: nil) }
            room.idle(context.channel, since: .now())
        }
        watch(context)
    }

    private func watch(_ context: ChannelHandlerContext) {
        // What was still to be written fails after the end: that must start no timer.
        guard !hasLeft, patience.deadline != timerEnd else { return }
        timer?.cancel()
        timer = nil
        timerEnd = patience.deadline
        guard let end = timerEnd else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: end) { context.close(promise: nil) }
    }

    private func leave(_ context: ChannelHandlerContext) {
        hasLeft = true
        timer?.cancel()
        timer = nil
        room.leave(context.channel)
    }
}
