internal import Domain
internal import Platform
package import Redis
package import Settings
package import Storage

/// Where an operator stands: settings, this host's name, a way to Redis. What can be seen and done hangs on it, and is
/// the same for command line, tools and page.
package struct Workplace: Sendable {
    package let settings: Settings
    package let host: String
    /// What in the configuration is not understood, where that does not matter for what is done.
    package private(set) var fault: ConfigurationError?

    /// The same also where a file of the configuration is not understood: for who tells of it, or stops what goes on.
    /// - Throws: `ConfigurationError` where it may be another user's; `FileError`.
    package static func evenMisconfigured(
        environment: [String: String] = Settings.processEnvironment
    ) throws -> Workplace {
        let (settings, fault) = try Settings.understandable(environment: environment)
        var place = try Workplace(settings: settings)
        place.fault = fault
        return place
    }

    /// - Throws: `ConfigurationError`, `FileError`.
    package init() throws { try self.init(settings: Settings.load()) }

    /// - Throws: `FileError`.
    package init(settings: Settings) throws {
        self.settings = settings
        try settings.state.prepare()
        host = try settings.state.host()
    }

    /// The same also where the state folder cannot be used: a client must not wait for that.
    /// - Parameter complain: told what cannot be kept.
    /// - Throws: `ConfigurationError`.
    package init(despite complain: (String) -> Void) throws {
        settings = try Settings.load()
        var failure: FileError?
        do throws(FileError) { try settings.state.prepare() } catch { failure = error }
        do throws(FileError) {
            host = try settings.state.host()
        } catch {
            failure = failure ?? error
            host = settings.state.passingHost
        }
        if let failure { complain("\(failure); nothing can be kept in \(settings.state.path)") }
    }

    /// Whether it is the state folder, and not the configuration, that may be another user's.
    package static var isStateForeign: Bool {
        let settings = Settings(environment: Settings.processEnvironment)
        return settings.state.fault != nil && settings.isConfigurationOwn
    }

    package var registry: SessionRegistry { SessionRegistry(keys: settings.keys) }
    package var queue: EpisodeQueue { EpisodeQueue(keys: settings.poolKeys(host: host)) }

    package var deadlines: RedisDeadlines {
        RedisDeadlines(
            connect: .milliseconds(settings.configuration.redisConnectTimeoutMilliseconds),
            reply: .milliseconds(settings.configuration.redisReplyTimeoutMilliseconds))
    }

    /// - Parameter deadlines: nil for those of the settings.
    /// - Throws: `RedisError`.
    package func connect(_ deadlines: RedisDeadlines? = nil) throws(RedisError) -> RedisConnection {
        try RedisConnector(settings).open(deadlines ?? self.deadlines)
    }

    /// Those of who asks for a session, several questions that somebody waits for: all answers come within a reply's
    /// deadline and the two seconds that notes may be replayed for on the way.
    package var lookupDeadlines: RedisDeadlines {
        var deadlines = deadlines
        deadlines.whole = deadlines.reply + .seconds(2)
        return deadlines
    }

    /// Connects; where the embedded Redis is away, starts the companion and waits for it: up to two seconds where somebody
    /// waits for an answer, up to ten before long work, which would be in vain without it on a machine that is busy.
    /// - Parameters:
    ///   - deadlines: nil for those of the settings.
    ///   - onStart: told when it does so.
    package func connectStarting(
        _ deadlines: RedisDeadlines? = nil, _ onStart: () -> Void = {}
    ) throws(RedisError) -> RedisConnection {
        try CompanionStarter(settings: settings).connect(
            deadlines: deadlines ?? self.deadlines, patience: .seconds(deadlines == .companion ? 10 : 2),
            onStart: onStart)
    }

    /// How things stand.
    /// - Throws: `ConfigurationError`.
    package func status() throws -> Status {
        try Observer(settings: settings, host: host, fault: fault).observe(deadlines: deadlines)
    }
}
