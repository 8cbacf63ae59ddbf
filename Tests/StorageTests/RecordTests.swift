import Domain
import Redis
import Storage
import TestSupport
import Testing

/// Every field that a script writes into a hash is read by the hash's record, and the other way round.
@Suite(.redisServer) struct RecordTests {
    private let network = FailureClass(category: .network, isRetryable: true, countsAgainstCircuit: true)

    /// The names of all fields that were seen in a hash while something went on with it.
    private func names(_ key: RedisKey, _ connection: inout RedisConnection) throws -> Set<String> {
        Set(try connection.ask(HGETALL(key)).keys)
    }

    private func all<Field: CaseIterable & RawRepresentable<String>>(_: Field.Type) -> Set<String> {
        Set(Field.allCases.map(\.rawValue))
    }

    @Test func readsWhatIsWrittenOfASession() throws {
        var registry = try Registry()
        let key = try DispatchKey("coder/1"), session = try #require(SessionID(rawValue: "s"))
        try registry.tell(.started, "s", key) {
            $0.source = "startup"
            $0.model = "opus"
            $0.cwd = "/p"
            $0.configDirectory = "/c"
        }
        registry.pass(10)
        try registry.tell(.stopped, "s", key) {
            $0.transcript = .found
            $0.transcriptPath = "/c/projects/p/s.jsonl"
            $0.projectsFolder = "1:2"
        }
        registry.pass(10)
        try registry.tell(.stopped, "s", key) { $0.failure = "too_long" }
        registry.pass(10)
        try registry.tell(.started, "s", key) { $0.source = "resume" }
        registry.pass(10)
        try registry.tell(.ended, "s", key) {
            $0.reason = "other"
            $0.transcript = .found
        }
        var seen = try names(registry.keys.session(session), &registry.connection)
        let bound = try names(registry.keys.binding(key), &registry.connection)
        registry.pass(10)
        try registry.tell(.started, "t", key) { $0.source = "startup" }
        let both = try names(registry.keys.binding(key), &registry.connection)
        registry.pass(10)
        try registry.tell(.resumeFailed, "s", key)
        let message = ConversationMessage(id: "m", role: .user, milliseconds: registry.now, text: "hello")
        let addition = ConversationAddition([message], to: key, ConversationPolicy(), isCaptured: false)
        let conversations = Conversations(keys: registry.keys), now = registry.now
        _ = try registry.connection.run(conversations.adding(addition), now: now)
        let letting = conversations.lettingCarry(key, from: session, .retired, host: "h")
        #expect(try registry.connection.run(letting, now: now))
        let fresh = registry.news(.started, "u", key) { $0.source = "startup" }
        let telling = registry.registry.telling(fresh, at: registry.moment, carryLimit: 9)
        #expect(try registry.connection.run(telling, now: now)?.carryOver != nil)
        let other = try #require(SessionID(rawValue: "u"))
        seen.formUnion(try names(registry.keys.session(other), &registry.connection))
        let carried = try #require(try registry.connection.ask(registry.registry.session(other)))
        #expect(carried.carriedReason == .retired && carried.carriedFrom == session)
        #expect(SessionRecord(fields: carried.fields) == carried)
        seen.formUnion(try names(registry.keys.session(session), &registry.connection))

        #expect(seen == all(SessionRecord.Field.self))
        #expect(bound.union(both) == all(BindingRecord.Field.self))
        let record = try #require(try registry.connection.ask(registry.registry.session(session)))
        #expect(SessionRecord(fields: record.fields) == record)
        #expect(Set(record.fields.keys) == (try names(registry.keys.session(session), &registry.connection)))
        #expect(record.process == ClientProcess(pid: 100, startTicks: 7), "that of the last start")
        #expect(record.turns == 2 && record.resumes == 1)
        #expect(record.isRetired(after: 1) && !record.isRetired(after: 2) && !record.isRetired(after: 0))
    }

    @Test func readsWhatIsWrittenOfAnEpisode() throws {
        var pool = try Pool()
        var seen: Set<String> = []
        func look(_ pool: inout Pool, _ id: EpisodeID) throws { seen.formUnion(try pool.fields(id).keys) }
        let id = try pool.push()
        try look(&pool, id)
        var lease = try #require(try pool.claim().leases.first)
        try look(&pool, id)
        _ = try pool.run(pool.queue.failing(lease, network, message: "away", .dead))
        try look(&pool, id)
        let dead = try #require(try pool.record(id))
        #expect(dead.cause == .provider && dead.errorMessage == "away" && dead.failedMilliseconds == pool.now)
        #expect(EpisodeRecord(fields: dead.fields) == dead)
        _ = try pool.run(pool.queue.releasing(paceMilliseconds: 0, policy: RetryPolicy()))
        try look(&pool, id)
        #expect(try pool.record(id)?.isRevived == true)
        pool.now += 10
        lease = try #require(try pool.claim(token: "u").leases.first)
        #expect(try pool.run(pool.queue.discarding(id)))
        try look(&pool, id)
        let discarded = try #require(try pool.record(id))
        #expect(discarded.discardedMilliseconds == pool.now, "not the time of its capture")

        let agents = try pool.push(agent: "helper")
        try look(&pool, agents)
        #expect(seen == all(EpisodeRecord.Field.self))
    }

    @Test func readsWhatIsWrittenOfAFile() throws {
        var pool = try Pool()
        _ = try pool.push()
        let file = FileID(host: "h", path: "/1.jsonl")
        #expect(try names(pool.queue.keys.cursor(file), &pool.connection) == all(CursorRecord.Field.self))
        let cursor = try pool.connection.ask(pool.queue.cursor(of: file))
        #expect(cursor == Cursor(offset: 100, generation: 0, tailHash: "t"))
    }

    @Test func readsWhatIsWrittenOfAnArchive() throws {
        var pool = try Pool()
        var claim = ArchiveClaim("f1", owner: "box:1:2")
        claim.episodes = 9
        _ = try pool.run(pool.queue.owningArchive(claim))
        #expect(try pool.run(pool.queue.givingArchive("f2")) == "box:1:2")
        claim.episodes = 7
        _ = try pool.run(pool.queue.owningArchive(claim))
        let less = try names(pool.queue.keys.archiveEpoch, &pool.connection)
        _ = try pool.run(pool.queue.leavingArchive(as: "box:1:2"))
        #expect(try pool.run(pool.queue.givingArchive("f2")) == nil)
        let written = try names(pool.queue.keys.archiveEpoch, &pool.connection)
        #expect(written.union(less) == all(ArchiveEpochRecord.Field.self))
        let epoch = try #require(try pool.connection.ask(pool.queue.archiveEpoch))
        #expect(epoch.renewals == 2 && epoch.milliseconds == pool.now && epoch.episodes == 0 && epoch.byHand == "f2")
        #expect(epoch.host == "box" && ArchiveEpochRecord(fields: epoch.fields) == epoch)
    }

    @Test func readsWhatIsWrittenOfACompanion() throws {
        var registry = try Registry()
        var report = CompanionReport()
        report.role = .owner
        report.leases = 3
        report.lastClaimAt = "2026-01-01T00:00:00.000Z"
        report.archive.episodes = 4
        report.archive.memories = 5
        report.archive.withoutMemory = 6
        report.archive.damaged = 15
        report.archive.bytes = 7
        report.archive.error = "locked"
        report.archive.countedMilliseconds = 8
        report.archiveStanding = "it is on another host"
        report.dashboardError = "the port is taken"
        report.archive.backlog = 10
        report.archive.oldestBacklogMilliseconds = 9
        report.transcriptsEndangered = 11
        report.providerError = "no key"
        report.providerErrorMilliseconds = 12
        report.vaultError = "the disk is full"
        report.vaultErrorMilliseconds = 16
        report.ledger = LedgerSums(
            milliseconds: 1, transcripts: 2, bytes: 3, captured: 4, pending: 5, excluded: 6, missing: 7)
        report.sinks = [SinkFigures(name: "graph", circuit: .halfOpen)]
        report.unservedPools = [UnservedPool(name: "build-7", episodes: 13, unarchived: 14)]
        _ = try registry.connection.run(
            Beat(registry.keys, host: "h", pid: 7, version: "1", startedMilliseconds: 8, report: report))
        let written = try names(registry.keys.companion("h"), &registry.connection)
        #expect(written == all(HeartbeatRecord.Field.self).union(all(CompanionReport.Field.self)))
        #expect(try names(registry.keys.schema, &registry.connection) == all(SchemaRecord.Field.self))
        let beat = try #require(try registry.connection.ask(registry.registry.heartbeat(of: "h")))
        #expect(beat.pid == 7 && beat.startedMilliseconds == 8)
        #expect(beat.report == report)
        // What is left at its default is not seen to come back.
        let blank = CompanionReport().fields
        #expect(report.fields.allSatisfy { $0.value != blank[$0.key] })
    }

    @Test func readsWhatIsWrittenOfACircuit() throws {
        var registry = try Registry()
        let provider = try #require(ProviderID("anthropic:0011aabb"))
        let store = CircuitStore(keys: registry.keys, provider: provider)
        _ = try registry.connection.decide(store, by: "h") { circuit, now in ((), circuit.force(open: true, at: now)) }
        let written = try names(registry.keys.circuit(provider), &registry.connection)
        #expect(written == all(CircuitRecord.Field.self))
        let entries = try registry.connection.ask(XREVRANGE(registry.keys.circuitChanges, count: 1))
        #expect(entries.first.map { Set($0.fields.keys) } == all(CircuitChangeRecord.Field.self))
    }

    @Test func readsWhatIsWrittenOfADay() throws {
        var pool = try Pool()
        let id = try pool.push()
        _ = try pool.push()
        for lease in try pool.claim(2).leases {
            if lease.id == id {
                _ = try pool.complete([lease])
            } else {
                _ = try pool.run(pool.queue.failing(lease, network, message: "", .dead))
            }
        }
        _ = try pool.run(pool.queue.spending(agent: "coder", input: 2, output: 3, microDollars: 7))
        let key = pool.queue.keys.day(DayRecord.name(of: pool.now))
        let fields = try pool.connection.ask(HGETALL(key))
        let whole = Set(fields.keys.filter { !$0.contains(":") })
        #expect(whole == all(DayRecord.Field.self))
        let day = DayRecord(fields: fields)
        #expect(day.captured == 2 && day.completed == 1 && day.failed == 1 && day.failures == 1)
        #expect(day.tokens == 5)
        // The pool's clock stands at eight in the morning.
        #expect(day.capturedByHour[8] == 2 && day.completedByHour[8] == 1 && day.failuresByHour[8] == 1)
        #expect(Set(DayRecord.names(hours: [8])).isSubset(of: fields.keys))
    }

    @Test func readsWhatIsWrittenOfAnEvent() throws {
        var pool = try Pool()
        _ = try pool.push()
        let entries = try pool.connection.ask(XREVRANGE(pool.queue.keys.events, count: 10))
        let names = entries.reduce(into: Set<String>()) { $0.formUnion($1.fields.keys) }
        #expect(names == all(EventRecord.Field.self))
    }

    @Test func whatAHandMangledCountsAsAbsent() {
        let record = EpisodeRecord(fields: ["bytes_from": "x", "bytes_to": "-4", "retry_count": "many", "cause": "?"])
        #expect(record.bytes == 0..<0 && record.retryCount == 0 && record.cause == nil)
        #expect(SessionRecord(fields: ["state": "asleep", "pid": "x", "dispatch_key": "a\u{1}b"]) == SessionRecord())
    }
}
