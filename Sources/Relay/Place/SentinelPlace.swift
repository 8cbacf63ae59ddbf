internal import Domain
internal import NIOCore

/// The master that sentinels name. All of them are asked, and heard for its change; whoever is named must say itself that it
/// is master. Nobody promises that a master who was cut off knows it: what it took since is lost when it comes back.
final class SentinelPlace: Place {
    private let service: String
    private let loop: any EventLoop
    private let sentinels: [UpstreamNode]
    private let makeMaster: (RedisUpstream.Server) -> UpstreamNode
    /// Told when another server is the master: what the one before took last may be lost.
    private let onPromotion: (RedisUpstream.Server) -> Void
    private var master: UpstreamNode?
    private var waiting: [(Result<UpstreamNode, UpstreamFailure>) -> Void] = []
    private var isLooking = false
    private var lookedAt = NIODeadline.distantPast
    private var failure: UpstreamFailure?
    private var hearing: Set<RedisUpstream.Server> = []
    private let openListener: (RedisUpstream.Server, @escaping (Result<UpstreamLink, UpstreamFailure>) -> Void) -> Void

    init(
        service: String, loop: any EventLoop, sentinels: [UpstreamNode],
        openListener:
            @escaping (RedisUpstream.Server, @escaping (Result<UpstreamLink, UpstreamFailure>) -> Void) -> Void,
        makeMaster: @escaping (RedisUpstream.Server) -> UpstreamNode,
        onPromotion: @escaping (RedisUpstream.Server) -> Void
    ) {
        self.service = service
        self.loop = loop
        self.sentinels = sentinels
        self.openListener = openListener
        self.makeMaster = makeMaster
        self.onPromotion = onPromotion
    }

    func start() { look() }

    func known(_ slot: UInt16?, near: UpstreamNode?) -> UpstreamNode? { master }

    func find(_ slot: UInt16?, _ done: @escaping (Result<UpstreamNode, UpstreamFailure>) -> Void) {
        if let master { return done(.success(master)) }
        // Just looked in vain: nobody is kept waiting for the same answer.
        if let failure, !isLooking, .now() - lookedAt < Self.pause { return done(.failure(failure)) }
        waiting.append(done)
        look()
    }

    let isSharded = false

    func nodes(_ done: @escaping (Result<(nodes: [UpstreamNode], mark: UInt8), UpstreamFailure>) -> Void) {
        find(nil) { done($0.map { ([$0], 0) }) }
    }

    var report: [RelayReport.Server] {
        (master.map { [$0.report(as: "master")] } ?? []) + sentinels.map { $0.report(as: "sentinel") }
    }

    func verdict(on error: String, slot: UInt16?, from node: UpstreamNode) -> RouteVerdict {
        if error.hasPrefix("READONLY") || error.hasPrefix("MASTERDOWN") { demoted(node) }
        return .passOn
    }

    /// Of the one that is no master any more nothing is asked until sentinels say who is.
    private func demoted(_ node: UpstreamNode) {
        guard node === master else { return }
        master = nil
        last = node.server
        node.close(UpstreamFailure("\(node.server): it is no master any more"))
        look()
    }

    /// Who was master until it was not.
    private var last: RedisUpstream.Server?

    func check(at now: NIODeadline) {
        (sentinels + (master.map { [$0] } ?? [])).forEach { $0.check(at: now) }
        listen()
        if now - lookedAt > (master == nil ? Self.pause : Self.staleness) { look() }
        if let master, now - provenAt > Self.staleness { prove(master) }
    }

    private static let pause = TimeAmount.milliseconds(500)
    /// How long what is known is believed without a new look, though nobody told of a change.
    private static let staleness = TimeAmount.seconds(5)
    private static let patience = TimeAmount.seconds(1)
    private var provenAt = NIODeadline.now()

    private func prove(_ node: UpstreamNode) {
        provenAt = .now()
        node.send(Command.message(["ROLE"])) { [self] result in
            guard case .success(let message) = result, ErrorCode.line(of: message) == nil else { return }
            if Reply(message).array?.first?.text != "master" { demoted(node) }
        }
    }

    private func look() {
        guard !isLooking else { return }
        isLooking = true
        lookedAt = .now()
        var answers: [SentinelAnswer] = [], failures: [UpstreamFailure] = []
        var isOver = false
        func decide() {
            guard !isOver else { return }
            isOver = true
            isLooking = false
            lookedAt = .now()
            take(SentinelAnswer.master(by: answers), failures)
        }
        let patience = loop.assumeIsolated().scheduleTask(in: Self.patience) { decide() }
        for sentinel in sentinels {
            // Until a failover is over, MASTER tells the new election and the old address.
            var address: Reply?
            let lanes = Lanes()
            sentinel.send(Command.message(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", service]), over: lanes) { result in
                if case .success(let message) = result { address = Reply(message) }
            }
            sentinel.send(Command.message(["SENTINEL", "MASTER", service]), over: lanes) { [service] result in
                switch result {
                case .success(let message):
                    if let answer = SentinelAnswer(address: address, master: Reply(message)) {
                        answers.append(answer)
                    } else {
                        let line = ErrorCode.line(of: message) ?? "it knows no master"
                        failures.append(UpstreamFailure("sentinel \(sentinel.server): \(line) (service \(service))"))
                    }
                case .failure(let failure): failures.append(UpstreamFailure("sentinel \(failure.reason)"))
                }
                guard answers.count + failures.count == self.sentinels.count else { return }
                patience.cancel()
                decide()
            }
        }
    }

    private func take(_ server: RedisUpstream.Server?, _ failures: [UpstreamFailure]) {
        if let server, server != master?.server {
            let before = master?.server ?? last
            let old = master
            let node = makeMaster(server)
            node.onFailure = { [weak self, weak node] failure in
                guard let self, let node, node === master else { return }
                self.failure = failure
                look()
            }
            master = node
            provenAt = .now()
            failure = nil
            // Behind it: who is failed now asks the new one.
            old?.close(UpstreamFailure("another server is master now"))
            if let before, before != server { onPromotion(server) }
            last = server
        }
        if server == nil {
            failure = failures.first ?? UpstreamFailure("no sentinel answers")
        }
        let waiting = waiting
        self.waiting = []
        for done in waiting {
            done(master.map { .success($0) } ?? .failure(failure ?? UpstreamFailure("no sentinel names a master")))
        }
    }

    /// Subscribes where it does not, so that a change is known at once.
    private func listen() {
        for sentinel in sentinels where !hearing.contains(sentinel.server) {
            hearing.insert(sentinel.server)
            openListener(sentinel.server) { [self] result in
                guard case .success(let link) = result else {
                    hearing.remove(sentinel.server)
                    return
                }
                link.onEnd = { [weak self] _ in _ = self?.hearing.remove(sentinel.server) }
                link.onNews = { [weak self] _ in self?.look() }
                link.send(Command.message(["SUBSCRIBE", "+switch-master"])) { _ in }
                listeners.append(link)
                listeners.removeAll { $0.ending != nil }
            }
        }
    }

    private var listeners: [UpstreamLink] = []

    func close(_ failure: UpstreamFailure) {
        for node in sentinels + (master.map { [$0] } ?? []) { node.close(failure) }
        for link in listeners { link.end(failure) }
        for done in waiting { done(.failure(failure)) }
        waiting = []
    }
}
