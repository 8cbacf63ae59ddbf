internal import Companion
internal import Domain
internal import Logging
internal import Platform
internal import Relay
internal import ServiceLifecycle
internal import Settings

/// Runs the relay to a Redis that hooks cannot go to by themselves, and starts it again where it could not listen.
struct RelayService: Service {
    let settings: LiveSettings
    let upstream: RedisUpstream
    let logger: Logger

    private static let pause = Duration.seconds(5)

    func run() async {
        let relay = Relay(plan, logger: logger)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await relay.run()
            } catch {
                logger.error("no relay to Redis: \(error)")
            }
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
            // Cut short by the end, which the loop sees.
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.pause) }
        }
    }

    private var plan: RelayPlan {
        let atStart = settings.atStart.configuration
        return RelayPlan(
            socket: settings.atStart.state.relaySocket(to: upstream), upstream: upstream,
            tls: .init(atStart.redisTLS),
            connections: Int(atStart.redisRelayConnections),
            login: { [settings, upstream] in
                Self.read { () throws(ConfigurationError) in
                    let login = try settings.current.redisLogin(user: upstream.user, password: upstream.password)
                    return .init(user: login.user, password: login.password)
                }
            },
            sentinelLogin: { [settings] in
                Self.read { () throws(ConfigurationError) in
                    let login = try settings.current.sentinelLogin()
                    return .init(user: login.user, password: login.password)
                }
            })
    }

    /// What of the files of certificates cannot be used, where the Redis of the settings is spoken to over TLS.
    static func fault(in settings: Settings) -> String? {
        guard settings.redisUpstream?.usesTLS == true else { return nil }
        return Relay.fault(in: RelayPlan.TLS(settings.configuration.redisTLS))
    }

    private static func read(
        _ login: () throws(ConfigurationError) -> RelayPlan.Login
    ) -> Result<RelayPlan.Login, RelayPlan.LoginFault> {
        do throws(ConfigurationError) {
            return .success(try login())
        } catch {
            return .failure(.init(reason: "\(error)"))
        }
    }
}

extension RelayPlan.TLS {
    init(_ files: RedisTLSFiles) {
        self.init(
            authorities: files.authorities, certificate: files.certificate, key: files.key,
            serverName: files.serverName)
    }
}
