internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization

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
        // Unchecked, a name in the target could be anybody's.
        do { try AbsoluteTarget.watch(before: context) } catch { return context.close(promise: nil) }
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

/// The connections there are. When there are more than it holds, whoever has been idle for longest goes, so that
/// a thousand idle connections neither use up our descriptors nor keep anybody out. The listener accepts a few more
/// than it holds (`reserve`): a newcomer is served even when all others are busy.
final class ConnectionRoom: Sendable {
    private struct Guest {
        let channel: any Channel
        var idleSince: NIODeadline?
    }

    private struct State {
        var guests: [ObjectIdentifier: Guest] = [:]
        var isClosing = false
    }

    /// Places for newcomers while nobody can be sent away.
    static let reserve = 16

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { state.withLock { $0.guests.count } }

    func enter(_ channel: any Channel, at now: NIODeadline) {
        let leaving = state.withLock { state -> (any Channel)? in
            if state.isClosing { return channel }
            state.guests[ObjectIdentifier(channel)] = Guest(channel: channel, idleSince: now)
            return longestIdle(in: &state, but: channel)
        }
        leaving?.close(promise: nil)
    }

    func busy(_ channel: any Channel) {
        state.withLock { $0.guests[ObjectIdentifier(channel)]?.idleSince = nil }
    }

    func idle(_ channel: any Channel, since now: NIODeadline) {
        let leaving = state.withLock { state in
            state.guests[ObjectIdentifier(channel)]?.idleSince = now
            return longestIdle(in: &state, but: nil)
        }
        leaving?.close(promise: nil)
    }

    func leave(_ channel: any Channel) {
        state.withLock { _ = $0.guests.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes whoever is still there after a while; lets nobody in.
    func close(after farewell: TimeAmount) {
        let channels = state.withLock { state in
            state.isClosing = true
            return state.guests.values.map(\.channel)
        }
        for channel in channels {
            channel.eventLoop.scheduleTask(in: farewell) { channel.close(promise: nil) }
        }
    }

    /// Taken out at once: closing takes a moment, and the same one must not be chosen twice.
    private func longestIdle(in state: inout State, but newcomer: (any Channel)?) -> (any Channel)? {
        guard state.guests.count > capacity else { return nil }
        let idle = state.guests.filter { $0.value.idleSince != nil && $0.value.channel !== newcomer }
        guard let oldest = idle.min(by: { ($0.value.idleSince ?? .now()) < ($1.value.idleSince ?? .now()) }) else {
            return nil
        }
        return state.guests.removeValue(forKey: oldest.key)?.channel
    }
}
