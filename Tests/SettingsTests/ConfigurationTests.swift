import Domain
import Glibc
import Platform
import Settings
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    /// An age is a choice of ours, not a fact of the client.
    @Test func toolsFileShowsWhatIsBuiltIn() throws {
        #expect(try Files.read(Built.root + "/config/tools.json") == ToolPolicies.annotatedFile)
        #expect(try ToolPolicies(JSONValue(parsing: ToolPolicies.annotatedFile), from: "tools.json") == ToolPolicies())
        let said = ToolPolicies.annotatedFile.replacing("    // \"", with: "    \"")
        #expect(try ToolPolicies(JSONValue(parsing: said), from: "tools.json") == ToolPolicies.standard)
    }

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
        (#"{"redis": {"uri": "x"}}"#, "f: redis.uri is no setting; did you mean redis.url?"),
        (#"{"redis": 1}"#, "f: redis is 1; allowed: an object with settings"),
        (#"{"sweep_interval_seconds": 0}"#, "f: sweep_interval_seconds is 0; allowed: a whole number from 1 to 86400"),
        (
            #"{"redis": {"tls_server_name": "10.0.0.7"}}"#,
            #"f: redis.tls_server_name is "10.0.0.7"; allowed: a host's name, and no address"#
        ),
        (#"{"companion": {"autostart": "yes"}}"#, #"f: companion.autostart is "yes"; allowed: true or false"#),
    ])
    func namesPlaceSettingValueAndWhatIsAllowed(text: String, message: String) throws {
        var configuration = Configuration()
        let json = try JSONValue(parsing: text)
        let error = #expect(throws: ConfigurationError.self) { try configuration.apply(json, from: "f") }
        #expect("\(try #require(error))".hasPrefix(message))
    }

    /// One name, not fifty; and where it stands.
    @Test(arguments: [
        (#"{"provider": {"modle": "m"}}"#, "provider.modle", "did you mean provider.model?"),
        (#"{"model": "m"}"#, "model", "did you mean provider.model?"),
        (#"{"concurency": 1}"#, "concurency", "did you mean concurrency?"),
        (#"{"provder": {"model": "m"}}"#, "provder", "did you mean provider?"),
        (#"{"api_key_fiel": "/k"}"#, "api_key_fiel", "did you mean provider.api_key_file?"),
        (#"{"max_session_age_ms": 1}"#, "max_session_age_ms", "it stands in agents.json"),
        (#"{"vault": {"zzzzzzzz": 1}}"#, "vault.zzzzzzzz", "in vault there are enabled, keep_days"),
        (#"{"zzzzzzzzz": 1}"#, "zzzzzzzzz", "'holdfast config show' lists what there is"),
    ])
    func saysWhichSettingMayBeMeant(text: String, setting: String, hint: String) throws {
        var configuration = Configuration()
        let json = try JSONValue(parsing: text)
        let error = try #require(
            #expect(throws: ConfigurationError.self) { try configuration.apply(json, from: "f") })
        #expect(error.setting == setting && error.allowed.hasPrefix(hint), "\(error)")
    }

    @Test(arguments: [
        ("{\n  // why\n  \"redis\": {\n    \"uri\": 1\n  }\n}", 4), ("{\n\n\"pool\": 7}", 3),
        ("{\"redis\": {}, \"spool\":\n1}", 1), ("{\"redis\": {\"url\": \"embedded\"},\n\"sync\": 1}", 2),
    ])
    func namesTheLine(text: String, line: Int) throws {
        let scratch = try Scratch()
        try scratch.write(text, to: "holdfast.json")
        let error = try #require(
            #expect(throws: ConfigurationError.self) {
                try Settings.load(environment: ["HOLDFAST_CONFIG_DIR": scratch.path])
            })
        #expect(error.line == line && "\(error)".hasPrefix("\(scratch.path)/holdfast.json:\(line): "), "\(error)")
    }

    /// What only memories need stops nothing else, and is not forgotten.
    @Test(arguments: [
        #"{"provider": {"kind": "opnai"}, "pool": "p"}"#, #"{"provider": 3, "pool": "p"}"#,
        #"{"provider": {"kind": "openai", "modle": "m"}, "pool": "p"}"#,
    ])
    func aBrokenProviderStopsMemoriesAlone(text: String) throws {
        let scratch = try Scratch()
        try scratch.write(text, to: "holdfast.json")
        let settings = try Settings.load(environment: ["HOLDFAST_CONFIG_DIR": scratch.path])
        #expect(settings.configuration.pool == "p")
        #expect(try #require(settings.providerFault).setting.hasPrefix("provider"))
    }

    @Test func namesLineAndColumnOfWhatIsNoJSON() throws {
        let scratch = try Scratch()
        try scratch.write("{\n  \"pool\": \"a\"\n  \"x\": 1\n}", to: "holdfast.json")
        let error = try #require(
            #expect(throws: ConfigurationError.self) {
                try Settings.load(environment: ["HOLDFAST_CONFIG_DIR": scratch.path])
            })
        #expect("\(error)".contains("line 3, column 3"), "\(error)")
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
        environment["HOLDFAST_REDIS_URL"] = "rediss://joe:hunter2@one,two"
        let error = #expect(throws: ConfigurationError.self) { try Settings.load(environment: environment) }
        let text = "\(try #require(error))"
        #expect(text.contains("it names 2 hosts") && text.contains("redis[s]+sentinel://") && !text.contains("hunter2"))
    }

    /// A password lies in a file, and is read again; who needs the relay is told where it is.
    @Test func aPasswordIsReadFromItsFile() throws {
        let scratch = try Scratch()
        let file = try scratch.write("first\nnot this\n", to: "word")
        func settings(_ url: String) throws -> Settings {
            try scratch.write(
                #"{"redis": {"url": "\#(url)", "user": "joe", "password_file": "\#(file)"}}"#, to: "holdfast.json")
            return try Settings.load(environment: ["HOLDFAST_CONFIG_DIR": scratch.path])
        }
        unsafe chmod(file, 0o600)
        let direct = try settings("redis://:other@127.0.0.1:1")
        #expect(try direct.redisURL().password == "first" && direct.redisURL().user == "joe")
        #expect(direct.redisUpstream == nil && !direct.reachesRedisByCompanion)
        try scratch.write("second", to: "word")
        unsafe chmod(file, 0o600)
        #expect(try direct.redisURL().password == "second")
        let relayed = try settings("rediss://redis.example")
        let upstream = try #require(relayed.redisUpstream)
        #expect(try relayed.redisURL().endpoint == .unix(path: relayed.state.relaySocket(to: upstream)))
        #expect(try relayed.redisURL() != settings("rediss://other.example").redisURL())
        #expect(relayed.redisUpstream?.usesTLS == true && relayed.reachesRedisByCompanion)
        for (text, mode) in [("second", mode_t(0o644)), ("", 0o600), ("\n", 0o600)] {
            try scratch.write(text, to: "word")
            unsafe chmod(file, mode)
            let error = #expect(throws: ConfigurationError.self) { try direct.redisURL() }
            #expect("\(try #require(error))".contains("redis.password_file"))
        }
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
