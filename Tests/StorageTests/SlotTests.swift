import Domain
import Redis
import Storage
import Testing

/// What touches which slot of a cluster can be asked of every value, and no query or script touches two.
@Suite struct SlotTests {
    private let registry = SessionRegistry(keys: Keys())
    private let queue = EpisodeQueue(keys: Keys().pool("box"))

    /// Examples of the cluster specification and of `CLUSTER KEYSLOT`.
    @Test(arguments: [
        ("123456789", 12739), ("{user1000}.following", 3443), ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015),
        ("foo{bar}{zap}", 5061), ("", 0),
    ])
    func computesSlots(name: String, slot: Int) {
        #expect(Int(RedisKey(name).slot) == slot)
    }

    @Test func aQueryStaysInItsSlot() throws {
        let session = try #require(SessionID(rawValue: "s")), key = try DispatchKey("coder/1")
        let id = try #require(EpisodeID(rawValue: "00112233445566778899aabbccddeeff"))
        let ofRegistry: [any RedisQuery] = [
            registry.session(session), registry.sessions([session, session]), registry.binding(key),
            registry.bindings([key]), registry.exists(session), registry.heartbeat(of: "h"), registry.usedLast(0..<9),
            registry.open(9), registry.count, registry.companionHosts, registry.overview(now: 1), registry.counters,
            registry.details(hosts: ["h"], sessions: [session], providers: [try #require(ProviderID("none:0011aabb"))]),
        ]
        let conversations = Conversations(keys: Keys())
        let ofConversations: [any RedisQuery] = [
            conversations.last(9, of: key), conversations.summary(of: key), conversations.carriable(9, of: key),
        ]
        for query in ofRegistry + ofConversations { #expect(query.slots == [Keys().sessions.slot]) }
        let file = FileID(host: "h", path: "/p")
        let ofPool: [any RedisQuery] = [
            queue.episode(id), queue.episodes([id, id]), queue.exist([id]), queue.unarchived(9), queue.dueLast(9),
            queue.ids(.dead, 0..<9), queue.timed(.leased, 0..<9), queue.failedLast(0..<9), queue.failedCount,
            queue.count, queue.state(of: id), queue.cursor(of: file), queue.cursors(of: [file, file]),
            queue.tokensSpent(on: "2026-01-01"), queue.archiveID, queue.archiveOwner, queue.forgettingDone([id]),
            queue.overview(now: 1), queue.failedEpisodes([id]), queue.counters,
        ]
        for query in ofPool { #expect(query.slots == [queue.keys.schedule.slot]) }
    }

    @Test func aScriptStaysInItsSlot() throws {
        let session = try #require(SessionID(rawValue: "s")), key = try DispatchKey("coder/1")
        let now = Moment(wallMilliseconds: 1, bootID: "b", bootMilliseconds: 1)
        for kind in SessionNews.Kind.allCases {
            let news = SessionNews(kind, of: session, key: key, at: now, host: "h", maxSessionAgeMilliseconds: 1)
            #expect(Set(registry.telling(news, at: now).keys.map(\.slot)) == [Keys().sessions.slot])
        }
        let look = registry.lookingUp(key, maxAgeMilliseconds: 1, host: "h", at: now)
        #expect(Set(look.keys.map(\.slot)).count == 1)
        let addition = ConversationAddition([], to: key, ConversationPolicy(), isCaptured: true)
        let letting = Conversations(keys: Keys()).lettingCarry(key, from: session, .failed, host: "h")
        #expect(letting.keys.map(\.slot) == [Keys().sessions.slot])
        let clearing = Conversations(keys: Keys()).clearing(key, for: 1)
        #expect(clearing.keys.map(\.slot) == [Keys().sessions.slot])
        #expect(Conversations(keys: Keys()).adding(addition).keys.map(\.slot) == [Keys().sessions.slot])
        let forgetting = registry.forgetting(session, of: [key], host: "h", maxAgeMilliseconds: 1, at: now)
        #expect(Set(forgetting.keys.map(\.slot)) == [Keys().sessions.slot])
        let id = try #require(EpisodeID(rawValue: "00112233445566778899aabbccddeeff"))
        #expect(Set(queue.forgettingEpisodes([id]).keys.map(\.slot)) == [queue.keys.schedule.slot])
        #expect(
            Set(queue.shortening(id, from: "", to: "", entries: 0).keys.map(\.slot)) == [queue.keys.schedule.slot])
    }
}
