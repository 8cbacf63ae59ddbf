internal import Domain
internal import NIOCore

/// One server and the few connections to it. Lives on the relay's event loop alone.
final class UpstreamNode {
    let server: RedisUpstream.Server
    private let opener: LinkOpener
    private let proof: LinkOpener.Proof
    /// Connections for short questions, at most.
    private let most: Int
    private var links: [UpstreamLink] = []
    private var openings = 0
    /// What waits for the first connection.
    private var queue: [Question] = []
    private var queuedBytes = 0
    /// Connections that waited for something, and are free again.
    private var idle: [UpstreamLink] = []
    private var leased: [UpstreamLink] = []
    /// Why nothing is asked of it any more.
    private var closing: UpstreamFailure?
    private var backoff = ReconnectBackoff()
    /// Told when a connection broke, or none came about.
    var onFailure: (UpstreamFailure) -> Void = { _ in }

    private struct Question {
        let message: ByteBuffer
        let isAsking: Bool
        let lanes: Lanes?
        let done: UpstreamLink.Completion
    }

    init(_ server: RedisUpstream.Server, opener: LinkOpener, proof: LinkOpener.Proof, most: Int) {
        self.server = server
        self.opener = opener
        self.proof = proof
        self.most = most
    }

    func report(as role: String) -> RelayReport.Server {
        RelayReport.Server(
            address: "\(server)", role: role, connections: links.count + idle.count + leased.count,
            failure: failure?.reason, certificateEnds: (links + idle).compactMap(\.validity?.ends).max())
    }

    /// Why there is none.
    private(set) var failure: UpstreamFailure?

    /// - Parameters:
    ///   - isAsking: whether another node said that this one has what the command is about, though not its slot.
    ///   - lanes: of a client whose earlier commands may not be answered.
    ///   - done: called once, on the event loop.
    func send(
        _ message: ByteBuffer, isAsking: Bool = false, over lanes: Lanes? = nil,
        _ done: @escaping UpstreamLink.Completion
    ) {
        if let closing { return done(.failure(closing)) }
        if let link = lanes?.link(to: self) ?? links.min(by: { $0.waiting < $1.waiting }) {
            // While one waits for a long answer, the next question need not.
            if link.waiting > 0, links.count + openings < most, backoff.allows(at: .now()) { open() }
            lanes?.take(link, to: self)
            if isAsking { link.send(Self.asking) { _ in } }
            return link.send(message, done)
        }
        if openings == 0, let failure, !backoff.allows(at: .now()) { return done(.failure(failure)) }
        guard queue.count < Self.mostQueued, queuedBytes < MessageScanner.bytes else {
            return done(.failure(UpstreamFailure("\(server): too many wait for it to answer")))
        }
        queue.append(Question(message: message, isAsking: isAsking, lanes: lanes, done: done))
        queuedBytes += message.readableBytes
        if openings == 0 { open() }
    }

    private static let asking = Command.message(["ASKING"])
    private static let mostQueued = 10_000

    private func takeQueue() -> [Question] {
        defer { (queue, queuedBytes) = ([], 0) }
        return queue
    }

    private func open() {
        openings += 1
        opener.open(server, proof) { [self] result in
            openings -= 1
            switch result {
            case .success(let link):
                if let closing { return link.end(closing) }
                isBack()
                keep(link, in: \.links)
                for question in takeQueue() {
                    send(question.message, isAsking: question.isAsking, over: question.lanes, question.done)
                }
            case .failure(let failure):
                backoff.failed(at: .now(), random: .random(in: 0..<1))
                // One more would have been good; those that are there do.
                guard links.isEmpty, openings == 0, closing == nil else { return }
                self.failure = failure
                onFailure(failure)
                for question in takeQueue() { question.done(.failure(failure)) }
            }
        }
    }

    private func isBack() {
        backoff = ReconnectBackoff()
        failure = nil
    }

    private func keep(_ link: UpstreamLink, in list: ReferenceWritableKeyPath<UpstreamNode, [UpstreamLink]>) {
        self[keyPath: list].append(link)
        link.onEnd = { [weak self, weak link] failure in
            guard let self else { return }
            for list in [\UpstreamNode.links, \.idle, \.leased] { self[keyPath: list].removeAll { $0 === link } }
            onFailure(failure)
        }
    }

    /// Asks what may be answered late, by a connection of its own.
    /// - Returns: what gives up waiting.
    func wait(_ message: ByteBuffer, _ done: @escaping UpstreamLink.Completion) -> () -> Void {
        let waiting = WaitingQuestion()
        func ask(_ link: UpstreamLink) {
            if !leased.contains(where: { $0 === link }) { leased.append(link) }
            waiting.link = link
            link.send(message) { [weak self, weak link] result in
                if let self, let link, link.ending == nil {
                    leased.removeAll { $0 === link }
                    if idle.count < most { idle.append(link) } else { link.end(UpstreamFailure("enough are idle")) }
                }
                done(result)
            }
        }
        if let closing {
            done(.failure(closing))
        } else if let link = idle.popLast() {
            ask(link)
        } else if let failure, !backoff.allows(at: .now()) {
            done(.failure(failure))
        } else {
            opener.open(server, proof) { [self] result in
                switch result {
                case .success(let link):
                    guard closing == nil, !waiting.isGivenUp else {
                        let reason = closing ?? UpstreamFailure("nobody waits for it any more")
                        link.end(reason)
                        return done(.failure(reason))
                    }
                    isBack()
                    keep(link, in: \.leased)
                    ask(link)
                case .failure(let failure): done(.failure(failure))
                }
            }
        }
        return {
            waiting.isGivenUp = true
            waiting.link?.end(UpstreamFailure("nobody waits for it any more"))
        }
    }

    private final class WaitingQuestion {
        var link: UpstreamLink?
        var isGivenUp = false
    }

    /// Ends connections over which nothing came for too long.
    func check(at now: NIODeadline) {
        for link in links where link.waitingSince.map({ now - $0 > Self.silence }) == true {
            link.end(UpstreamFailure("\(server): no answer in \(Self.silence.nanoseconds / 1_000_000_000) s"))
        }
    }

    private static let silence = TimeAmount.seconds(10)

    var isConnected: Bool { !links.isEmpty }
    var isClosed: Bool { closing != nil }
    /// Whether it owes nobody an answer.
    var isAtRest: Bool { openings == 0 && queue.isEmpty && leased.isEmpty && links.allSatisfy { $0.waiting == 0 } }

    /// Ends all connections; the next question makes another.
    func renew(_ failure: UpstreamFailure) {
        for link in links + idle + leased { link.end(failure) }
    }

    /// Ends for good.
    func close(_ failure: UpstreamFailure) {
        guard closing == nil else { return }
        closing = failure
        onFailure = { _ in }
        renew(failure)
        for question in takeQueue() { question.done(.failure(failure)) }
    }
}
