internal import Domain
internal import Glibc
internal import NIOCore

/// Takes commands to the servers they belong to, and goes after them where they are sent on. Lives on the relay's event loop
/// alone.
final class RelayCore {
    private let loop: any EventLoop
    private let upstream: String
    private let place: any Place
    private var clients: [ObjectIdentifier: ClientHandler] = [:]

    /// - Parameter upstream: what it leads to, for people.
    init(loop: any EventLoop, upstream: String, place: any Place) {
        self.loop = loop
        self.upstream = upstream
        self.place = place
    }

    func start() {
        place.start()
        checkLater()
    }

    private func checkLater() {
        loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in
            guard let self, !isClosed else { return }
            place.check(at: .now())
            checkLater()
        }
    }

    private var isClosed = false

    func close() {
        isClosed = true
        place.close(UpstreamFailure("the companion stops"))
        for client in clients.values { client.close() }
    }

    // MARK: Clients

    /// At a time: each takes a file of the process, which has others to open.
    static let mostClients: Int = {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 500 }
        return Int(min(4000, limit.rlim_cur / 2))
    }()

    func admit(_ client: ClientHandler) -> Bool {
        guard clients.count < Self.mostClients, !isClosed else { return false }
        clients[ObjectIdentifier(client)] = client
        return true
    }

    func left(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = nil }

    /// Another server stands where one was: what the one before took last may be lost. Who keeps a connection looks after
    /// what it told when that ends.
    func promoted() { for client in clients.values { client.closeWhenAnswered() } }

    // MARK: Commands

    /// - Returns: nil where it has to be asked for.
    func known(_ command: Command, near: UpstreamNode?) -> UpstreamNode? { place.known(command.slot, near: near) }

    /// - Parameter done: called once.
    func find(_ command: Command, _ done: @escaping (Result<UpstreamNode, UpstreamFailure>) -> Void) {
        place.find(command.slot, done)
    }

    /// How the relay is, as JSON in a bulk string.
    var report: ByteBuffer {
        let text = RelayReport(upstream: upstream, clients: clients.count, servers: place.report).json
        return ByteBuffer(string: "$\(text.utf8.count)\r\n\(text)\r\n")
    }

    /// Whether keys of one server and another's may be asked for in one go.
    var isSharded: Bool { place.isSharded }

    typealias Completion = UpstreamLink.Completion

    /// - Parameter done: called once.
    func send(_ command: Command, to node: UpstreamNode, _ lanes: Lanes, _ done: @escaping Completion) {
        attempt(command.bytes, command.slot, node, lanes, isAsking: false, hops: 0, done)
    }

    /// How often one command is sent on: a cluster that moves a slot does so once or twice, and its nodes may send it to one
    /// another for some moments.
    private static let mostHops = 20
    private static let hopsAtOnce = 2
    private static let pause = TimeAmount.milliseconds(25)

    private func attempt(
        _ message: ByteBuffer, _ slot: UInt16?, _ node: UpstreamNode, _ lanes: Lanes, isAsking: Bool, hops: Int,
        _ done: @escaping Completion
    ) {
        node.send(message, isAsking: isAsking, over: lanes) { [self] result in
            guard case .success(let reply) = result, let error = ErrorCode.line(of: reply) else { return done(result) }
            var next = node, asks = isAsking
            switch place.verdict(on: error, slot: slot, from: node) {
            case .passOn: return done(result)
            case .fail(let failure): return done(.failure(failure))
            case .again(let other, let isAsking): (next, asks) = (other, isAsking)
            case .later: break
            }
            guard hops < Self.mostHops else {
                return done(
                    .success(ByteBuffer(string: "-TRYAGAIN its slot is on its way; the last answer: \(error)\r\n")))
            }
            let pause = next === node || hops >= Self.hopsAtOnce ? Self.pause : .zero
            guard pause > .zero else {
                return attempt(message, slot, next, lanes, isAsking: asks, hops: hops + 1, done)
            }
            let (other, isAsked) = (next, asks)
            loop.assumeIsolated().scheduleTask(in: pause) { [self] in
                attempt(message, slot, other, lanes, isAsking: isAsked, hops: hops + 1, done)
            }
        }
    }

    /// - Returns: what gives up waiting.
    func wait(_ command: Command, at node: UpstreamNode, _ done: @escaping Completion) -> () -> Void {
        guard case .waiting(_, let patience) = command.kind else { return {} }
        var giveUp: () -> Void = {}
        var isOver = false
        // The server itself ends the wait; one that is gone does not.
        let limit = (patience > 0 ? min(patience, Self.longestWait) : Self.longestWait) + 5000
        let end = loop.assumeIsolated().scheduleTask(in: .milliseconds(limit)) { giveUp() }
        giveUp = node.wait(command.bytes) { [self] result in
            guard !isOver else { return }
            isOver = true
            end.cancel()
            guard case .success(let reply) = result, let error = ErrorCode.line(of: reply),
                case .again = place.verdict(on: error, slot: command.slot, from: node)
            else { return done(result) }
            // Its slot moved while it waited: to be asked again is what the client expects of an end without news.
            done(.success(ByteBuffer(string: "*-1\r\n")))
        }
        return giveUp
    }

    /// ms.
    private static let longestWait: Int64 = 3_600_000

    /// One step of a walk over all servers.
    func walk(_ command: Command, from position: String, _ done: @escaping Completion) {
        place.nodes { [self] result in
            switch result {
            case .failure(let failure): done(.failure(failure))
            case .success(let found):
                let (nodes, mark) = (found.nodes, found.mark)
                // One server's cursors are what they are.
                if nodes.count == 1 { return nodes[0].send(command.bytes, done) }
                let at = position == "0" ? WalkPosition.start(of: nodes.count, mark) : WalkPosition(position)
                guard let at, at.nodes == nodes.count, at.mark == mark else {
                    let reason = "TRYAGAIN slots are elsewhere than when this walk began; begin again"
                    return done(.success(ByteBuffer(string: "-\(reason)\r\n")))
                }
                step(command, at, nodes[at.node], done)
            }
        }
    }

    private func step(
        _ command: Command, _ position: WalkPosition, _ node: UpstreamNode, _ done: @escaping Completion
    ) {
        node.send(command.walking(from: String(position.cursor))) { result in
            guard case .success(let message) = result, ErrorCode.line(of: message) == nil else { return done(result) }
            done(Self.page(message, behind: position))
        }
    }

    /// A page of a walk, its cursor put into our words: `*2 $n cursor *m …`.
    private static func page(
        _ message: ByteBuffer, behind position: WalkPosition
    ) -> Result<ByteBuffer, UpstreamFailure> {
        var rest = message
        func line() -> String? {
            guard let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\r")),
                let text = rest.readString(length: end - rest.readerIndex)
            else { return nil }
            rest.moveReaderIndex(forwardBy: 2)
            return text
        }
        guard line() == "*2", line()?.hasPrefix("$") == true, let cursor = line().flatMap({ UInt64($0) }) else {
            return .failure(UpstreamFailure("a page of SCAN reads unlike one"))
        }
        let next = position.next(cursor)
        guard let text = next.map({ $0.text }) ?? "0" else {
            return .failure(UpstreamFailure("SCAN's cursor is too large to be passed on"))
        }
        var page = ByteBuffer(string: "*2\r\n$\(text.utf8.count)\r\n\(text)\r\n")
        page.writeBuffer(&rest)
        return .success(page)
    }
}
