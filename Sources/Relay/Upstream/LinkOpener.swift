internal import Domain
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Platform

/// Makes connections to servers: TLS, login, database, and a first answer.
final class LinkOpener {
    /// What a server has to answer before it is used.
    enum Proof {
        case pong
        /// That it is a master: sentinels may say so of one that has been demoted.
        case master
    }

    let loop: any EventLoop
    private let plan: RelayPlan
    private let login: RelayPlan.LoginReader
    private let usesDatabase: Bool
    private var tls: TLSMaterial?

    init(loop: any EventLoop, plan: RelayPlan, login: @escaping RelayPlan.LoginReader, usesDatabase: Bool) {
        self.loop = loop
        self.plan = plan
        self.login = login
        self.usesDatabase = usesDatabase
        tls = plan.upstream.usesTLS ? TLSMaterial(plan.tls) : nil
    }

    /// - Parameter done: called once, on the event loop.
    func open(
        _ server: RedisUpstream.Server, _ proof: Proof,
        _ done: @escaping (Result<UpstreamLink, UpstreamFailure>) -> Void
    ) {
        let place = "\(server)"
        let context: NIOSSLContext?
        do throws(UpstreamFailure) {
            context = try tls?.context()
        } catch {
            return done(.failure(error))
        }
        connect(server, context) { [self] result in
            switch result {
            case .failure(let error): done(.failure(UpstreamFailure(of: error, at: place)))
            case .success(let link):
                greet(link, place, proof) { [self] result in
                    guard case .failure(let failure) = result, link.hasRefusedCertificate else { return done(result) }
                    explain(failure, of: server, done)
                }
            }
        }
    }

    private func connect(
        _ server: RedisUpstream.Server, _ context: NIOSSLContext?,
        _ done: @escaping (Result<UpstreamLink, any Error>) -> Void
    ) {
        let name = plan.tls.serverName.isEmpty ? (server.isAddress ? nil : server.host) : plan.tls.serverName
        ClientBootstrap(group: loop)
            .connectTimeout(Self.patience)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A firewall that forgets a quiet connection is found out before somebody waits for it.
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 30)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 10)
            .channelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 3)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: name))
                    }
                    // A name may have several addresses, each tried over a channel of its own.
                    try channel.pipeline.syncOperations.addHandler(UpstreamLink(place: "\(server)"))
                }
            }
            .connect(host: server.host, port: server.port)
            .assumeIsolated().whenComplete { result in
                done(
                    result.flatMap { channel in
                        Result { try channel.pipeline.syncOperations.handler(type: UpstreamLink.self) }
                    })
            }
    }

    /// Looks once more at a certificate that was refused, since the library does not say why: nothing is sent.
    private func explain(
        _ failure: UpstreamFailure, of server: RedisUpstream.Server,
        _ done: @escaping (Result<UpstreamLink, UpstreamFailure>) -> Void
    ) {
        guard let context = tls?.lookingOnly else { return done(.failure(failure)) }
        connect(server, context) { [self] result in
            guard case .success(let link) = result else { return done(.failure(failure)) }
            var isOver = false
            func finish() {
                guard !isOver else { return }
                isOver = true
                let certificate = link.validity.flatMap { $0.fault(at: HostClock.wallMilliseconds / 1000) }
                link.onHandshake = {}
                link.end(failure)
                done(.failure(certificate.map { UpstreamFailure("\(server): its certificate \($0)") } ?? failure))
            }
            link.onHandshake = finish
            link.onEnd = { _ in finish() }
            loop.assumeIsolated().scheduleTask(in: Self.patience, finish)
        }
    }

    /// How long to wait for a connection, and for the first answer.
    private static let patience = TimeAmount.seconds(2)

    private func greet(
        _ link: UpstreamLink, _ place: String, _ proof: Proof,
        _ done: @escaping (Result<UpstreamLink, UpstreamFailure>) -> Void
    ) {
        var greetings: [[String]] = []
        let login: RelayPlan.Login
        switch self.login() {
        case .success(let known): login = known
        case .failure(let fault):
            let failure = UpstreamFailure("\(place): no login: \(fault.reason)")
            link.end(failure)
            return done(.failure(failure))
        }
        if let password = login.password {
            greetings.append(["AUTH"] + (login.user.map { [$0] } ?? []) + [password])
        }
        if usesDatabase, plan.upstream.database != 0 { greetings.append(["SELECT", String(plan.upstream.database)]) }
        greetings.append(proof == .master ? ["ROLE"] : ["PING"])
        var left = greetings.count
        var isOver = false
        func finish(_ result: Result<UpstreamLink, UpstreamFailure>) {
            guard !isOver else { return }
            isOver = true
            if case .failure(let failure) = result { link.end(failure) }
            done(result)
        }
        let patience = loop.assumeIsolated().scheduleTask(in: Self.patience) { [self] in
            let doubt = tls != nil && link.validity == nil ? "; does it speak TLS?" : ""
            finish(.failure(UpstreamFailure("\(place): it does not answer\(doubt)")))
        }
        for greeting in greetings {
            link.send(Command.message(greeting)) { answer in
                left -= 1
                switch answer {
                case .failure(let failure): finish(.failure(failure))
                case .success(let message):
                    if let line = ErrorCode.line(of: message) {
                        finish(.failure(UpstreamFailure(refusal: line, at: place)))
                    } else if left == 0 {
                        patience.cancel()
                        let role = proof == .master ? Reply(message).array?.first?.text : "master"
                        finish(
                            role == "master"
                                ? .success(link) : .failure(UpstreamFailure("\(place): it is no master any more")))
                    }
                }
            }
        }
    }
}
