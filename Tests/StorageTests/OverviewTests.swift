import Domain
import Platform
import Redis
import Storage
import TestSupport
import Testing

/// The read model's queries, asked of a queue and a registry with one of each kind in them.
@Suite(.redisServer) struct OverviewTests {
    private let network = FailureClass(category: .network, isRetryable: true, countsAgainstCircuit: true)

    @Test func tellsHowAQueueStands() throws {
        var pool = try Pool()
        let done = try pool.push("done"), dead = try pool.push("dead"), failed = try pool.push("failed")
        for lease in try pool.claim(3).leases {
            switch lease.id {
            case done: _ = try pool.complete([lease])
            case dead: _ = try pool.run(pool.queue.failing(lease, network, message: "gone", .dead))
            default:
                _ = try pool.run(
                    pool.queue.failing(lease, network, message: "away", .retry(afterMilliseconds: 700_000)))
            }
        }
        pool.now += 5000
        let fresh = try pool.push("fresh", archived: false), due = try pool.push("due")
        let queue = pool.queue
        let overview = try pool.connection.ask(queue.overview(now: pool.now))
        #expect(overview.scheduled == 3 && overview.leased == 0 && overview.dead == 1 && overview.failed == 2)
        #expect(overview.unarchived == 1 && overview.oldestUnarchived == pool.now)
        #expect(overview.lastDone == pool.now - 5000 && overview.oldestDead == pool.now - 5000)
        #expect(overview.oldestPending == pool.now - 5000, "what failed and is tried again is no memory yet")
        #expect(overview.today.captured == 5 && overview.today.completed == 1 && overview.today.capturedByHour[8] == 5)
        #expect(overview.yesterday == DayRecord())
        #expect(Set(overview.next.map(\.member)) == Set([failed, fresh, due].map(\.rawValue)))

        let intervals = DueCounts.Intervals(from: pool.now, count: 3, length: 600_000)
        let query = queue.details(after: overview, due: intervals, failures: 10)
        #expect(query.slots == [queue.keys.schedule.slot])
        let details = try pool.connection.ask(query)
        #expect(details.nextRetry == pool.now - 5000 + 700_000)
        #expect(details.oldestFailure == pool.now - 5000)
        #expect(details.leasedRetries == 0)
        #expect(details.due.now == 2 && details.due.byInterval == [0, 1, 0] && details.due.later == 0)
        let told = Dictionary(uniqueKeysWithValues: details.failures.compactMap { $0 }.map { ($0.id, $0) })
        #expect(told[dead]?.isDead == true && told[dead]?.dueMilliseconds == nil)
        #expect(told[failed]?.isDead == false && told[failed]?.record.errorMessage == "away")
        #expect(told[failed]?.record.content == nil, "what it says is not asked for")
    }

    @Test func tellsHowAnEmptyQueueStands() throws {
        var pool = try Pool()
        let overview = try pool.connection.ask(pool.queue.overview(now: pool.now))
        #expect(overview.oldestPending == nil && overview.archiveOwner == nil && overview.today == DayRecord())
        let intervals = DueCounts.Intervals(from: pool.now, count: 2, length: 1000)
        let query = pool.queue.details(after: overview, due: intervals, failures: 10)
        #expect(query.requests.isEmpty, "there is nothing more to ask")
        #expect(try pool.connection.ask(query).nextRetry == nil)
    }

    /// Whether it is counted from what is known, as of a short schedule, or by the server, as of a long one.
    @Test(arguments: [1, 99, 100, 101, 130])
    func countsWhatBecomesDueTheSameWay(scheduled: Int) throws {
        var pool = try Pool()
        let keys = pool.queue.keys
        let times = (0..<scheduled).map { pool.now + Int64($0 * 37 % 80 - 20) * 100 }
        for (index, time) in times.enumerated() {
            _ = try pool.connection.send(["ZADD", keys.schedule, "\(time)", "episode-\(index)"])
        }
        let intervals = DueCounts.Intervals(from: pool.now, count: 4, length: 1000)
        let query = pool.queue.details(
            after: try pool.connection.ask(pool.queue.overview(now: pool.now)), due: intervals, failures: 10)
        let due = try pool.connection.ask(query).due
        #expect(due == DueCounts(of: times, in: intervals))
        #expect(due.now == Int64(times.count { $0 <= pool.now }))
        #expect(due.byInterval[1] == Int64(times.count { $0 > pool.now + 1000 && $0 <= pool.now + 2000 }))
        #expect(due.now + due.byInterval.reduce(0, +) + due.later == Int64(scheduled))
    }

    @Test func tellsHowTheRegistryStands() throws {
        var registry = try Registry()
        let key = try DispatchKey("coder/1"), session = try #require(SessionID(rawValue: "s"))
        try registry.bind("s", key)
        _ = try registry.connection.run(
            Beat(registry.keys, host: "h", pid: 7, version: "1", startedMilliseconds: 8), now: registry.now)
        let overview = try registry.connection.ask(registry.registry.overview(now: registry.now))
        #expect(overview.recorded == 1 && overview.bound == 1 && overview.resumable == 1)
        #expect(overview.open == [session])
        #expect(overview.companions.map(\.host) == ["h"])
        #expect(!overview.server.version.isEmpty && overview.serverMilliseconds > 0)
        #expect(overview.counters["claude_session_bindings_total"] == 1)
        let details = try registry.connection.ask(
            registry.registry.details(hosts: ["h", "gone"], sessions: [session], providers: []))
        #expect(details.heartbeats.map { $0?.pid } == [7, nil])
        #expect(details.sessions.first??.state == .idle)
        #expect(details.sessions.first??.cwd == "", "not all of it is asked for")
    }
}

/// Whether Redis takes what we write is judged by all that scripts write: a login may lack any part of it.
@Suite struct TryWritingTests {
    private func commands(_ text: String) -> Set<String> {
        Set(text.split(separator: "redis.call('").dropFirst().map { String($0.prefix { $0 != "'" }) })
    }

    /// What a script does to keys and the probe does not, the probe cannot judge.
    @Test func triesEachWriteOfEachScript() throws {
        let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Sources/Storage/Scripts"
        let reading: Set<String> = [
            "EXISTS", "GET", "HEXISTS", "HGET", "HGETALL", "HMGET", "LINDEX", "LRANGE", "PTTL", "TIME", "ZCARD",
            "TYPE", "ZRANGE", "ZSCORE",
        ]
        let tried = commands(try Files.read(folder + "/try_writing.lua"))
        for name in try Files.names(in: folder) {
            let written = commands(try Files.read(folder + "/" + name)).subtracting(reading)
            #expect(written.isSubset(of: tried), "\(name): \(written.subtracting(tried).sorted())")
        }
    }

    @Test func leavesOneKeyThatExpires() async throws {
        try await RedisServer.run { server in
            var connection = try server.connect()
            let keys = Keys(), queue = EpisodeQueue(keys: keys.pool("box"))
            for _ in 0..<2 {
                #expect(try connection.ask(SessionRegistry(keys: keys).overview(now: 1)).writeFailure == nil)
                #expect(try connection.ask(queue.overview(now: 1)).writeFailure == nil)
            }
            for key in [keys.written, queue.keys.written] {
                #expect((1...60_000).contains(try connection.send(["PTTL", key.name]).integer ?? 0))
            }
            #expect(try connection.send(["DBSIZE"]).integer == 2)
        }
    }
}
