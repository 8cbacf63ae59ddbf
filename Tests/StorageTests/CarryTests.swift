import Domain
import Redis
import Storage
import TestSupport
import Testing

/// Who takes a conversation over, and when.
@Suite(.redisServer) struct CarryTests {
    private let key: DispatchKey

    init() throws { key = try DispatchKey("coder/1") }

    /// A key whose session said something.
    private func registry(_ session: String = "s") throws -> Registry {
        var registry = try Registry()
        try registry.bind(session, key)
        try say("hello", session, &registry)
        registry.pass(10)
        return registry
    }

    private func say(_ text: String, _ session: String, _ registry: inout Registry, ago milliseconds: Int64 = 0) throws
    {
        let message = ConversationMessage(
            id: text, role: .user, milliseconds: registry.now - milliseconds, session: SessionID(rawValue: session),
            text: text)
        let addition = ConversationAddition([message], to: key, ConversationPolicy(), isCaptured: true)
        _ = try registry.connection.run(Conversations(keys: registry.keys).adding(addition), now: registry.now)
    }

    /// Starts a session that asks for what was said.
    private func start(
        _ session: String, _ registry: inout Registry, limit: Int64? = 20,
        _ change: (inout SessionNews) -> Void = { _ in }
    ) throws -> CarryOver? {
        registry.pass(10)
        let news = registry.news(.started, session, key) {
            $0.source = "startup"
            $0.process = ClientProcess(pid: 200, startTicks: 9)
            change(&$0)
        }
        let telling = registry.registry.telling(news, at: registry.moment, carryLimit: limit)
        return try registry.connection.run(telling, now: registry.now)?.carryOver
    }

    private func drop(_ session: String, _ reason: DropReason, _ registry: inout Registry) throws {
        let news = registry.news(.dropped, session, key) { $0.reason = reason.rawValue }
        _ = try registry.connection.run(
            registry.registry.dropping(news, at: registry.moment), now: registry.now)
    }

    private func carried(_ reason: String, _ registry: inout Registry) throws -> Int64 {
        try registry.counter("claude_session_carry_overs_total{reason=\"\(reason)\"}")
    }

    @Test func theFirstFreshStartTakesItAndNoOther() throws {
        var registry = try registry()
        #expect(try start("other", &registry) == nil, "nothing says that s cannot be resumed")
        try drop("s", .missing, &registry)
        let found = registry.now
        let carryOver = try #require(try start("t", &registry))
        #expect(carryOver.reason == .missing && carryOver.session?.rawValue == "s")
        #expect(carryOver.milliseconds == found)
        #expect(carryOver.messages.map(\.text) == ["hello"])
        #expect(try carried("missing", &registry) == 1)
        #expect(try start("u", &registry) == nil)
        #expect(try carried("missing", &registry) == 1)
    }

    @Test func oneThatExpiredIsTakenOver() throws {
        var registry = try registry()
        registry.pass(2 * Registry.hour)
        #expect(try registry.lookUp(key, maxAge: Registry.hour).expired != nil)
        #expect(try start("t", &registry)?.reason == .expired)

        registry = try self.registry()
        registry.pass(2 * Registry.hour)
        let ages = SessionAges(standardMilliseconds: Registry.hour)
        let now = registry.now
        #expect(try registry.connection.sweep(registry.registry, ages: ages, host: "h", now: now).count == 1)
        #expect(try start("t", &registry)?.reason == .expired)
    }

    @Test func oneThatFailedIsTakenOver() throws {
        var registry = try registry()
        try registry.tell(.resumeFailed, "s", key)
        #expect(try start("t", &registry)?.reason == .failed)
    }

    @Test func oneThatTheKeyKeepsIsTakenOverWhereSomebodySaysSo() throws {
        var registry = try registry()
        let conversations = Conversations(keys: registry.keys)
        let session = try #require(SessionID(rawValue: "s"))
        #expect(
            try registry.connection.run(
                conversations.lettingCarry(key, from: session, .retired, host: "h"), now: registry.now))
        let record = try #require(try registry.connection.ask(conversations.carriable(9, of: key)).carry)
        #expect(record.reason == .retired && record.sessionID == session && record.milliseconds == registry.now)
        #expect(CarryRecord(fields: record.fields) == record)
        #expect(Set(record.fields.keys) == Set(CarryRecord.Field.allCases.map(\.rawValue)))
        #expect(try start("t", &registry)?.reason == .retired)
        let silent = try DispatchKey("coder/silent")
        let letting = conversations.lettingCarry(silent, from: session, .retired, host: "h")
        #expect(try !registry.connection.run(letting, now: registry.now), "there is nothing to carry")
        #expect(try !registry.connection.ask(EXISTS(registry.keys.carry(silent))))
    }

    @Test(arguments: ["resume", "job"]) func aResumeHasTheWordsAlready(source: String) throws {
        var registry = try registry()
        try drop("s", .missing, &registry)
        #expect(try start("s", &registry) { $0.source = source } == nil)
        #expect(try start("t", &registry) == nil, "it goes on in the session that was resumed")
    }

    @Test(arguments: ["fork", "compact", "clear"]) func othersLeaveItAlone(source: String) throws {
        var registry = try registry()
        try drop("s", .missing, &registry)
        #expect(try start("f", &registry) { $0.source = source } == nil)
        #expect(try start("t", &registry) != nil)
    }

    @Test func aNestedClientLeavesItAlone() throws {
        var registry = try registry()
        try registry.bind("holder", key)
        let session = try #require(SessionID(rawValue: "s"))
        let letting = Conversations(keys: registry.keys).lettingCarry(key, from: session, .retired, host: "h")
        #expect(try registry.connection.run(letting, now: registry.now))
        #expect(try start("n", &registry) { $0.outerSession = SessionID(rawValue: "holder") } == nil)
        #expect(try start("t", &registry) != nil)
    }

    @Test func whoDoesNotWantItUsesItUpAllTheSame() throws {
        var registry = try registry()
        try drop("s", .missing, &registry)
        #expect(try start("t", &registry, limit: nil) == nil)
        #expect(try start("u", &registry) == nil)
        #expect(try carried("missing", &registry) == 0)
    }

    @Test func aStartThatIsToldLateUsesUpWhatWasThereThen() throws {
        var registry = try registry()
        registry.pass(10)
        let early = registry.news(.started, "t", key) { $0.source = "startup" }
        registry.pass(1000)
        try drop("s", .missing, &registry)
        registry.pass(10)
        let late = registry.news(.started, "u", key) { $0.source = "startup" }
        registry.pass(1000)
        try registry.tell(early)
        #expect(try registry.connection.ask(EXISTS(registry.keys.carry(key))), "that start was before")
        try registry.tell(late)
        #expect(try !registry.connection.ask(EXISTS(registry.keys.carry(key))))
    }

    @Test func whatSomebodyDroppedIsNotCarried() throws {
        var registry = try registry()
        let session = try #require(SessionID(rawValue: "s"))
        let letting = Conversations(keys: registry.keys).lettingCarry(key, from: session, .retired, host: "h")
        #expect(try registry.connection.run(letting, now: registry.now))
        registry.pass(10)
        try drop("s", .manual, &registry)
        #expect(try start("t", &registry) == nil)
    }

    @Test func nothingIsCarriedAfterAClear() throws {
        var registry = try registry()
        let conversations = Conversations(keys: registry.keys)
        let session = try #require(SessionID(rawValue: "s"))
        _ = try registry.connection.run(
            conversations.lettingCarry(key, from: session, .retired, host: "h"), now: registry.now)
        registry.pass(10)
        let clear = registry.news(.cleared, "s", key) {
            $0.reason = "clear"
            $0.transcript = .found
        }
        registry.pass(1000)
        // What is said in the session that follows stands there when the clearing is told late.
        try say("new", "t", &registry)
        try registry.tell(clear)
        #expect(try registry.connection.ask(conversations.last(9, of: key)).map(\.text) == ["new"])
        #expect(try !registry.connection.ask(EXISTS(registry.keys.carry(key))))
        #expect(try start("u", &registry) == nil)
    }

    @Test func aStartThatCameToNothingLeavesItToTheNext() throws {
        var registry = try registry()
        try drop("s", .missing, &registry)
        #expect(try start("t", &registry) != nil)
        registry.pass(10)
        try registry.tell(.ended, "t", key) {
            $0.process = ClientProcess(pid: 200, startTicks: 9)
            $0.transcript = .absent
            $0.reason = "other"
        }
        let carryOver = try #require(try start("u", &registry))
        #expect(carryOver.reason == .missing && carryOver.session?.rawValue == "s")
        #expect(try start("v", &registry) == nil)
    }

    @Test func expiresWithTheConversation() throws {
        var registry = try Registry()
        try registry.bind("s", key)
        registry.pass(10)
        try say("long ago", "s", &registry, ago: 2 * Registry.hour)
        try drop("s", .missing, &registry)
        let rests = try [registry.keys.carry(key), registry.keys.conversation(key)].map {
            try registry.connection.ask(PTTL($0)) ?? -1
        }
        #expect(rests[1] > 0 && rests[1] < 23 * Registry.hour && abs(rests[0] - rests[1]) < 60_000)
        try say("later", "t", &registry)
        #expect(try registry.connection.ask(PTTL(registry.keys.carry(key))) ?? -1 > 23 * Registry.hour)
    }

    @Test func whatAHandLeftThereStopsNobody() throws {
        var registry = try registry()
        _ = try registry.connection.send(["SADD", registry.keys.carry(key), "x"])
        #expect(try start("t", &registry) == nil)
        _ = try registry.connection.send(["DEL", registry.keys.conversation(key)])
        _ = try registry.connection.send(["SET", registry.keys.conversation(key), "x", "PX", "100000"])
        try registry.bind("v", key)
        registry.pass(10)
        try drop("v", .missing, &registry)
        #expect(try registry.connection.ask(EXISTS(registry.keys.carry(key))))
        #expect(try start("u", &registry) == nil)
        #expect(try registry.record("u")["state"] == "idle")
    }

    @Test func noMoreMessagesThanAreAskedFor() throws {
        var registry = try registry()
        for index in 0..<9 {
            registry.pass(10)
            try say("m\(index)", "s", &registry)
        }
        registry.pass(10)
        try drop("s", .missing, &registry)
        #expect(try start("t", &registry, limit: 3)?.messages.map(\.text) == ["m6", "m7", "m8"])
    }

    @Test func whatIsNoLongerAtHandIsShownBeforeTheConversation() throws {
        var registry = try Registry()
        try registry.bind("s", key)
        let conversations = Conversations(keys: registry.keys), policy = ConversationPolicy()
        let session = try #require(SessionID(rawValue: "s"))
        let old = (1...3).map {
            ConversationMessage(id: "old\($0)", role: .user, milliseconds: $0, session: session, text: "old \($0)")
        }
        let letting = { conversations.lettingCarry(self.key, from: session, .expired, host: "h", showing: $0, policy) }
        #expect(try !registry.connection.run(letting([]), now: registry.now), "nothing was said")
        #expect(try registry.connection.run(letting(old), now: registry.now))
        let words = registry.keys.carryMessages(key)
        #expect(try registry.connection.ask(PTTL(words)) ?? 0 > policy.timeoutMilliseconds - 10_000)
        try say("new", "s", &registry)
        #expect(
            try registry.connection.ask(conversations.carriable(2, of: key)).messages.map(\.text) == ["old 3", "new"])
        #expect(try start("t", &registry, limit: 3)?.messages.map(\.text) == ["old 2", "old 3", "new"])
        // That start came to nothing: its key has it still to do.
        registry.pass(10)
        try registry.tell(.ended, "t", key) {
            $0.process = ClientProcess(pid: 200, startTicks: 9)
            $0.transcript = .absent
            $0.reason = "other"
        }
        #expect(try start("u", &registry)?.messages.count == 4)
        #expect(try start("v", &registry) == nil)
    }

    @Test func whatSomebodyEndedByHandDoesNotComeBackLate() throws {
        var registry = try registry()
        let conversations = Conversations(keys: registry.keys)
        let session = try #require(SessionID(rawValue: "s"))
        let old = ConversationMessage(id: "o", role: .user, milliseconds: 1, session: session, text: "old")
        _ = try registry.connection.run(
            conversations.lettingCarry(key, from: session, .expired, host: "h", showing: [old]), now: registry.now)
        let clearing = conversations.clearing(key, for: 1000)
        #expect(try registry.connection.run(clearing, now: registry.now))
        let left = try registry.connection.ask(conversations.carriable(9, of: key))
        #expect(left.carry == nil && left.messages.isEmpty && left.clearedMilliseconds == registry.now)
        try say("late", "s", &registry, ago: 5)
        #expect(try registry.connection.ask(conversations.last(9, of: key)).isEmpty)
        registry.pass(10)
        try say("new", "s", &registry)
        #expect(try registry.connection.ask(conversations.last(9, of: key)).map(\.text) == ["new"])
        #expect(try !registry.connection.run(conversations.clearing(DispatchKey("coder/none"), for: 1000)))
    }
}
