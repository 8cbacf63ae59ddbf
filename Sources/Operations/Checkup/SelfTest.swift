internal import Domain
internal import Glibc
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

extension Workplace {
    /// Records, looks up, resumes and drops a scratch session by way of the installed hook.
    /// - Parameter notice: told of what it could not clear away.
    package func testItself(notice: (String) -> Void) throws -> [Check] { try SelfTest(self).run(notice) }
}

/// Feeds a recorded session to the installed hook, in a namespace and a state folder of its own, and looks at each step.
private struct SelfTest {
    private let place: Workplace
    private let scratch: String
    private let settings: Settings
    private let hook: String
    private let session: SessionID
    private let key: DispatchKey

    init(_ place: Workplace) throws {
        self.place = place
        guard let hook = CompanionStarter.executable("holdfast-hook") else {
            throw Failure(.no, "holdfast-hook is neither beside holdfast nor on PATH; install Holdfast anew")
        }
        self.hook = hook
        let mark = Checksum.fnv1a("\(getpid()) \(HostClock.now())").hexadecimal
        scratch = "\(place.settings.state.path)/selftest-\(mark)"
        // The same form as a real one, and no real one.
        guard let session = SessionID(rawValue: "5e1f7e57-0000-4000-8000-\(mark.prefix(12))") else {
            throw Failure(.no, "no session ID")
        }
        self.session = session
        key = try DispatchKey("selftest/\(mark)")
        var environment = place.settings.environment
        for name in ["HOLDFAST_DISABLED", "HOLDFAST_OUTER_SESSION", "CLAUDE_ENV_FILE", "MAX_SESSION_AGE_MS"] {
            environment[name] = nil
        }
        environment["HOLDFAST_NAMESPACE"] = "holdfast-selftest-\(mark)"
        environment["HOLDFAST_STATE_DIR"] = scratch
        environment["HOLDFAST_CONFIG_DIR"] = scratch + "/config"
        environment["HOLDFAST_KEY"] = key.rawValue
        environment["CLAUDE_CONFIG_DIR"] = scratch + "/claude"
        environment["CLAUDE_PROJECT_DIR"] = scratch
        environment["CLAUDE_PID"] = String(getpid())
        // The companion's socket is another's for who has another state folder.
        environment["HOLDFAST_REDIS_URL"] =
            switch try place.settings.redisURL().endpoint {
            case .unix(let path): "unix:\(path)"
            case .tcp: place.settings.configuration.redisURL
            }
        // What the vault has would be put back in place of being dropped; how much room a disk must have is the user's to say.
        let room = place.settings.configuration.spoolMinFreeBytes, login = place.settings.configuration.redisLogin
        let ofRedis = JSONValue.object([
            "user": .string(login.user),
            "password_file": .string(place.settings.redisUpstream == nil ? login.passwordFile : ""),
        ]).text
        try Files.makeFolder(scratch + "/config")
        try Files.write(
            #"{"vault": {"enabled": false}, "spool": {"min_free_bytes": \#(room)}, "redis": \#(ofRedis)}"# + "\n",
            to: scratch + "/config/holdfast.json")
        settings = try Settings.load(environment: environment)
    }

    private var transcript: String {
        ClaudeCode().path(of: session, slug: "-selftest", in: scratch + "/claude")
    }

    func run(_ notice: (String) -> Void) throws -> [Check] {
        try settings.state.prepare()
        try Files.makeFolder(String(transcript[..<(transcript.lastIndex(of: "/") ?? transcript.endIndex)]))
        defer { removeAll(notice) }
        var checks = [try record()]
        if checks[0].outcome == .ok { checks += [try capture(), try lookUp(), try resume(), try drop()] }
        return checks
    }

    private func record() throws -> Check {
        let start = try feed(#""hook_event_name":"SessionStart","source":"startup""#)
        let lines = [
            #"{"type":"user","sessionId":"\#(session)","message":{"role":"user","content":"hello"}}"#,
            #"{"type":"assistant","sessionId":"\#(session)","message":{"role":"assistant","content":"hello"}}"#,
        ]
        try Files.write(lines.joined(separator: "\n") + "\n", to: transcript)
        let stop = try feed(#""hook_event_name":"Stop","stop_hook_active":false,"last_assistant_message":"hello""#)
        let end = try feed(#""hook_event_name":"SessionEnd","reason":"other""#)
        let bound = try binding()
        return check(
            "recorded", bound == session.rawValue, "hooks took \(start), \(stop) and \(end)",
            "the key is bound to \(bound ?? "nothing")")
    }

    /// The capturer is a child of the hook's and may take a moment.
    private func capture() throws -> Check {
        let queue = EpisodeQueue(keys: settings.poolKeys(host: try settings.state.host()))
        var connection = try place.connect()
        let clock = ContinuousClock()
        let begin = clock.now
        while clock.now - begin < .seconds(3), try connection.ask(queue.count) == 0 { usleep(2000) }
        let count = try connection.ask(queue.count)
        return check(
            "captured", count > 0, "the turn is an episode, after \(Self.milliseconds(clock.now - begin))",
            "no episode came of the turn\(lastWords)")
    }

    /// What the hooks logged last: their log goes with the rest. They log nothing where all went well for them.
    private var lastWords: String {
        guard let line = (try? Files.read(settings.state.hookLog))?.split(separator: "\n").last else { return "" }
        return "; logged last: \(line)"
    }

    private func lookUp() throws -> Check {
        let (result, time) = try timedLookup()
        return check(
            "looked up", result.resumable == session, "session \(session) in \(time)",
            "the verdict is \(result.verdict.rawValue)")
    }

    private func resume() throws -> Check {
        let time = try feed(#""hook_event_name":"SessionStart","source":"resume""#)
        _ = try feed(#""hook_event_name":"SessionEnd","reason":"other""#)
        var connection = try place.connect()
        let resumes = try connection.ask(SessionRegistry(keys: settings.keys).session(session))?.resumes ?? 0
        return check("resumed", resumes == 1, "hook took \(time)", "the session has \(resumes) resumes")
    }

    private func drop() throws -> Check {
        Files.remove(transcript)
        let (result, time) = try timedLookup()
        let bound = try binding()
        let isRight = result.verdict == .missing && bound == nil
        return check(
            "dropped", isRight, "transcript deleted, lookup took \(time)", "the verdict is \(result.verdict.rawValue)")
    }

    private func check(_ name: String, _ isRight: Bool, _ finding: String, _ trouble: String) -> Check {
        isRight
            ? Check(outcome: .ok, name: name, finding: finding)
            : Check(
                outcome: .fail, name: name, finding: trouble,
                remedy: "see \(place.settings.state.hookLog) and 'holdfast doctor'")
    }

    /// Runs the hook as Claude Code does. Answers its time.
    private func feed(_ fields: String) throws -> String {
        let payload =
            #"{"session_id":"\#(session)","transcript_path":"\#(transcript)","cwd":"\#(scratch)",\#(fields)}"# + "\n"
        let clock = ContinuousClock()
        let begin = clock.now
        guard let result = Program.run([hook], environment: settings.environment, input: payload, patience: .seconds(5))
        else {
            throw Failure(.no, "cannot run \(hook); install Holdfast anew")
        }
        guard result.exitCode == 0 else { throw Failure(.no, "\(hook) exits \(result.exitCode); a hook must exit 0") }
        return Self.milliseconds(clock.now - begin)
    }

    private func timedLookup() throws -> (SessionLookup.Result, String) {
        let clock = ContinuousClock()
        let begin = clock.now
        var connection = try place.connect()
        let result = try SessionLookup(key: key, settings: settings, host: try settings.state.host()).run(
            over: &connection)
        return (result, Self.milliseconds(clock.now - begin))
    }

    private func binding() throws -> String? {
        var connection = try place.connect()
        return try connection.ask(SessionRegistry(keys: settings.keys).binding(key))?.sessionID?.rawValue
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let microseconds = duration.components.attoseconds / 1_000_000_000_000 + duration.components.seconds * 1_000_000
        let tenths = (microseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10) ms"
    }

    /// Waits for the capturers to be done, then leaves nothing behind.
    private func removeAll(_ notice: (String) -> Void) {
        let end = ContinuousClock().now + .seconds(3)
        while ContinuousClock().now < end, !Spool(folder: settings.state.spool).names().isEmpty { usleep(10_000) }
        do {
            var connection = try place.connect()
            try connection.removeAll(of: settings.keys)
        } catch {
            notice("the keys of \(settings.keys.prefix) are left behind: \(error)")
        }
        // A capturer that ends only now writes what it did last.
        repeat {
            Files.removeFolder(scratch)
        } while Files.exists(scratch) && usleep(10_000) == 0
            && ContinuousClock().now < end
    }
}
