internal import NIOCore

/// One local client. Its commands are answered in their order, and given to servers in their order, too: to one server over
/// one connection without waiting, to another only when all before are answered.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The place of one answer among the others.
    private final class Ticket {
        var reply: ByteBuffer?
    }

    private let core: RelayCore
    private var channel: (any Channel)?
    private var received = ByteBuffer()
    private var scanner = MessageScanner()
    /// Not yet given to a server.
    private var queued = CircularBuffer<(command: Command, ticket: Ticket)>()
    /// Not yet answered, in their order.
    private var owed = CircularBuffer<Ticket>()
    private var inFlight = 0
    private var node: UpstreamNode?
    private var slot: UInt16?
    private let lanes = Lanes()
    private var isPumping = false
    private var isFinding = false
    private var isWaiting = false
    private var isPaused = false
    private var isClosing = false
    private var giveUp: () -> Void = {}

    init(core: RelayCore) { self.core = core }

    func channelActive(context: ChannelHandlerContext) {
        channel = context.channel
        guard core.admit(self) else {
            context.writeAndFlush(
                NIOAny(UpstreamFailure("the relay has \(RelayCore.mostClients) clients already").reply), promise: nil)
            return context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        core.left(self)
        channel = nil
        queued.removeAll()
        giveUp()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        do throws(MessageScanner.Fault) {
            while let length = try scanner.end(in: received), let message = received.readSlice(length: length) {
                take(message)
            }
        } catch {
            refuse(
                error == .tooLarge
                    ? "the command is larger than \(MessageScanner.bytes >> 20) MB" : Self.protocolError)
        }
        if received.readableBytes == 0 { received = ByteBuffer() } else { received.discardReadBytes() }
        pump()
        answer()
    }

    private func take(_ message: ByteBuffer) {
        guard !isClosing else { return }
        guard let command = Command(message) else { return refuse(Self.protocolError) }
        let ticket = Ticket()
        owed.append(ticket)
        queued.append((command, ticket))
    }

    private static let protocolError = "Protocol error: a command is an array of strings"

    /// Answers what came before, and this, and ends.
    private func refuse(_ reason: String) {
        guard !isClosing else { return }
        let ticket = Ticket()
        ticket.reply = ByteBuffer(string: "-ERR \(reason)\r\n")
        owed.append(ticket)
        isClosing = true
    }

    /// Gives commands to servers as far as their order allows. What is answered meanwhile goes on from here, not from there:
    /// a thousand that fail at once would be a thousand calls deep.
    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        while step() {}
        isPumping = false
    }

    /// - Returns: whether the next may be tried.
    private func step() -> Bool {
        guard !isFinding, !isWaiting, channel != nil, let (command, ticket) = queued.first else { return false }
        switch command.kind {
        case .refused(let reason):
            queued.removeFirst()
            ticket.reply = ByteBuffer(string: "-ERR \(reason)\r\n")
        case .report:
            queued.removeFirst()
            ticket.reply = core.report
        case .farewell:
            guard inFlight == 0 else { return false }
            ticket.reply = ByteBuffer(string: "+OK\r\n")
            isClosing = true
            drop()
        case .walk(let position):
            guard inFlight == 0 else { return false }
            begin()
            isWaiting = true
            core.walk(command, from: position) { [weak self] in self?.finish(ticket, $0) }
        case .keyed, .anywhere, .waiting:
            guard let found = core.known(command, near: node) else {
                find(command, ticket)
                return !isFinding
            }
            return give(command, ticket, to: found)
        }
        return true
    }

    private func find(_ command: Command, _ ticket: Ticket) {
        isFinding = true
        core.find(command) { [weak self] result in
            guard let self, channel != nil else { return }
            isFinding = false
            switch result {
            case .success(let found): _ = give(command, ticket, to: found)
            case .failure(let failure):
                ticket.reply = failure.reply
                queued.removeFirst()
                fail(failure)
            }
            pump()
            answer()
        }
    }

    /// - Returns: false where the command has to wait for those before it.
    private func give(_ command: Command, _ ticket: Ticket, to found: UpstreamNode) -> Bool {
        var isLong = false
        if case .waiting = command.kind { isLong = true }
        // In a cluster another slot's command may run while the one before it is sent on.
        let isOfSame = found === node && (command.slot == slot || !core.isSharded)
        guard inFlight == 0 || isOfSame && !isLong else { return false }
        node = found
        slot = command.slot
        begin()
        if isLong {
            isWaiting = true
            let end = core.wait(command, at: found) { [weak self] in self?.finish(ticket, $0) }
            if isWaiting { giveUp = end }
        } else {
            core.send(command, to: found, lanes) { [weak self] in self?.finish(ticket, $0) }
        }
        return true
    }

    private func begin() {
        queued.removeFirst()
        inFlight += 1
    }

    private func finish(_ ticket: Ticket, _ result: Result<ByteBuffer, UpstreamFailure>) {
        inFlight -= 1
        isWaiting = false
        giveUp = {}
        if inFlight == 0 { lanes.leave() }
        switch result {
        case .success(let reply): ticket.reply = reply
        case .failure(let failure):
            ticket.reply = failure.reply
            fail(failure)
        }
        pump()
        answer()
    }

    /// What was to come behind a command of which nobody knows whether it was carried out is not: its connection ends, as it
    /// would with the server itself.
    private func fail(_ failure: UpstreamFailure) {
        for (_, ticket) in queued { ticket.reply = failure.reply }
        queued.removeAll()
        isClosing = true
    }

    /// Takes back what is not answered and not given to a server.
    private func drop() {
        queued.removeAll()
        while let last = owed.last, last.reply == nil { owed.removeLast() }
    }

    /// Writes what is ready, up to the first answer that is not.
    private func answer() {
        guard let channel else { return }
        var hasWritten = false
        while let reply = owed.first?.reply {
            owed.removeFirst()
            channel.write(reply, promise: nil)
            hasWritten = true
        }
        if hasWritten { channel.flush() }
        if isClosing, owed.isEmpty { return close() }
        pace(channel)
    }

    /// Who asks faster than answers go out waits.
    private func pace(_ channel: any Channel) {
        let isTooMuch = owed.count > Self.mostOwed || !channel.isWritable
        guard isTooMuch != isPaused else { return }
        isPaused = isTooMuch
        channel.setOption(.autoRead, value: !isTooMuch).whenFailure { _ in
            // It is closed.
        }
    }

    private static let mostOwed = 1000

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pace(context.channel)
        context.fireChannelWritabilityChanged()
    }

    func closeWhenAnswered() {
        isClosing = true
        // A wait ends now: what it waits for may never come where it looks.
        giveUp()
        answer()
    }

    func close() { channel?.close(promise: nil) }
}
