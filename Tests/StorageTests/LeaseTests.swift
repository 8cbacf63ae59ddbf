import Domain
import Redis
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct LeaseTests {
    private let network = FailureClass(category: .network, isRetryable: true, countsAgainstCircuit: true)

    @Test func leasesWhatIsDueAndArchivedAndNothingElse() throws {
        var pool = try Pool()
        let first = try pool.push("one")
        let waiting = try pool.push("two", archived: false)
        let claim = try pool.claim(5)
        #expect(claim.leases.map(\.id) == [first])
        #expect(claim.leases.first?.content == "one")
        #expect(claim.leases.first?.dispatchKey?.rawValue == "coder/1")
        #expect(claim.passedOver == 1)
        #expect(try pool.ids(.leased) == [first])
        _ = try pool.run(pool.queue.markingArchived([waiting]))
        #expect(try pool.claim(5).leases.map(\.id) == [waiting])
    }

    @Test func saysWhenToComeBack() throws {
        var pool = try Pool()
        let id = try pool.push()
        let lease = try #require(try pool.claim().leases.first)
        #expect(try pool.claim().waitMilliseconds == 30_000, "the end of the lease that runs")
        _ = try pool.run(pool.queue.failing(lease, network, message: "", .retry(afterMilliseconds: 20_000)))
        #expect(try pool.claim().waitMilliseconds == 20_000)
        #expect(try pool.due(id) == pool.now + 20_000)
    }

    @Test func asksAgainAtOnceWhereMoreIsDue() throws {
        var pool = try Pool()
        for _ in 0..<3 { _ = try pool.push() }
        #expect(try pool.claim(2).waitMilliseconds == 0)
    }

    @Test func isFairBetweenKeysWhateverTheirBacklog() throws {
        var pool = try Pool()
        for _ in 0..<50 { _ = try pool.push(key: "busy/1") }
        pool.now += 1000
        _ = try pool.push(key: "quiet/1")
        _ = try pool.push(key: "calm/1")
        let batch = try pool.claim(4).leases.compactMap(\.dispatchKey?.rawValue)
        #expect(batch.sorted() == ["busy/1", "busy/1", "calm/1", "quiet/1"])
    }

    @Test func countsRunningLeasesWhereOneIsTakenAtATime() throws {
        var pool = try Pool()
        for _ in 0..<5 { _ = try pool.push(key: "busy/1") }
        pool.now += 1000
        _ = try pool.push(key: "quiet/1")
        #expect(try pool.claim(token: "t1").leases.compactMap(\.dispatchKey?.rawValue) == ["busy/1"])
        #expect(try pool.claim(token: "t2", held: 1).leases.compactMap(\.dispatchKey?.rawValue) == ["quiet/1"])
    }

    @Test func aLateWorkerCannotFinishAnothersRun() throws {
        var pool = try Pool()
        let id = try pool.push()
        let late = try #require(try pool.claim(by: "a", token: "a1").leases.first)
        pool.now += 30_001
        let taken = try #require(try pool.claim(by: "b", token: "b1").leases.first)
        #expect(taken.id == id)
        #expect(taken.attempts == 1)
        #expect(try pool.complete([late]) == [.lost])
        #expect(try pool.run(pool.queue.extending([late])) == [.lost])
        #expect(try pool.run(pool.queue.givingBack([late])) == [.lost])
        #expect(try pool.run(pool.queue.failing(late, network, message: "", .dead)) == .lost)
        #expect(try pool.ids(.leased) == [id])
        #expect(try pool.complete([taken]) == [.held])
        #expect(try pool.complete([taken]) == [.gone])
        #expect(try pool.ids(.done) == [id])
        #expect(try pool.fields(id).isEmpty)
    }

    @Test func aLeaseThatIsExtendedDoesNotRunOut() throws {
        var pool = try Pool()
        _ = try pool.push()
        let lease = try #require(try pool.claim().leases.first)
        for _ in 0..<5 {
            pool.now += 20_000
            #expect(try pool.run(pool.queue.extending([lease])) == [.held])
        }
        #expect(try pool.claim(by: "b").leases.isEmpty)
        #expect(try pool.fields(lease.id)["attempts"] == "0")
    }

    @Test func givingBackCountsAgainstNobody() throws {
        var pool = try Pool()
        let id = try pool.push()
        for round in 0..<6 {
            let lease = try #require(try pool.claim(token: "t\(round)").leases.first)
            #expect(try pool.run(pool.queue.givingBack([lease])) == [.held])
        }
        let fields = try pool.fields(id)
        #expect(fields["attempts"] == "0")
        #expect(fields["retry_count"] == "0")
        #expect(try pool.ids(.scheduled) == [id])
    }

    @Test func whatKillsItsWorkerGoesAloneAndThenDies() throws {
        var pool = try Pool()
        let poison = try pool.push("poison")
        for round in 0..<2 {
            #expect(try pool.claim(token: "p\(round)").leases.map(\.id) == [poison])
            pool.now += 30_001
        }
        var others: [EpisodeID] = []
        for _ in 0..<3 { others.append(try pool.push()) }
        // A companion that holds other leases leaves it alone.
        let claim = try pool.claim(10, token: "n", held: 1)
        #expect(Set(claim.leases.map(\.id)) == Set(others))
        #expect(claim.waitingAlone == 1)
        #expect(try pool.complete(claim.leases) == [.held, .held, .held])
        for round in 0..<3 {
            #expect(try pool.claim(10, token: "q\(round)").leases.map(\.id) == [poison])
            pool.now += 30_001
        }
        #expect(try pool.claim(10, token: "z").leases.isEmpty)
        #expect(try pool.ids(.dead) == [poison])
        let fields = try pool.fields(poison)
        #expect(fields["error_type"] == "crash")
        #expect(fields["attempts"] == "5")
        #expect(fields["content"] == "poison", "what it says is still there")
    }

    @Test func spendsRetriesOnlyWhereTheVerdictSaysSo() throws {
        var pool = try Pool()
        let id = try pool.push()
        let lease = try #require(try pool.claim(token: "1").leases.first)
        #expect(
            try pool.run(pool.queue.failing(lease, network, message: "m", .wait(afterMilliseconds: 5)))
                == .held)
        #expect(try pool.fields(id)["retry_count"] == "0")
        pool.now += 5
        let again = try #require(try pool.claim(token: "2").leases.first)
        _ = try pool.run(pool.queue.failing(again, network, message: "m", .dead))
        let fields = try pool.fields(id)
        #expect(fields["retry_count"] == "0", "what dies is not tried again")
        #expect(fields["cause"] == "provider")
        #expect(fields["error_message"] == "m")
        #expect(try pool.ids(.dead) == [id])
        #expect(try pool.run(pool.queue.retrying([id])) == [.scheduled])
        #expect(try pool.claim(token: "3").leases.first?.retryCount == 0)
    }

    @Test func releasesWhatFailedForTheProvidersSakeInPages() throws {
        var pool = try Pool()
        let filtered = FailureClass(category: .contentFilter, isRetryable: false, countsAgainstCircuit: false)
        for index in 0..<250 {
            _ = try pool.push("\(index)")
            let lease = try #require(try pool.claim(token: "t\(index)").leases.first)
            let verdict: RetryPolicy.Verdict = index < 20 ? .dead : .retry(afterMilliseconds: 300_000 + Int64(index))
            _ = try pool.run(
                pool.queue.failing(lease, index % 10 == 0 ? filtered : network, message: "", verdict))
        }
        var policy = RetryPolicy()
        policy.maximum = 5
        var released: Int64 = 0
        var next: Int64? = 0, delay: Int64 = 0
        while let offset = next {
            let page = try pool.run(
                pool.queue.releasing(
                    from: offset, delayMilliseconds: delay, paceMilliseconds: 10, policy: policy))
            (next, delay) = (page.nextOffset, page.delayMilliseconds)
            released += page.released
        }
        #expect(released == 225, "nine of ten; the others failed on their own account")
        #expect(try pool.ids(.dead).count == 2)
        pool.now += 10 * 225
        #expect(try pool.claim(100).leases.count == 100)
        // The dead ones came back with one retry left, and do not come back twice.
        let revived = try pool.ids(.scheduled).filter { try pool.fields($0)["revived"] == "1" }
        let leased = try pool.ids(.leased).filter { try pool.fields($0)["revived"] == "1" }
        #expect(revived.count + leased.count == 18)
    }

    @Test func aDeadLetterComesBackOnce() throws {
        var pool = try Pool()
        let id = try pool.push()
        let policy = RetryPolicy()
        for round in 0..<2 {
            let lease = try #require(try pool.claim(token: "t\(round)").leases.first)
            _ = try pool.run(pool.queue.failing(lease, network, message: "", .dead))
            let page = try pool.run(pool.queue.releasing(paceMilliseconds: 0, policy: policy))
            #expect(page.released == (round == 0 ? 1 : 0))
        }
        #expect(try pool.ids(.dead) == [id])
    }

    @Test func whatIsDiscardedWhileItIsWorkedOnNeverComesBack() throws {
        var pool = try Pool()
        let id = try pool.push()
        let lease = try #require(try pool.claim().leases.first)
        #expect(try pool.run(pool.queue.discarding(id)))
        #expect(try pool.complete([lease]) == [.discarded])
        #expect(try pool.run(pool.queue.extending([lease])) == [.discarded])
        #expect(try pool.run(pool.queue.failing(lease, network, message: "", .dead)) == .discarded)
        #expect(try pool.run(pool.queue.retrying([id])) == [.discarded])
        _ = try pool.run(pool.queue.reconciling([id]))
        #expect(try pool.claim(token: "u").leases.isEmpty)
        _ = try pool.run(pool.queue.markingArchived([id]))
        #expect(try pool.fields(id).isEmpty, "the archive has it")
    }

    @Test func evictsAndRestores() throws {
        var pool = try Pool()
        let archived = try pool.push("old"), fresh = try pool.push("new", archived: false)
        let record = try #require(try pool.record(archived))
        #expect(try pool.run(pool.queue.evicting([archived, fresh])) == [archived])
        #expect(try pool.ids(.scheduled) == [fresh])
        let episode = (id: archived, record: record)
        #expect(try pool.run(pool.queue.restoring([episode], limit: 1)) == [.full])
        #expect(try pool.run(pool.queue.restoring([episode, episode], limit: 5)) == [.restored, .there])
        let lease = try #require(try pool.claim().leases.first)
        #expect(lease.content == "old")
        _ = try pool.complete([lease])
        #expect(try pool.run(pool.queue.restoring([episode], limit: 5)) == [.done])
    }

    @Test func repairsWhatShouldNotBe() throws {
        var pool = try Pool()
        let stray = try pool.push(), hollow = try pool.push(), double = try pool.push(), sound = try pool.push()
        let keys = pool.queue.keys
        _ = try pool.connection.send(["ZREM", keys.schedule, stray.rawValue])
        _ = try pool.connection.send(["DEL", keys.episode(hollow)])
        _ = try pool.connection.send(["ZADD", keys.dead, "1", double.rawValue])
        let repaired = try pool.run(pool.queue.reconciling([stray, hollow, double, sound]))
        #expect(repaired == [stray, hollow, double])
        #expect(Set(try pool.ids(.scheduled)) == [stray, double, sound])
        #expect(try pool.ids(.dead).isEmpty)
        #expect(try pool.run(pool.queue.reconciling([stray, hollow, double, sound])).isEmpty)
    }

    @Test func putsCursorsBackButNeverBackwards() throws {
        var pool = try Pool()
        let file = FileID(host: "h", path: "/x")
        func restore(_ offset: Int64, _ generation: Int64) throws -> Bool {
            try pool.run(
                pool.queue.restoring(
                    Cursor(offset: offset, generation: generation, tailHash: "t"), of: file, path: "/x"))
        }
        #expect(try restore(10, 0))
        #expect(try !restore(10, 0))
        #expect(try !restore(5, 0))
        #expect(try restore(3, 1))
        #expect(try pool.connection.ask(pool.queue.cursor(of: file)) == Cursor(offset: 3, generation: 1, tailHash: "t"))
    }

    @Test func twentyCompanionsTakeEachEpisodeOnce() async throws {
        var pool = try Pool()
        var all: Set<EpisodeID> = []
        for index in 0..<40 { all.insert(try pool.push("\(index)")) }
        let queue = pool.queue, now = pool.now, server = try RedisServer.ofSuite()
        let taken = try await withThrowingTaskGroup(of: [EpisodeID].self) { group in
            for worker in 0..<20 {
                group.addTask {
                    var connection = try server.connect()
                    return try connection.run(
                        queue.claiming(3, owner: "\(worker)", token: "\(worker)", held: 0), now: now
                    )
                    .leases.map(\.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.count == 40)
        #expect(Set(taken) == all)
    }
}
