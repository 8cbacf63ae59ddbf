import Domain
import Redis
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct SessionRegistryTests {
    private let key: DispatchKey
    private let drops = { (reason: String) in "claude_session_drops_total{reason=\"\(reason)\"}" }

    init() throws { key = try DispatchKey("coder/1") }

    // MARK: - Age and failure

    /// `claude --resume ID` by hand names no key: the session stays its key's, with the age that is allowed there.
    @Test func aSessionContinuedByHandKeepsItsKeyAndAge() throws {
        var registry = try Registry()
        let key = try DispatchKey("coder/1"), folder = try DispatchKey("dir:/p")
        let week = 7 * 24 * Registry.hour
        try registry.tell(
            registry.news(.started, "s", key) {
                $0.source = "startup"; $0.maxSessionAgeMilliseconds = week
            })
        try registry.tell(
            registry.news(.stopped, "s", key) {
                $0.transcript = .found; $0.maxSessionAgeMilliseconds = week
            })
        let binding = registry.keys.binding(key)
        let before = try #require(try registry.connection.send(["PTTL", binding.name]).integer)
        registry.pass(Registry.hour)
        try registry.tell(
            registry.news(.started, "s", folder) {
                $0.source = "resume"; $0.transcript = .found
            })
        let standing = try registry.tell(registry.news(.stopped, "s", folder) { $0.transcript = .found })
        #expect(standing?.bound == nil, "the folder has no session of its own")
        let id = try #require(SessionID(rawValue: "s"))
        #expect(try registry.connection.ask(registry.registry.binding(key))?.sessionID == id)
        #expect(try registry.connection.ask(registry.registry.binding(folder)) == nil)
        let record = try #require(try registry.connection.ask(registry.registry.session(id)))
        #expect(record.dispatchKey == key && record.resumes == 1)
        #expect(record.lastUsedMilliseconds == registry.now)
        let after = try #require(try registry.connection.send(["PTTL", binding.name]).integer)
        // Redis' own clock stood still meanwhile.
        #expect(
            (before - 60_000..<before + 2 * Registry.hour).contains(after),
            "a week from its last use: \(after) \(before)")
        // One that the key has no more is the folder's.
        _ = try registry.connection.send(["DEL", binding.name])
        registry.pass(Registry.hour)
        try registry.tell(registry.news(.stopped, "s", folder) { $0.transcript = .found })
        #expect(try registry.connection.ask(registry.registry.session(id))?.dispatchKey == folder)
    }

    @Test func answersNothingForASessionLastUsed25HoursAgoAndRemovesTheRow() throws {
        var registry = try Registry()
        try registry.bind("old", key)
        registry.pass(25 * Registry.hour)
        let answer = try registry.lookUp(key)
        #expect(answer.expired?.rawValue == "old")
        #expect(answer.binding == BindingRecord())
        #expect(try !registry.exists(key))
        #expect(try registry.counter(drops("expired")) == 1)
    }

    @Test func aSessionIsBoundByWhateverKeyHasIt() throws {
        var registry = try Registry()
        let other = try DispatchKey("coder/2")
        try registry.bind("one", key)
        registry.pass(10)
        try registry.bind("one", other)
        registry.pass(10)
        try registry.bind("two", other)
        let one = try #require(SessionID(rawValue: "one")), two = try #require(SessionID(rawValue: "two"))
        #expect(try registry.connection.boundSessions(registry.registry) == [one, two])
        for index in 0..<1200 { try registry.bind("s\(index)", DispatchKey("coder/s\(index)")) }
        #expect(try registry.connection.boundSessions(registry.registry).count == 1202)
    }

    @Test func answersTheIDOfASessionLastUsedAnHourAgo() throws {
        var registry = try Registry()
        try registry.bind("young", key)
        registry.pass(Registry.hour)
        #expect(try registry.lookUp(key).binding.sessionID?.rawValue == "young")
    }

    /// One that a person or a dispatch puts back is wanted, whatever was cleared before; but a note of that, told late, does not
    /// bring back what was cleared since.
    @Test(arguments: [false, true]) func whatWasPutBackIsTheKeysUnlessItWasClearedSince(isLate: Bool) throws {
        var registry = try Registry()
        try registry.bind("s", key)
        registry.pass(10)
        let change = { (news: inout SessionNews) in
            news.transcript = .found
            news.reason = RestoreOutcome.whole.rawValue
        }
        let early = registry.news(.restored, "s", key, change)
        let other = registry.news(.stopped, "t", key) { $0.transcript = .found }
        registry.pass(10)
        try registry.tell(.cleared, "s", key)
        registry.pass(10)
        #expect(try registry.bound(key) == nil)
        try registry.tell(isLate ? early : registry.news(.restored, "s", key, change))
        #expect(try registry.bound(key) == (isLate ? nil : "s"))
        guard isLate else { return }
        try registry.tell(other)
        #expect(try registry.bound(key) == nil, "other news of before it was cleared is as late")
    }

    @Test func removesTheRowAfterAResumeFailure() throws {
        var registry = try Registry()
        try registry.bind("gone", key)
        registry.pass(10)
        try registry.tell(.resumeFailed, "gone", key)
        #expect(try !registry.exists(key))
        #expect(try registry.counter("claude_session_resume_failures_total") == 1)
        #expect(try registry.counter(drops("failed")) == 1)
        // Told again, by the hook or a note, it counts no more.
        registry.pass(10)
        try registry.tell(.resumeFailed, "gone", key)
        #expect(try registry.counter("claude_session_resume_failures_total") == 1)
    }

    @Test func sweepsAllThatWasUnusedForTooLongWhateverItsPage() throws {
        var registry = try Registry()
        for index in 0..<230 { try registry.bind("old\(index)", DispatchKey("coder/old\(index)")) }
        registry.pass(20 * Registry.hour)
        for index in 0..<30 { try registry.bind("young\(index)", DispatchKey("coder/young\(index)")) }
        try registry.bind("patient", DispatchKey("patient/1"))
        registry.pass(5 * Registry.hour)
        let ages = SessionAges(
            standardMilliseconds: 24 * Registry.hour, byAgentMilliseconds: ["patient": 3 * Registry.hour])
        let now = registry.now
        let dropped = try registry.connection.sweep(
            registry.registry, ages: ages, host: Registry.host, now: now)
        #expect(dropped.count == 231)
        #expect(dropped.contains { $0.rawValue == "patient" })
        #expect(try registry.counter(drops("swept")) == 231)
        #expect(try registry.bound(DispatchKey("coder/young7")) == "young7")
        #expect(
            try registry.connection.sweep(registry.registry, ages: ages, host: Registry.host, now: now)
                == [])
    }

    @Test func aSweepHonoursAnAgeThatWasRaised() throws {
        var registry = try Registry()
        try registry.bind("s", key)
        let week = SessionAges(standardMilliseconds: 7 * 24 * Registry.hour)
        let now = registry.now
        _ = try registry.connection.sweep(registry.registry, ages: week, host: Registry.host, now: now)
        for (name, days) in [(registry.keys.binding(key).name, 8), (registry.keys.prefix + "session:s", 14)] {
            let left = try registry.connection.send(["PTTL", name]).integer ?? 0
            #expect(abs(left - Int64(days) * 24 * Registry.hour) < 60_000)
        }
    }

    @Test func countsAgeFromLastUseAndNeverFromCreation() throws {
        var registry = try Registry()
        try registry.bind("busy", key)
        for _ in 0..<10 {
            registry.pass(20 * Registry.hour)
            try registry.tell(.prompted, "busy", key)
        }
        #expect(try registry.lookUp(key).binding.sessionID?.rawValue == "busy")
    }

    @Test func givesEveryKeyAnEnd() throws {
        var registry = try Registry()
        try registry.bind("one", key)
        try registry.tell(.started, "two", key) { $0.source = "startup" }
        registry.pass(5)
        try registry.tell(.cleared, "one", key) { $0.transcript = .found }
        try registry.bind("two", key)
        for name in [
            registry.keys.binding(key).name, registry.keys.prefix + "session:one", registry.keys.prefix + "session:two",
            registry.keys.cleared(key).name,
        ] {
            #expect(try registry.connection.send(["PTTL", name]).integer ?? 0 > 0, "\(name) is immortal")
        }
        let left = try registry.connection.send(["PTTL", registry.keys.binding(key)]).integer ?? 0
        #expect(abs(left - 48 * Registry.hour) < 60_000)
    }

    // MARK: - Binding and candidate

    @Test func aStartMakesNoMoreThanACandidate() throws {
        var registry = try Registry()
        try registry.bind("good", key)
        registry.pass(10)
        try registry.tell(.started, "new", key) { $0.source = "startup" }
        #expect(try registry.bound(key) == "good")
        #expect(try registry.lookUp(key).candidate.state == .idle)
        registry.pass(10)
        try registry.tell(.ended, "new", key) { $0.transcript = .absent }
        #expect(try registry.bound(key) == "good")
        #expect(try registry.connection.send(["HGET", registry.keys.binding(key), "candidate_id"]) == .null)
        // It started itself and quit: nobody tried to resume it.
        #expect(try registry.counter("claude_session_resume_failures_total") == 0)
    }

    @Test func aCandidateWhoseTranscriptIsFoundIsBound() throws {
        var registry = try Registry()
        try registry.bind("good", key)
        registry.pass(10)
        try registry.tell(.started, "killed", key) { $0.source = "startup" }
        registry.pass(10)
        let settled = registry.news(.worked, "killed", key) { $0.transcript = .found }
        let standing = try registry.connection.run(registry.registry.settling(settled), now: registry.now)
        #expect(standing.bound?.rawValue == "killed")
        #expect(try registry.record("killed")["turns"] == nil)
    }

    @Test func aResumedSessionIsBoundAtOnce() throws {
        var registry = try Registry()
        try registry.bind("first", key)
        registry.pass(10)
        let standing = try registry.tell(.started, "second", key) { $0.source = "resume" }
        #expect(standing?.bound?.rawValue == "second")
        #expect(try registry.record("second")["resumes"] == "1")
    }

    @Test func aForkBindsOnlyWhereTheKeyHasNothingUntilItIsResumed() throws {
        var registry = try Registry()
        try registry.bind("good", key)
        registry.pass(10)
        try registry.tell(.started, "fork", key) { $0.source = "fork" }
        registry.pass(10)
        try registry.tell(.stopped, "fork", key) { $0.transcript = .found }
        #expect(try registry.bound(key) == "good")
        let empty = try DispatchKey("coder/empty")
        try registry.tell(.stopped, "fork2", empty) {
            $0.source = "fork"
            $0.transcript = .found
        }
        #expect(try registry.bound(empty) == "fork2")
        registry.pass(10)
        try registry.tell(.started, "fork", key) { $0.source = "resume" }
        #expect(try registry.bound(key) == "fork")
    }

    @Test func anIDThatWasNeverStartedIsAForkOfWhatItsProcessResumed() throws {
        var registry = try Registry()
        try registry.bind("parent", key)
        registry.pass(10)
        let client = ClientProcess(pid: 500, startTicks: 5)
        try registry.tell(.started, "parent", key) {
            $0.source = "resume"
            $0.process = client
        }
        for kind in [SessionNews.Kind.prompted, .stopped, .ended] {
            registry.pass(10)
            try registry.tell(kind, "fork", key) {
                $0.transcript = .found
                $0.process = client
            }
        }
        #expect(try registry.bound(key) == "parent")
        #expect(try registry.record("fork")["source"] == "fork?")
    }

    @Test func aSilentForkReplacesAParentThatItsOwnProcessBroughtToTheKey() throws {
        var registry = try Registry()
        let client = ClientProcess(pid: 500, startTicks: 5)
        try registry.tell(.started, "parent", key) {
            $0.source = "resume"
            $0.process = client
        }
        #expect(try registry.bound(key) == "parent")
        registry.pass(10)
        try registry.tell(.stopped, "fork", key) {
            $0.transcript = .found
            $0.process = client
        }
        #expect(try registry.bound(key) == "fork")
    }

    @Test func clearUnbindsAtOnceAndTheNextSessionIsBoundAfterItsFirstTurn() throws {
        var registry = try Registry()
        try registry.bind("old", key)
        registry.pass(10)
        try registry.tell(.cleared, "old", key) { $0.transcript = .found }
        #expect(try !registry.exists(key))
        registry.pass(10)
        try registry.tell(.started, "new", key) { $0.source = "clear" }
        #expect(try registry.bound(key) == nil)
        registry.pass(10)
        try registry.tell(.stopped, "new", key) { $0.transcript = .found }
        #expect(try registry.bound(key) == "new")
        #expect(try registry.counter(drops("cleared")) == 1)
    }

    @Test func aNestedClientLeavesTheBindingAlone() throws {
        var registry = try Registry()
        try registry.bind("outer", key)
        registry.pass(10)
        let outer = SessionID(rawValue: "outer")
        for kind in [SessionNews.Kind.started, .stopped, .ended, .cleared] {
            try registry.tell(kind, "inner", key) {
                $0.source = "startup"
                $0.transcript = .found
                $0.outerSession = outer
                $0.process = ClientProcess(pid: 200, startTicks: 9)
            }
            registry.pass(10)
        }
        #expect(try registry.bound(key) == "outer")
        // Without the variable the outer client is found among the ancestors.
        try registry.tell(.stopped, "inner2", key) {
            $0.transcript = .found
            $0.process = ClientProcess(pid: 300, startTicks: 9)
            $0.ancestors = [ClientProcess(pid: 250, startTicks: 8), ClientProcess(pid: 100, startTicks: 7)]
        }
        #expect(try registry.bound(key) == "outer")
        // Under another key it is a session like any other: an orchestrator may run inside one.
        let other = try DispatchKey("coder/other")
        try registry.tell(.stopped, "inner3", other) {
            $0.transcript = .found
            $0.outerSession = outer
        }
        #expect(try registry.bound(other) == "inner3")
    }

    @Test func anEndWithoutAStartAndWithoutATranscriptIsAFailedResume() throws {
        var registry = try Registry()
        try registry.bind("dead", key)
        registry.pass(10)
        let stranger = ClientProcess(pid: 999, startTicks: 9)
        // Pending notes of its start, or a transcript somewhere, speak against it.
        try registry.tell(.ended, "dead", key) {
            $0.transcript = .absent
            $0.process = stranger
            $0.startIsNotPending = false
        }
        #expect(try registry.bound(key) == "dead")
        registry.pass(10)
        try registry.tell(.ended, "dead", key) {
            $0.transcript = .absent
            $0.process = stranger
        }
        #expect(try !registry.exists(key))
        #expect(try registry.counter("claude_session_resume_failures_total") == 1)
        // The random ID an old client sends means nothing and leaves nothing.
        try registry.tell(.ended, "random", key) {
            $0.transcript = .absent
            $0.process = stranger
        }
        #expect(try registry.record("random").isEmpty)
    }

    /// Whatever a look at the disk said, and under whatever folder it was: nothing of it is believed but the refusal.
    @Test(arguments: [SessionNews.Presence.found, .unknown])
    func anEndWithoutAStartSaysNoMoreThanThatItWasRefused(transcript: SessionNews.Presence) throws {
        var registry = try Registry()
        try registry.bind("here", key)
        let stranger = ClientProcess(pid: 999, startTicks: 9)
        func refuse(_ registry: inout Registry) throws {
            registry.pass(10)
            try registry.tell(.ended, "here", key) {
                $0.transcript = transcript
                $0.process = stranger
                $0.cwd = "/elsewhere"
                $0.transcriptPath = "/c/projects/-elsewhere/here.jsonl"
            }
        }
        // Its own process may live and be what the client shrank from: not even a refusal is counted.
        let before = try registry.record("here")
        try refuse(&registry)
        var meanwhile = try registry.record("here")
        #expect(meanwhile["refusals"] == nil && meanwhile["refused_in"] == "/elsewhere", "who tried it hears of it")
        for name in meanwhile.keys where name.hasPrefix("refused_") { meanwhile[name] = nil }
        #expect(meanwhile == before)
        registry.pass(10)
        try registry.tell(.ended, "here", key) { $0.transcript = .found }
        let ended = try registry.record("here")
        try refuse(&registry)
        var refused = try registry.record("here")
        #expect(refused["refusals"] == "1" && refused["refused_in"] == "/elsewhere")
        for name in ended.keys where !name.hasPrefix("refused_") { #expect(refused[name] == ended[name], "\(name)") }
        #expect(try registry.bound(key) == "here")
        // The caller's report of the same attempt counts no second time.
        registry.pass(10)
        try registry.tell(.resumeFailed, "here", key) { $0.isKept = true }
        refused = try registry.record("here")
        #expect(refused["refusals"] == "1" && refused["refused_by"] == "caller")
        #expect(try registry.counter("claude_session_resume_failures_total") == 1)
        // A use in between begins the row anew; the second in a row drops it.
        registry.pass(10)
        try registry.tell(.started, "here", key) { $0.source = "resume" }
        #expect(try registry.record("here")["refusals"] == nil)
        registry.pass(10)
        try registry.tell(.ended, "here", key) { $0.transcript = .found }
        for _ in 0..<2 { try refuse(&registry) }
        #expect(try registry.bound(key) == nil)
        #expect(try registry.counter("claude_session_resume_failures_total") == 3)
    }

    @Test func countsFailuresOfOneClassInARowOnceEach() throws {
        var registry = try Registry()
        try registry.bind("s", key)
        func stop(_ failure: String?) throws -> [String?] {
            registry.pass(10)
            let news = registry.news(.stopped, "s", key) {
                $0.transcript = .found
                $0.failure = failure
            }
            // Hook and capturer tell the same.
            for _ in 0..<2 { try registry.tell(news) }
            let record = try registry.record("s")
            return [record["failure"], record["failures"]]
        }
        #expect(try stop("image") == ["image", "1"])
        #expect(try stop("passing") == ["image", "1"], "an overload in between changes nothing")
        #expect(try stop("image") == ["image", "2"])
        #expect(try stop("too_long") == ["too_long", "1"])
        #expect(try stop(nil) == [nil, nil])
        #expect(try registry.bound(key) == "s", "kept")
    }

    @Test func knowsAUsageLimitByItsAccountUntilItEndsOrAnswersComeAgain() throws {
        var registry = try Registry()
        try registry.bind("s", key)
        func limit(_ credential: String) throws -> Int64? {
            try registry.connection.run(
                registry.registry.lookingUp(
                    key, maxAgeMilliseconds: 1 << 40, host: Registry.host, at: registry.moment, peek: true,
                    credential: credential), now: registry.now
            ).limitedUntilMilliseconds
        }
        func stop(until end: Int64?, failure: String?) throws {
            registry.pass(10)
            try registry.tell(.stopped, "s", key) {
                $0.credential = "a"
                $0.failure = failure
                $0.limitedUntilMilliseconds = end
            }
        }
        let end = registry.now + Registry.hour
        try stop(until: end, failure: "passing")
        #expect(try limit("a") == end && limit("b") == nil)
        try stop(until: nil, failure: "passing")
        #expect(try limit("a") == end)
        registry.now = end
        #expect(try limit("a") == nil)
        try stop(until: end + Registry.hour, failure: "passing")
        #expect(try limit("a") == end + Registry.hour)
        try stop(until: nil, failure: nil)
        #expect(try limit("a") == nil, "an answer ends it")
    }

    @Test func keepsWhatExistsAndSaysSo() throws {
        var registry = try Registry()
        try registry.bind("here", key)
        registry.pass(10)
        try registry.tell(.resumeFailed, "here", key) { $0.isKept = true }
        #expect(try registry.bound(key) == "here")
        #expect(try registry.counter("claude_session_resume_failures_total") == 1)
    }

    @Test func comparesTheSessionItMeans() throws {
        var registry = try Registry()
        try registry.bind("now", key)
        registry.pass(10)
        try registry.tell(.resumeFailed, "before", key)
        try registry.tell(.dropped, "before", key) { $0.reason = "missing" }
        #expect(try registry.bound(key) == "now")
        try registry.tell(.dropped, "now", key) { $0.reason = "missing" }
        #expect(try registry.bound(key) == nil)
        #expect(try registry.counter("claude_session_resumes_saved_total") == 1)
    }

    @Test func tellsPeopleTheTime() throws {
        var registry = try Registry()
        registry.now = 1_709_210_096_789
        try registry.bind("s", key)
        #expect(try registry.record("s")["started_at"] == "2024-02-29T12:34:56.789Z")
        #expect(try registry.record("s")["last_used_at"] == ISOTime.text(registry.now))
    }

    // MARK: - Out of memory, locks

    @Test func canEmptyItselfWhenTheServerIsAtItsMemoryLimit() async throws {
        try await RedisServer.run { [key] server in
            try RedisServer.$current.withValue(server) {
                var registry = try Registry()
                try registry.bind("s", key)
                registry.pass(10)
                _ = try registry.connection.send(["CONFIG", "SET", "maxmemory", "1"])
                #expect(throws: RedisError.self) { try registry.tell(.stopped, "s", key) }
                try registry.tell(.cleared, "s", key)
                #expect(try !registry.exists(key))
                _ = try registry.lookUp(key)
            }
        }
    }

    @Test func oneHostHoldsALockAndADeadOwnerOfItsOwnHostLosesIt() throws {
        var registry = try Registry()
        func lock(_ host: String, _ pid: Int32, boot: String = "b1", namespace: String = "1") -> DispatchLock {
            DispatchLock(
                registry.keys.lock(key),
                owner: LockOwner(
                    host: host, space: ProcessSpace(bootID: boot, namespace: namespace, machine: "m"),
                    process: ClientProcess(pid: pid, startTicks: 1)))
        }
        let first = lock("a", 1), second = lock("b", 1), heir = lock("a", 2, namespace: "2")
        let otherBoot = lock("a", 1, boot: "b2")
        #expect(try registry.connection.run(first.take()) == nil)
        #expect(try registry.connection.run(first.take()) == nil)
        #expect(try registry.connection.run(second.take()) == "a:b1/1/m:1:1")
        #expect(
            try registry.connection.run(otherBoot.take()) == "a:b1/1/m:1:1",
            "a file lock of a common home proves little")
        #expect(try registry.connection.run(heir.take(from: heir.owner.text)) == "a:b1/1/m:1:1", "without a file lock")
        #expect(try registry.connection.run(heir.take()) == nil)
        #expect(try !registry.connection.run(first.release))
        #expect(try registry.connection.run(heir.release))
        #expect(try registry.connection.run(second.take()) == nil)
        #expect(LockOwner(first.owner.text) == first.owner)
        #expect(
            !LockOwner.mayLive("x") && !LockOwner.mayLive("OK")
                && !LockOwner.mayLive(String(repeating: "a:1", count: 999)))
        #expect(LockOwner.mayLive("old:1:1") && LockOwner.mayLive(first.owner.text), "what cannot be seen is believed")
    }
}
