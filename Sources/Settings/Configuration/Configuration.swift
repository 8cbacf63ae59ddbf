package import Domain
package import Redaction

/// Every setting of `holdfast.json` and `agents.json`, with its built-in default.
package struct Configuration: Sendable, Equatable {
    package var redisURL = "embedded"
    package var redisLogin = RedisLoginFiles()
    package var redisTLS = RedisTLSFiles()
    /// Connections of the companion's relay to each server, at most.
    package var redisRelayConnections: Int64 = 4
    /// Whether anything is recorded at all.
    package var isTracking = true
    package var redisConnectTimeoutMilliseconds: Int64 = 500
    package var redisReplyTimeoutMilliseconds: Int64 = 1000
    package var companionAutostart = true
    package var sweepIntervalSeconds: Int64 = 3600
    /// How often in a row the API refuses a session's conversation until it is not offered any more; 0 for never.
    package var retireAfter: Int64 = 2
    /// How long a session that somebody out of sight has open counts as driven after its last use.
    package var remoteBusyMinutes: Int64 = 10
    package var conversations = ConversationPolicy()
    package var carryOver = CarryOverPolicy.dispatch
    /// Characters of the titles of memories that a fresh session is shown; 0 for none.
    package var recallCharacters: Int64 = 0
    package var toolGuard = ToolGuard.advise
    package var summarisesSessions = true
    package var sinks: [JSONValue] = []
    package var logLevel = "info"
    /// Whose queue episodes go to; empty means this host.
    package var pool = ""
    package var filter = FilterPolicy()
    /// Kind of secret → POSIX extended regular expression.
    package var secretPatterns: [String: String] = [:]
    package var inactivityTimeoutSeconds: Int64 = 300
    package var checkIntervalSeconds: Int64 = 300
    package var rollingPeriodHours: Int64 = 24
    /// A config folder of Claude Code to watch beside those that hooks were seen in; empty for none.
    package var watchPath = ""
    package var queueMaxSize: Int64 = 1000
    package var spoolMaxBytes: Int64 = 1 << 30
    package var spoolMinFreeBytes: Int64 = 64 << 20
    package var inputPrice = 1.0
    package var outputPrice = 5.0
    package var ages = SessionAges.standard
    package var provider = ProviderConfiguration()
    package var retry = RetryPolicy()
    /// Episodes worked on at once.
    package var concurrency: Int64 = 4
    /// Model calls a minute at most; 0 for no limit of ours.
    package var callsPerMinute: Int64 = 0
    /// Tokens of a UTC day after which no model is asked until the next; 0 for no limit.
    package var dailyTokenBudget: Int64 = 0
    package var healthCheckIntervalSeconds: Int64 = 60
    package var unavailablePolicy = UnavailablePolicy.queueRetry
    package var waitForCompletionSeconds: Int64 = 0
    /// The archive's file; empty for `archive/<pool>.sqlite` in the state folder.
    package var archivePath = ""
    package var expiredAction = ExpiredAction.fresh
    package var vault = VaultPolicy()
    package var notifications = NotificationPolicy()
    package var checkpointsAreOn = true
    package var remote = RemotePolicy()
    package var watch = WatchPolicy()
    package var dashboardIsOn = true
    /// `host:port` on loopback, or `unix:/path`.
    package var dashboardAddress = "127.0.0.1:7391"

    package init() {}

    package var usesEmbeddedRedis: Bool { redisURL == "embedded" }

    /// Of which form a file is: counted up when a setting moves or goes, not when one is added. A file that does not say is
    /// of the first.
    package static let form: Int64 = 1
    static let formName = "version"

    package static let logLevels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    /// Takes over what a file says.
    /// - Throws: on an unknown key, a wrong type or a value out of range.
    package mutating func apply(_ json: JSONValue, from place: String) throws(ConfigurationError) {
        if let fault = take(json, from: place).first { throw fault }
    }

    /// The same, whatever is not allowed: a status must find its Redis.
    /// - Returns: what is not.
    mutating func take(_ json: JSONValue, from place: String) -> [ConfigurationError] {
        guard case .object(var members) = json, let said = members.removeValue(forKey: Self.formName) else {
            return take(json, at: "", from: place)
        }
        let faults = take(.object(members), at: "", from: place)
        guard let form = said.wholeNumber, (1...Self.form).contains(form) else {
            // First, since it explains the others: a later version's file has settings that this one does not know.
            return [
                ConfigurationError(
                    place: place, setting: Self.formName, value: said.text,
                    allowed: "this holdfast understands \(Self.form): install a later one, or move the file away")
            ] + faults
        }
        return faults
    }

    private mutating func take(_ json: JSONValue, at path: String, from place: String) -> [ConfigurationError] {
        if let setting = Setting.byPath[path] {
            guard setting.apply(json, &self) else {
                return [
                    ConfigurationError(
                        place: place, setting: path, value: setting.holdsSecret ? "not usable" : json.text,
                        allowed: "allowed: \(setting.allowed)")
                ]
            }
            return []
        }
        guard case .object(let members) = json else {
            return [
                ConfigurationError(
                    place: place, setting: path, value: json.text, allowed: "allowed: an object with settings")
            ]
        }
        var faults: [ConfigurationError] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let inner = path.isEmpty ? name : "\(path).\(name)"
            guard Setting.byPath[inner] != nil || Setting.groups.contains(inner) else {
                faults.append(.unknown(inner, in: place))
                continue
            }
            faults += take(value, at: inner, from: place)
        }
        return faults
    }

    /// Takes over `agents.json`: `max_session_age_ms` for all, `agents.<name>.max_session_age_ms` for one.
    package mutating func applyAgents(_ json: JSONValue, from place: String) throws(ConfigurationError) {
        guard case .object(let members) = json else {
            throw ConfigurationError(place: place, value: json.text, allowed: "allowed: an object")
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            switch (name, value) {
            case ("max_session_age_ms", _):
                ages.standardMilliseconds = try Self.age(value, at: name, from: place)
            case ("agents", .object(let agents)):
                for (agent, settings) in agents { try applyAgent(settings, named: agent, from: place) }
            default:
                throw ConfigurationError(
                    place: place, setting: name, value: "no setting", allowed: "known: max_session_age_ms, agents")
            }
        }
    }

    private mutating func applyAgent(_ json: JSONValue, named agent: String, from place: String)
        throws(ConfigurationError)
    {
        guard case .object(let members) = json else {
            throw ConfigurationError(
                place: place, setting: "agents.\(agent)", value: json.text, allowed: "allowed: an object")
        }
        for (name, value) in members {
            guard name == "max_session_age_ms" else {
                throw ConfigurationError(
                    place: place, setting: "agents.\(agent).\(name)", value: "no setting",
                    allowed: "did you mean max_session_age_ms?")
            }
            ages.byAgentMilliseconds[agent] = try Self.age(value, at: "agents.\(agent).\(name)", from: place)
        }
    }

    private static func age(_ json: JSONValue, at path: String, from place: String) throws(ConfigurationError) -> Int64
    {
        guard let age = json.wholeNumber, sessionAgeRange.contains(age) else {
            throw ConfigurationError(
                place: place, setting: path, value: json.text, allowed: "allowed: \(sessionAgeAllowed)")
        }
        return age
    }

    /// One second to ten years, in ms.
    package static let sessionAgeRange: ClosedRange<Int64> = 1000...315_360_000_000
    package static let sessionAgeAllowed = "milliseconds from 1000 to 315360000000"
}

extension Configuration {
    /// The redactor with the person's own patterns, which were checked when the configuration was read.
    package var redactor: Redactor {
        Redactor(
            extraPatterns: secretPatterns.sorted { $0.key < $1.key }.compactMap {
                try? SecretPattern(kind: $0.key, pattern: $0.value)
            })
    }
}
