import Domain
import Redis
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct ConversationTests {
    private let key: DispatchKey
    private static let hour = Registry.hour

    init() throws { key = try DispatchKey("coder/1") }

    /// A message said so many seconds before the registry's clock.
    private func said(
        _ id: String, _ registry: borrowing Registry, ago seconds: Int64 = 0,
        _ role: ConversationMessage.Role = .user, session: String? = nil, text: String? = nil
    ) -> ConversationMessage {
        ConversationMessage(
            id: id, role: role, milliseconds: registry.now - seconds * 1000,
            session: session.flatMap(SessionID.init(rawValue:)), text: text ?? "text \(id)")
    }

    private func add(
        _ messages: [ConversationMessage], _ registry: inout Registry, isCaptured: Bool = false,
        policy change: (inout ConversationPolicy) -> Void = { _ in }
    ) throws -> Int64 {
        var policy = ConversationPolicy()
        change(&policy)
        let addition = ConversationAddition(messages, to: key, policy, isCaptured: isCaptured)
        return try registry.connection.run(Conversations(keys: registry.keys).adding(addition), now: registry.now)
    }

    private func ids(_ registry: inout Registry) throws -> [String] {
        try registry.connection.ask(Conversations(keys: registry.keys).last(1000, of: key)).map(\.id)
    }

    @Test func keepsWhatWasSaidToTheLastField() throws {
        var registry = try Registry()
        let messages = [
            said("a", registry, ago: 9, session: "s", text: "say \"hi\"\n\u{1}é日🙂"),
            said("b", registry, ago: 8, .assistant, text: "hi"),
        ]
        #expect(try add(messages, &registry) == 2)
        #expect(try registry.connection.ask(Conversations(keys: registry.keys).last(9, of: key)) == messages)
        #expect(try registry.connection.ask(Conversations(keys: registry.keys).last(1, of: key)) == [messages[1]])
    }

    @Test func aMessageStandsThereOnceHoweverOftenItIsTold() throws {
        var registry = try Registry()
        let messages = (0..<5).map { said("m\($0)", registry, ago: Int64(9 - $0)) }
        #expect(try add(Array(messages[..<3]), &registry) == 3)
        #expect(try add(messages + messages, &registry) == 2)
        #expect(try add(messages, &registry) == 0)
        #expect(try ids(&registry) == messages.map(\.id))
    }

    @Test func standsInTheOrderOfTimeWhateverTheOrderOfTelling() throws {
        var registry = try Registry()
        #expect(try add([said("c", registry, ago: 3)], &registry) == 1)
        #expect(try add([said("a", registry, ago: 5), said("d", registry, ago: 1)], &registry) == 2)
        #expect(try add([said("b", registry, ago: 4), said("c2", registry, ago: 3)], &registry) == 2)
        #expect(try ids(&registry) == ["a", "b", "c", "c2", "d"], "of one moment in the order of telling")
    }

    @Test func keepsTheLastOnly() throws {
        var registry = try Registry()
        for index in 0..<40 { _ = try add([said("m\(index)", registry, ago: Int64(100 - index))], &registry) }
        #expect(try ids(&registry) == (10..<40).map { "m\($0)" })
        #expect(try add([said("old", registry, ago: 99)], &registry) == 0, "older than the oldest of a full list")
        #expect(try add([said("between", registry, ago: 70)], &registry) == 1)
        #expect(try ids(&registry).count == 30)
        #expect(try add([said("last", registry)], &registry, policy: { $0.maxMessages = 3 }) == 1)
        #expect(try ids(&registry) == ["m38", "m39", "last"], "of a list that was longer")
    }

    @Test func whatAnAgentSaysOnItsWayPushesNobodyOut() throws {
        var registry = try Registry()
        _ = try add([said("ask", registry, ago: 90, session: "s")], &registry)
        for index in 0..<40 {
            _ = try add([said("a\(index)", registry, ago: Int64(80 - index), .assistant, session: "s")], &registry)
        }
        #expect(try ids(&registry) == ["ask", "a37", "a38", "a39"])
        _ = try add([said("other", registry, ago: 5, .assistant, session: "t")], &registry)
        #expect(try ids(&registry).count == 5, "another session's words are another's")
        for index in 0..<6 { _ = try add([said("b\(index)", registry, .assistant)], &registry) }
        #expect(try ids(&registry).count == 11, "who keeps no session says what is to be kept")
    }

    @Test func expiresSomeTimeAfterTheLastMessage() throws {
        var registry = try Registry()
        func rest(_ registry: inout Registry) throws -> Int64 {
            try registry.connection.ask(PTTL(registry.keys.conversation(key))) ?? -1
        }
        #expect(try add([said("a", registry, ago: 3600)], &registry) == 1)
        #expect(try abs(rest(&registry) - 23 * Self.hour) < 60_000)
        #expect(try add([said("older", registry, ago: 7200)], &registry) == 1)
        #expect(try abs(rest(&registry) - 23 * Self.hour) < 60_000)
        #expect(try add([said("ahead", registry, ago: -9000)], &registry) == 1)
        #expect(try abs(rest(&registry) - 24 * Self.hour) < 60_000, "a clock that is ahead keeps nothing for ever")
        let old = said("old", registry, ago: 25 * 3600)
        #expect(try registry.connection.run(Conversations(keys: registry.keys).clearing(key, for: 1000)))
        #expect(try add([old], &registry) == 0)
        #expect(try !registry.connection.ask(EXISTS(registry.keys.conversation(key))))
        // One that goes on is taken as it is, however far it reaches back; a transcript's is not.
        #expect(try add([old, said("young", registry)], &registry) == 2)
        #expect(try add([said("other", registry, ago: 26 * 3600)], &registry, isCaptured: true) == 0)
        #expect(try ids(&registry) == ["old", "young"])
    }

    @Test func whatAHandLeftThereStopsNobody() throws {
        var registry = try Registry()
        let place = registry.keys.conversation(key)
        _ = try registry.connection.send(["SET", place, "text"])
        #expect(try ids(&registry) == [])
        #expect(try registry.connection.ask(Conversations(keys: registry.keys).summary(of: key)) == nil)
        #expect(try add([said("a", registry, ago: 2)], &registry) == 1)
        let junk = ["", "{}", "[", "7", #"{"id":7,"at":"x"}"#, #"{"id":"j","role":"user","at":"2026","text":""}"#]
        for text in junk { _ = try registry.connection.send(["LPUSH", place, text]) }
        #expect(try ids(&registry) == ["a"])
        #expect(try add([said("b", registry)], &registry) == 1)
        #expect(try registry.connection.send(["LLEN", place]).integer == 2)
        #expect(try ids(&registry) == ["a", "b"])
    }

    @Test func capturedWordsOfOthersAreLeftOut() throws {
        var registry = try Registry()
        try registry.bind("own", key)
        registry.pass(10)
        try registry.tell(.started, "nested", key) {
            $0.source = "startup"
            $0.outerSession = SessionID(rawValue: "own")
        }
        try registry.tell(.started, "other", DispatchKey("coder/2")) { $0.source = "startup" }
        let messages = ["own", "nested", "other", "unknown"].map { said($0, registry, session: $0) }
        #expect(try add(messages, &registry, isCaptured: true) == 2)
        #expect(try ids(&registry) == ["own", "unknown"])
        #expect(try add(messages, &registry) == 2, "by hand all are taken")
    }

    @Test func whatWasClearedDoesNotComeBack() throws {
        var registry = try Registry()
        try registry.bind("s", key)
        let late = said("late", registry, session: "s")
        // The client's clock may be ahead of the server's.
        let ahead = said("ahead", registry, ago: -60, session: "s"),
            others = said("others", registry, ago: 1, session: "t")
        registry.pass(10)
        try registry.tell(.cleared, "s", key) {
            $0.reason = "clear"
            $0.transcript = .found
        }
        registry.pass(10)
        #expect(try add([late, ahead, others], &registry, isCaptured: true) == 0)
        #expect(try add([said("new", registry, session: "u")], &registry, isCaptured: true) == 1)
    }

    @Test func listsWhatThereIs() throws {
        var registry = try Registry()
        let conversations = Conversations(keys: registry.keys)
        _ = try add([said("a", registry, ago: 60), said("b", registry, ago: 30)], &registry)
        for index in 0..<300 {
            let key = try DispatchKey("many/\(index)")
            let addition = ConversationAddition([said("m", registry)], to: key, ConversationPolicy(), isCaptured: false)
            _ = try registry.connection.run(conversations.adding(addition), now: registry.now)
        }
        let all = try registry.connection.summaries(conversations)
        #expect(all.count == 301)
        let first = try #require(all.first)
        #expect(first.dispatchKey == key && first.messages == 2)
        #expect(first.oldestMilliseconds == registry.now - 60_000 && first.newestMilliseconds == registry.now - 30_000)
        #expect(try #require(first.bytes) > 0)
        #expect(try #require(first.remainingMilliseconds) > 23 * Self.hour)
        #expect(try registry.connection.run(conversations.clearing(key, for: 1000)))
        #expect(try !registry.connection.run(conversations.clearing(key, for: 1000)))
        #expect(try registry.connection.ask(conversations.summary(of: key)) == nil)
    }
}
