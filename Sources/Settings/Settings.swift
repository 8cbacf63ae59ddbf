package import Domain
internal import Glibc
internal import Platform
internal import Redaction

/// What this process is to go by: environment before files before built-in defaults.
package struct Settings: Sendable {
    package var configuration: Configuration
    package var configFolder: String
    package var state: StateFolder
    package var environment: [String: String]
    /// What of the provider's settings is not understood: no memory is made until it is, and all else goes on.
    package private(set) var providerFault: ConfigurationError?

    /// The two folders alone, which are known even when a file cannot be read.
    package init(environment: [String: String]) {
        self.environment = environment
        let home = environment["HOME"] ?? "/"
        func folder(_ own: String, _ base: String, _ standard: String) -> String {
            if let own = environment[own], own.hasPrefix("/") { return own }
            if let base = environment[base], base.hasPrefix("/") { return base + "/holdfast" }
            return "\(home)/\(standard)/holdfast"
        }
        configuration = Configuration()
        if let url = environment["HOLDFAST_REDIS_URL"], !url.isEmpty { configuration.redisURL = url }
        configFolder = folder("HOLDFAST_CONFIG_DIR", "XDG_CONFIG_HOME", ".config")
        state = StateFolder(path: folder("HOLDFAST_STATE_DIR", "XDG_STATE_HOME", ".local/state"))
    }

    package static var processEnvironment: [String: String] {
        var variables: [String: String] = [:]
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            let parts = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            unsafe place += 1
        }
        return variables
    }

    /// Only what we go by, asked one by one: a hook has no time for the rest.
    package static var ownEnvironment: [String: String] {
        let names =
            [
                "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "MAX_SESSION_AGE_MS", "HOLDFAST_KEY", "HOLDFAST_DISABLED",
                "HOLDFAST_REDIS_URL", "HOLDFAST_CONFIG_DIR", "HOLDFAST_STATE_DIR", "HOLDFAST_LOG_LEVEL",
                "HOLDFAST_NAMESPACE",
                "HOLDFAST_OUTER_SESSION", CarryOver.refusalVariable, JobMark.variable, "CLAUDE_JOB_DIR",
                "CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS",
                "CLAUDE_CONFIG_DIR", "CLAUDE_PID", "CLAUDE_PROJECT_DIR", "CLAUDE_ENV_FILE",
            ] + CredentialMark.variables
        var variables: [String: String] = [:]
        for name in names {
            if let value = unsafe getenv(name) { variables[name] = unsafe String(cString: value) }
        }
        return variables
    }

    /// - Throws: when a file or a variable says what is not allowed, or another user may have written what is there; a missing
    ///   file says nothing.
    package static func load(
        environment: [String: String] = Settings.processEnvironment
    ) throws(ConfigurationError) -> Settings {
        let (settings, fault) = try understandable(environment: environment)
        if let fault { throw fault }
        return settings
    }

    /// What can be gone by where a file or a variable says what is not allowed: for who tells of it, or stops what goes on.
    /// - Returns: all that is understood, defaults for the rest; and what is not.
    /// - Throws: where another user may have written what is there: nothing of it is used.
    package static func understandable(
        environment: [String: String] = Settings.processEnvironment
    ) throws(ConfigurationError) -> (settings: Settings, fault: ConfigurationError?) {
        var settings = Settings(environment: environment)
        for folder in [settings.configFolder, settings.state.path] {
            do throws(OwnershipFault) {
                try Ownership.check(folder)
            } catch {
                throw ConfigurationError(place: error.path, value: error.reason, allowed: error.remedy)
            }
        }
        var fault: ConfigurationError?
        func attempt(_ part: (inout Settings) throws(ConfigurationError) -> Void) {
            do throws(ConfigurationError) { try part(&settings) } catch { fault = fault ?? error }
        }
        attempt { settings throws(ConfigurationError) in
            try settings.readFile("holdfast.json") { json, place, settings throws(ConfigurationError) in
                let faults = settings.configuration.take(json, from: place)
                settings.providerFault = faults.first(where: \.isOfProvider)
                if let fault = faults.first(where: { !$0.isOfProvider }) { throw fault }
            }
        }
        attempt { settings throws(ConfigurationError) in try settings.checkPatterns() }
        attempt { settings throws(ConfigurationError) in
            try settings.readFile("agents.json") { json, place, settings throws(ConfigurationError) in
                try settings.configuration.applyAgents(json, from: place)
            }
        }
        attempt { settings throws(ConfigurationError) in try settings.readEnvironment() }
        if fault != nil, (try? settings.redisURL()) == nil {
            settings.configuration.redisURL = "embedded"
        }
        return (settings, fault)
    }

    /// Whether the folder of the configuration is this user's, or missing.
    package var isConfigurationOwn: Bool {
        do throws(OwnershipFault) {
            try Ownership.check(configFolder)
            return true
        } catch {
            return false
        }
    }

    private mutating func readFile(
        _ name: String, take: (JSONValue, String, inout Settings) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        let place = configFolder + "/" + name
        guard let file = try ConfigurationFile.read(place) else { return }
        do throws(ConfigurationError) {
            try take(file.json, place, &self)
        } catch {
            throw error.located(in: file.text)
        }
        providerFault = providerFault?.located(in: file.text)
    }

    /// What is to be taken out of every text must be understood before any text is read.
    private func checkPatterns() throws(ConfigurationError) {
        for (kind, pattern) in configuration.secretPatterns.sorted(by: { $0.key < $1.key }) {
            do throws(InvalidPattern) {
                _ = try SecretPattern(kind: kind, pattern: pattern)
            } catch {
                throw ConfigurationError(
                    place: configFolder + "/holdfast.json", setting: "redaction.patterns.\(kind)", value: pattern,
                    allowed: "\(error.reason); allowed: a POSIX extended regular expression")
            }
        }
    }

    private mutating func readEnvironment() throws(ConfigurationError) {
        for name in ["HOLDFAST_CONFIG_DIR", "HOLDFAST_STATE_DIR"] {
            // Hooks, companion and command line run in different folders and must mean the same.
            if let path = environment[name], !path.isEmpty, !path.hasPrefix("/") {
                throw ConfigurationError(place: name, value: path, allowed: "allowed: an absolute path")
            }
        }
        if let url = environment["HOLDFAST_REDIS_URL"], !url.isEmpty { configuration.redisURL = url }
        if let level = environment["HOLDFAST_LOG_LEVEL"], !level.isEmpty {
            guard Configuration.logLevels.contains(level) else {
                throw ConfigurationError(
                    place: "HOLDFAST_LOG_LEVEL", value: level,
                    allowed: "allowed: \(Configuration.logLevels.joined(separator: ", "))")
            }
            configuration.logLevel = level
        }
        if let text = environment["MAX_SESSION_AGE_MS"], !text.isEmpty {
            guard let age = Int64(text), Configuration.sessionAgeRange.contains(age) else {
                throw ConfigurationError(
                    place: "MAX_SESSION_AGE_MS", value: text, allowed: "allowed: \(Configuration.sessionAgeAllowed)")
            }
            // What the environment says is meant for all agents: it is nearer than the file.
            configuration.ages = SessionAges(standardMilliseconds: age)
        }
        if configuration.redisURL != "embedded" { _ = try redisURL() }
        if configuration.expiredAction == .resume {
            configuration.ages = configuration.ages.lasting(atLeast: configuration.vault.keepDays * 86_400_000)
        }
    }

    /// Where to connect: the server, or the companion's relay to it.
    package func redisURL() throws(ConfigurationError) -> RedisURL {
        if configuration.usesEmbeddedRedis { return RedisURL(endpoint: .unix(path: state.redisSocket)) }
        switch try redisPlace() {
        case .direct(var url):
            let login = try redisLogin(user: url.user, password: url.password)
            (url.user, url.password) = (login.user, login.password)
            return url
        case .relayed(let upstream):
            var url = RedisURL(endpoint: .unix(path: state.relaySocket(to: upstream)))
            url.upstream = upstream.description
            return url
        }
    }

    /// To where the companion's relay leads; nil where everybody goes to the server itself.
    package var redisUpstream: RedisUpstream? {
        guard !configuration.usesEmbeddedRedis, case .relayed(let upstream) = try? redisPlace() else { return nil }
        return upstream
    }

    /// Whether Redis can be reached only while the companion runs.
    package var reachesRedisByCompanion: Bool { configuration.usesEmbeddedRedis || redisUpstream != nil }

    /// Who logs in, read anew each time: a file's password before the URL's.
    package func redisLogin(
        user: String?, password: String?
    ) throws(ConfigurationError) -> (user: String?, password: String?) {
        let files = configuration.redisLogin
        return (
            user ?? (files.user.isEmpty ? nil : files.user),
            try Self.password(in: files.passwordFile, "redis.password_file") ?? password
        )
    }

    /// Who logs in at the sentinels; nil where they want none.
    package func sentinelLogin() throws(ConfigurationError) -> (user: String?, password: String?) {
        let files = configuration.redisLogin
        return (
            files.sentinelUser.isEmpty ? nil : files.sentinelUser,
            try Self.password(in: files.sentinelPasswordFile, "redis.sentinel_password_file")
        )
    }

    private static func password(in file: String, _ setting: String) throws(ConfigurationError) -> String? {
        guard !file.isEmpty else { return nil }
        let reason: String
        do throws(PrivateFile.Fault) {
            let text = try PrivateFile.read(file, isNamed: true, limit: 4096)
            let line = text.split(maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: \.isNewline).first
            if let line, !line.isEmpty { return String(line) }
            reason = "its first line is empty"
        } catch {
            reason = error.reason
        }
        throw ConfigurationError(
            place: file, setting: setting, value: reason,
            allowed: "allowed: a file of yours, mode 0600, with the password")
    }

    /// Whether all is there that a relayed Redis is to be reached by.
    /// - Throws: where a file of a password cannot be read.
    package func checkRedisLogin() throws(ConfigurationError) {
        _ = try redisLogin(user: nil, password: nil)
        _ = try sentinelLogin()
    }

    /// What `redis.url` names.
    private func redisPlace() throws(ConfigurationError) -> RedisPlace {
        do throws(RedisURL.ParseError) {
            return try RedisPlace(configuration.redisURL)
        } catch {
            let place =
                environment["HOLDFAST_REDIS_URL"] == nil ? configFolder + "/holdfast.json" : "HOLDFAST_REDIS_URL"
            switch error {
            case .malformed(let reason):
                throw ConfigurationError(
                    place: place, setting: "redis.url", value: "not usable: \(reason)",
                    allowed: "allowed: \(RedisPlace.forms.joined(separator: ", "))")
            }
        }
    }

    /// The pool whose queue and archive this host's episodes go to.
    package func pool(host: String) -> String { configuration.pool.isEmpty ? host : configuration.pool }

    /// The SQLite file of this host's pool.
    package func archivePath(host: String) -> String {
        configuration.archivePath.isEmpty
            ? "\(state.path)/archive/\(pool(host: host)).sqlite" : configuration.archivePath
    }

    /// - Throws: when the file is there and cannot be understood. Nobody may take that for a yes to recording.
    package func trackingRules() throws(ConfigurationError) -> TrackingRules {
        var rules = TrackingRules()
        rules.isOn = configuration.isTracking
        guard let text = try ConfigurationFile.text(of: state.tracking) else { return rules }
        do {
            rules = try JSONValue(parsing: text).decode(TrackingRules.self)
            rules.isOn = configuration.isTracking
            return rules
        } catch {
            throw ConfigurationError(
                place: state.tracking, value: "damaged",
                allowed: "delete it, then say anew what 'holdfast tracking stop' is to stop")
        }
    }
}
