import Domain
import Platform
import Settings
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    /// An age is a choice of ours, not a fact of the client.
    @Test func whatExpiredIsResumedWhereThatIsWanted() throws {
        let scratch = try Scratch()
        let environment = [
            "HOME": scratch.path, "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "MAX_SESSION_AGE_MS": "60000",
        ]
        try scratch.write("{}", to: "config/holdfast.json")
        #expect(try Settings.load(environment: environment).configuration.ages.standardMilliseconds == 60_000)
        try scratch.write(#"{"expired": {"action": "resume"}, "vault": {"keep_days": 30}}"#, to: "config/holdfast.json")
        let ages = try Settings.load(environment: environment).configuration.ages
        #expect(ages.standardMilliseconds == 30 * 86_400_000)
        #expect(
            SessionAges(standardMilliseconds: 1, byAgentMilliseconds: ["a": 9]).lasting(atLeast: 5).byAgentMilliseconds
                == ["a": 9])
    }

    @Test func theFilesInConfigSayWhatIsBuiltIn() throws {
        #expect(try Files.read(Built.root + "/config/holdfast.json") == Setting.annotatedFile())
        #expect(try Files.read(Built.root + "/config/agents.json") == Setting.annotatedAgentsFile)
        var configuration = Configuration()
        try configuration.apply(JSONValue(parsing: Setting.annotatedFile()), from: "holdfast.json")
        try configuration.applyAgents(JSONValue(parsing: Setting.annotatedAgentsFile), from: "agents.json")
        #expect(configuration == Configuration())
    }

    @Test func takesOverEverySetting() throws {
        var configuration = Configuration()
        let text = """
            // comments are allowed
            {"redis": {"url": "unix:/r", "connect_timeout_ms": 7, "reply_timeout_ms": 8}, "companion": {"autostart": false},
             "sweep_interval_seconds": 9, "log_level": "debug",}
            """
        try configuration.apply(JSONValue(parsing: text), from: "f")
        #expect(configuration.redisURL == "unix:/r")
        #expect(configuration.redisConnectTimeoutMilliseconds == 7)
        #expect(configuration.redisReplyTimeoutMilliseconds == 8)
        #expect(!configuration.companionAutostart)
        #expect(configuration.sweepIntervalSeconds == 9)
        #expect(configuration.logLevel == "debug")
    }

    @Test(arguments: [
        (#"{"redis": {"uri": "x"}}"#, "f: redis.uri is no setting; known: "),
        (#"{"redis": 1}"#, "f: redis is 1; allowed: an object with settings"),
        (#"{"sweep_interval_seconds": 0}"#, "f: sweep_interval_seconds is 0; allowed: a whole number from 1 to 86400"),
        (#"{"companion": {"autostart": "yes"}}"#, #"f: companion.autostart is "yes"; allowed: true or false"#),
    ])
    func namesPlaceSettingValueAndWhatIsAllowed(text: String, message: String) throws {
        var configuration = Configuration()
        let json = try JSONValue(parsing: text)
        let error = #expect(throws: ConfigurationError.self) { try configuration.apply(json, from: "f") }
        #expect("\(try #require(error))".hasPrefix(message))
    }

    @Test func keepsAgesPerAgent() throws {
        var configuration = Configuration()
        try configuration.applyAgents(
            JSONValue(parsing: #"{"max_session_age_ms": 5000, "agents": {"coder": {"max_session_age_ms": 9000}}}"#),
            from: "f")
        #expect(configuration.ages.milliseconds(for: try DispatchKey("coder/1")) == 9000)
        #expect(configuration.ages.milliseconds(for: try DispatchKey("tester/1")) == 5000)
    }

    @Test func theEnvironmentIsNearerThanTheFile() throws {
        let scratch = try Scratch()
        try scratch.write(#"{"redis": {"url": "unix:/from-file"}}"#, to: "holdfast.json")
        try scratch.write(#"{"agents": {"coder": {"max_session_age_ms": 9000}}}"#, to: "agents.json")
        var environment = ["HOLDFAST_CONFIG_DIR": scratch.path]
        #expect(try Settings.load(environment: environment).configuration.redisURL == "unix:/from-file")
        environment["HOLDFAST_REDIS_URL"] = "unix:/from-environment"
        environment["MAX_SESSION_AGE_MS"] = "1234"
        let settings = try Settings.load(environment: environment)
        #expect(settings.configuration.redisURL == "unix:/from-environment")
        #expect(settings.configuration.ages.milliseconds(for: try DispatchKey("coder/1")) == 1234)
        environment["MAX_SESSION_AGE_MS"] = "a day"
        #expect(throws: ConfigurationError.self) { try Settings.load(environment: environment) }
        environment["MAX_SESSION_AGE_MS"] = nil
        environment["HOLDFAST_REDIS_URL"] = "rediss://host:1"
        let error = #expect(throws: ConfigurationError.self) { try Settings.load(environment: environment) }
        #expect("\(try #require(error))".contains("TLS proxy"))
    }

    @Test func tracksAllThatWasNotStopped() throws {
        var rules = TrackingRules()
        rules.stoppedKeys = ["coder/1"]
        rules.stoppedProjects = ["/secret"]
        #expect(try !rules.isTracked(key: DispatchKey("coder/1"), project: "/p"))
        #expect(!rules.isTracked(key: nil, project: "/secret/inner"))
        #expect(try rules.isTracked(key: DispatchKey("coder/2"), project: "/secretly"))
    }
}
