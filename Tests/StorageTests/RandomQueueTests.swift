import Domain
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Random sequences of everything that can be done to a queue, by several companions, with a clock that runs and jumps
/// forwards. After each step the invariants hold.
@Suite(.redisServer) struct RandomQueueTests {
    private static var steps: Int { Settings.processEnvironment["HOLDFAST_FULL"] == "1" ? 60_000 : 10_000 }

    /// What a companion believes to hold.
    private struct Worker {
        var leases: [Lease] = []
    }

    @Test func keepsEveryEpisodeInExactlyOnePlace() throws {
        var pool = try Pool()
        var random = SeededRandom(seed: 4)
        var workers = Array(repeating: Worker(), count: 3)
        /// All that were pushed and are neither completed nor discarded.
        var alive: Set<EpisodeID> = []
        var ended: Set<EpisodeID> = []
        var kept: [EpisodeID: (id: EpisodeID, record: EpisodeRecord)] = [:]
        var evicted: Set<EpisodeID> = []
        let failures = FailureCategory.allCases.map {
            FailureClass(category: $0, isRetryable: Bool.random(using: &random), countsAgainstCircuit: true)
        }
        for step in 0..<Self.steps {
            pool.now += Int64.random(in: 0...2000, using: &random)
            let index = Int.random(in: 0..<3, using: &random)
            switch Int.random(in: 0..<14, using: &random) {
            case 0...2:
                guard alive.count < 60 else { continue }
                let id = try pool.push(
                    "\(step)", key: "agent\(step % 5)/1", archived: Bool.random(using: &random))
                alive.insert(id)
            case 3, 4:
                let claim = try pool.claim(
                    Int.random(in: 1...4, using: &random), by: "w\(index)", token: "t\(step)",
                    held: workers[index].leases.count)
                #expect(claim.leases.allSatisfy { alive.contains($0.id) && !evicted.contains($0.id) }, "step \(step)")
                let lonely = claim.leases.filter { $0.attempts >= 2 }
                #expect(lonely.isEmpty || claim.leases.count == 1 && workers[index].leases.isEmpty, "step \(step)")
                workers[index].leases += claim.leases
            case 5, 6:
                guard let lease = workers[index].leases.popLast() else { continue }
                let state = try pool.complete([lease])[0]
                #expect(state != .held || alive.contains(lease.id), "step \(step)")
                if state == .held {
                    alive.remove(lease.id)
                    ended.insert(lease.id)
                }
            case 7:
                guard let lease = workers[index].leases.popLast(),
                    let failure = failures.randomElement(using: &random)
                else { continue }
                let verdict = RetryPolicy().verdict(
                    for: failure, retryCount: lease.retryCount, random: Double.random(in: 0..<1, using: &random))
                _ = try pool.run(pool.queue.failing(lease, failure, message: "", verdict))
            case 8: _ = try pool.run(pool.queue.givingBack(workers[index].leases))
            case 9: _ = try pool.run(pool.queue.extending(workers[index].leases))
            case 10:
                guard let id = alive.randomElement(using: &random), !evicted.contains(id) else { continue }
                if step % 4 == 0 {
                    if try pool.run(pool.queue.discarding(id)) {
                        alive.remove(id)
                        ended.insert(id)
                    }
                } else {
                    _ = try pool.run(pool.queue.retrying([id]))
                }
            case 11:
                _ = try pool.run(
                    pool.queue.releasing(paceMilliseconds: 5, policy: RetryPolicy()))
                let waiting = try pool.connection.send(["ZRANGE", pool.queue.keys.unarchived, "0", "-1"]).array ?? []
                _ = try pool.run(
                    pool.queue.markingArchived(waiting.compactMap { $0.text.flatMap(EpisodeID.init) }))
            case 12:
                // Time enough for every lease to run out: a companion was killed.
                workers[index].leases = []
                if step % 3 == 0 { pool.now += 31_000 }
            default:
                if let id = evicted.randomElement(using: &random), let episode = kept[id] {
                    #expect(try pool.run(pool.queue.restoring([episode], limit: 10_000)) == [.restored])
                    evicted.remove(id)
                } else if let id = alive.randomElement(using: &random) {
                    kept[id] = try pool.record(id).map { (id, $0) }
                    if try pool.run(pool.queue.evicting([id])) == [id] { evicted.insert(id) }
                }
            }
            if step % 10 == 0 { try check(&pool, alive, ended, evicted, step) }
        }
        #expect(ended.count > Self.steps / 50, "the sequence did something: \(ended.count)")
    }

    private func check(
        _ pool: inout Pool, _ alive: Set<EpisodeID>, _ ended: Set<EpisodeID>, _ evicted: Set<EpisodeID>, _ step: Int
    ) throws {
        let sets = try [EpisodeQueue.State.scheduled, .leased, .dead].map { try pool.ids($0) }
        let placed = sets.flatMap { $0 }
        #expect(placed.count == Set(placed).count, "step \(step): an episode in two sets")
        #expect(Set(placed) == alive.subtracting(evicted), "step \(step): one is lost, or came back")
        #expect(ended.isDisjoint(with: placed), "step \(step)")
        let failed = try Set(pool.ids(at: pool.queue.keys.failed))
        let pending = try Set(pool.ids(at: pool.queue.keys.pending))
        #expect(
            pending == Set(sets[0] + sets[1]),
            "step \(step): what waits is not what the index says")
        #expect(failed.isSuperset(of: sets[2]), "step \(step): a dead letter that is not among the failed")
        #expect(failed.isSubset(of: placed), "step \(step): one that is gone is among the failed")
        for id in sets[1] {
            #expect(try pool.fields(id)["lease_token"]?.isEmpty == false, "step \(step): a lease without a token")
        }
        for id in sets[0] + sets[2] {
            #expect(try pool.fields(id)["lease_token"] == nil, "step \(step): a token without a lease")
        }
    }
}
