internal import Domain
internal import Glibc
package import Logging
internal import NIOCore
internal import NIOPosix
internal import Platform
internal import ServiceLifecycle

/// Between hooks and command line, which speak plain RESP to a Unix socket, and a Redis that wants more than that: TLS, a
/// name looked up, sentinels asked, a cluster's slots known. The server sees a few connections of each host, which stay.
///
/// One event loop does all: what it knows needs no locks.
package struct Relay: Sendable {
    private let plan: RelayPlan
    private let logger: Logger

    package init(_ plan: RelayPlan, logger: Logger) {
        self.plan = plan
        self.logger = logger
    }

    /// What of the files that TLS goes by cannot be used; nil where all of it can.
    package static func fault(in tls: RelayPlan.TLS) -> String? {
        var material = TLSMaterial(tls)
        do throws(UpstreamFailure) {
            _ = try material.context()
            return nil
        } catch {
            return error.reason
        }
    }

    /// - Throws: where it cannot listen.
    package func run() async throws {
        // One of the process's: a look-up of a name that ends after us still finds it.
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        if let slash = plan.socket.lastIndex(of: "/") { try Files.makeFolder(String(plan.socket[..<slash])) }
        let file = try SocketFile(preparing: plan.socket)
        defer { file.withdraw() }
        let core = try await loop.submit { [plan, logger] in
            let core = plan.core(on: loop, logger)
            core.start()
            return NIOLoopBound(core, eventLoop: loop)
        }.get()
        // Where it cannot listen, too: its connections would outlast it, and each new try would bring others.
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await listen(on: loop, for: core, as: file))
        } catch {
            outcome = .failure(error)
        }
        try await loop.submit { core.value.close() }.get()
        try outcome.get()
    }

    /// Until it is to end.
    private func listen(
        on loop: any EventLoop, for core: NIOLoopBound<RelayCore>, as file: SocketFile
    ) async throws {
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                Self.user(of: channel).flatMapThrowing { user in
                    guard user == geteuid() || user == 0 else { throw ForeignClient(user: user) }
                    try channel.pipeline.syncOperations.addHandler(ClientHandler(core: core.value))
                }
            }
            .bind(unixDomainSocketPath: file.draft).get()
        do {
            try file.publish()
        } catch {
            // Why it has no name is what is told, not that it was closed.
            try? await listener.close()
            throw error
        }
        logger.info("the relay listens", metadata: ["socket": "\(plan.socket)", "redis": "\(plan.upstream)"])
        // Cancelled, it ends as it does otherwise.
        try? await gracefulShutdown()
        // Fails where it is closed already.
        try? await listener.close()
    }
}

extension Relay {
    /// Who is at the other end of a Unix socket (unix(7), `SO_PEERCRED`).
    private static func user(of channel: any Channel) -> EventLoopFuture<uid_t> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let asked: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED))
        return asked.map { $0.user }
    }

    /// `struct ucred`, which Glibc shows under `_GNU_SOURCE` only.
    private struct Credentials {
        var process: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
    }
}

/// Whoever it is, the socket's folder should have kept him out.
private struct ForeignClient: Error {
    let user: uid_t
}

extension RelayPlan {
    /// What takes commands where they belong, for this kind of Redis. To be called on the loop.
    fileprivate func core(on loop: any EventLoop, _ logger: Logger) -> RelayCore {
        let opener = LinkOpener(loop: loop, plan: self, login: login, usesDatabase: true)
        let most = connections
        // Known once it is made.
        weak var made: RelayCore?
        let onPromotion = { (server: RedisUpstream.Server) in
            logger.warning("another server is master now", metadata: ["server": "\(server)"])
            made?.promoted()
        }
        let place: any Place
        switch upstream.kind {
        case .server:
            let server = upstream.servers[0]
            place = ServerPlace(UpstreamNode(server, opener: opener, proof: .pong, most: most)) { onPromotion(server) }
        case .sentinel(let service):
            let asking = LinkOpener(loop: loop, plan: self, login: sentinelLogin, usesDatabase: false)
            place = SentinelPlace(
                service: service, loop: loop,
                sentinels: upstream.servers.map { UpstreamNode($0, opener: asking, proof: .pong, most: 1) },
                openListener: { asking.open($0, .pong, $1) },
                makeMaster: { UpstreamNode($0, opener: opener, proof: .master, most: most) },
                onPromotion: onPromotion)
        case .cluster:
            place = ClusterPlace(
                loop: loop, seeds: upstream.servers,
                makeNode: { UpstreamNode($0, opener: opener, proof: .pong, most: most) },
                onPromotion: onPromotion)
        }
        let core = RelayCore(loop: loop, upstream: "\(upstream)", place: place)
        made = core
        return core
    }
}
