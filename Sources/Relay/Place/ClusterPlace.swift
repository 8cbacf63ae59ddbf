internal import Domain
internal import NIOCore

/// The nodes of a cluster. Its map is asked for when a node redirects, is lost, or nobody asked for a minute; until then a
/// slot's redirection counts for that slot.
final class ClusterPlace: Place {
    private let seeds: [RedisUpstream.Server]
    private let makeNode: (RedisUpstream.Server) -> UpstreamNode
    /// Told when another server has the slots of one that was lost: what that one took last may be lost.
    private let onPromotion: (RedisUpstream.Server) -> Void
    private var nodes: [RedisUpstream.Server: UpstreamNode] = [:]
    private var owners: [RedisUpstream.Server?] = Array(repeating: nil, count: ClusterSlot.count)
    private var masters: [RedisUpstream.Server] = []
    private var waiting: [(UpstreamFailure?) -> Void] = []
    private var isAsking = false
    private var askedAt = NIODeadline.distantPast
    private var failure: UpstreamFailure?
    private var lost: Set<RedisUpstream.Server> = []
    private var leaving: [UpstreamNode] = []
    private let loop: any EventLoop

    init(
        loop: any EventLoop, seeds: [RedisUpstream.Server], makeNode: @escaping (RedisUpstream.Server) -> UpstreamNode,
        onPromotion: @escaping (RedisUpstream.Server) -> Void
    ) {
        self.loop = loop
        self.seeds = seeds
        self.makeNode = makeNode
        self.onPromotion = onPromotion
    }

    func start() { refresh { _ in } }

    private func node(_ server: RedisUpstream.Server) -> UpstreamNode {
        if let node = nodes[server] { return node }
        let node = makeNode(server)
        node.onFailure = { [weak self] _ in
            guard let self else { return }
            lost.insert(server)
            if .now() - askedAt > Self.pause { refresh { _ in } }
        }
        nodes[server] = node
        return node
    }

    private static let pause = TimeAmount.milliseconds(200)
    private static let staleness = TimeAmount.seconds(60)

    func known(_ slot: UInt16?, near: UpstreamNode?) -> UpstreamNode? {
        if let slot { return owners[Int(slot)].map(node) }
        // One that has left has no answer any more.
        return (near.map(\.server).flatMap { masters.contains($0) ? $0 : nil } ?? masters.first).map(node)
    }

    func find(_ slot: UInt16?, _ done: @escaping (Result<UpstreamNode, UpstreamFailure>) -> Void) {
        refreshed { [self] failure in
            if let failure { return done(.failure(failure)) }
            let found = slot.map { owners[Int($0)] } ?? masters.first
            done(
                found.map { .success(node($0)) }
                    ?? .failure(UpstreamFailure("no node of the cluster has slot \(slot ?? 0)")))
        }
    }

    var report: [RelayReport.Server] {
        masters.map { node($0).report(as: "master") }
    }

    let isSharded = true

    func nodes(_ done: @escaping (Result<(nodes: [UpstreamNode], mark: UInt8), UpstreamFailure>) -> Void) {
        refreshed { [self] failure in
            done(failure.map { .failure($0) } ?? .success((masters.map(node), mark)))
        }
    }

    /// By a map that is no older than a moment.
    private func refreshed(_ done: @escaping (UpstreamFailure?) -> Void) {
        if !isAsking, failure == nil, !masters.isEmpty, .now() - askedAt < Self.pause { return done(nil) }
        refresh(done)
    }

    /// Of which slots are whose.
    private var mark: UInt8 = 0

    func verdict(on error: String, slot: UInt16?, from node: UpstreamNode) -> RouteVerdict {
        if let redirection = Redirection(error, from: node.server) {
            if !redirection.isAsking {
                owners[redirection.slot] = redirection.server
                // Others may not have heard yet.
                if .now() - askedAt > Self.pause { refresh(first: redirection.server) { _ in } }
            }
            return .again(self.node(redirection.server), isAsking: redirection.isAsking)
        }
        // Some of a script's keys are there already, some here.
        if error.hasPrefix("TRYAGAIN") { return .later }
        if error.hasPrefix("CLUSTERDOWN"), .now() - askedAt > Self.pause { refresh { _ in } }
        return .passOn
    }

    func check(at now: NIODeadline) {
        for node in nodes.values { node.check(at: now) }
        for node in leaving where node.isAtRest {
            node.close(UpstreamFailure("\(node.server): it is no part of the cluster any more"))
        }
        leaving.removeAll { $0.isClosed }
        if now - askedAt > (failure == nil && lost.isEmpty ? Self.staleness : .seconds(1)) { refresh { _ in } }
    }

    /// Asks one node after the other until one knows.
    private func refresh(first: RedisUpstream.Server? = nil, _ done: @escaping (UpstreamFailure?) -> Void) {
        waiting.append(done)
        guard !isAsking else { return }
        isAsking = true
        askedAt = .now()
        var rest = (first.map { [$0] } ?? []) + masters.filter { !lost.contains($0) && $0 != first }.shuffled()
        rest += seeds.filter { !rest.contains($0) } + masters.filter { lost.contains($0) && !seeds.contains($0) }
        ask(rest[...], nil)
    }

    private func ask(_ rest: ArraySlice<RedisUpstream.Server>, _ earlier: UpstreamFailure?) {
        guard let server = rest.first else {
            return finish(earlier ?? UpstreamFailure("no node of the cluster is known"))
        }
        var isOver = false
        // One that hangs keeps the others from being asked for no longer than that.
        let patience = loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in
            isOver = true
            ask(rest.dropFirst(), earlier ?? UpstreamFailure("\(server): it does not answer"))
        }
        node(server).send(Command.message(["CLUSTER", "SLOTS"])) { [self] result in
            guard !isOver else { return }
            patience.cancel()
            switch result {
            case .success(let message):
                if let map = ClusterMap(Reply(message), from: server) {
                    take(map)
                    return finish(nil)
                }
                let line = ErrorCode.line(of: message) ?? "it knows no slots"
                ask(rest.dropFirst(), earlier ?? UpstreamFailure("\(server): \(line)"))
            case .failure(let failure): ask(rest.dropFirst(), earlier ?? failure)
            }
        }
    }

    private func finish(_ failure: UpstreamFailure?) {
        isAsking = false
        askedAt = .now()
        self.failure = failure
        let waiting = waiting
        self.waiting = []
        for done in waiting { done(failure) }
    }

    private func take(_ map: ClusterMap) {
        var promoted: RedisUpstream.Server?
        for shard in map.shards {
            for slot in shard.slots {
                if let before = owners[slot], before != shard.master, lost.contains(before) { promoted = shard.master }
                owners[slot] = shard.master
            }
        }
        masters = map.masters
        mark = map.mark
        for (server, node) in nodes where !masters.contains(server) && !seeds.contains(server) {
            nodes[server] = nil
            // What it was asked it may still answer, if only with the way to go.
            leaving.append(node)
        }
        // Who is connected again is not lost; who has gone has been replaced.
        lost = lost.filter { masters.contains($0) && nodes[$0]?.isConnected != true }
        if let promoted { onPromotion(promoted) }
    }

    func close(_ failure: UpstreamFailure) {
        for node in Array(nodes.values) + leaving { node.close(failure) }
    }
}
