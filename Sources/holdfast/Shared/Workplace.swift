internal import Domain
internal import Redis
internal import Storage

/// What most commands begin with: settings, this host's name, a connection.
struct Workplace {
    let settings: Settings
    let host: String

    init() throws {
        settings = try Settings.load()
        try settings.state.prepare()
        host = try settings.state.host()
    }

    var registry: SessionRegistry { SessionRegistry(keys: settings.keys) }
    var queue: EpisodeQueue { EpisodeQueue(keys: settings.poolKeys(host: host)) }

    var deadlines: RedisDeadlines {
        RedisDeadlines(
            connect: .milliseconds(settings.configuration.redisConnectTimeoutMilliseconds),
            reply: .milliseconds(settings.configuration.redisReplyTimeoutMilliseconds))
    }

    func connect() throws -> RedisConnection {
        try RedisConnection(to: try settings.redisURL(), deadlines: deadlines)
    }

    /// Connects; where the embedded Redis is away, starts the companion and waits for it up to two seconds.
    func connectStarting() throws(RedisError) -> RedisConnection {
        try CompanionStarter(settings: settings).connect(deadlines: deadlines, patience: .seconds(2)) {
            Terminal.complain("Redis is away; starting the companion")
        }
    }
}
