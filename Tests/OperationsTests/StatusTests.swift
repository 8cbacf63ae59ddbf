import Domain
import Operations
import Redis
import Settings
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct StatusTests {
    @Test func countsWhatIsThere() throws {
        let test = try TestPlace()
        let companion = try test.beat()
        try test.bind("a", "coder/1")
        try test.bind("b", "coder/2", host: "elsewhere-00000001")
        for number in 1...3 { _ = try test.push("\(number)") }
        try test.failAll(.rateLimit)
        _ = try test.push("4")
        let status = try test.place.status()
        #expect(status.source == .redis)
        #expect(status.sessions.recorded == 2)
        #expect(status.sessions.bound == 2)
        #expect(status.sessions.resumable == 2)
        #expect(status.queue_status.pending == 1)
        #expect(status.queue_status.scheduled == 4)
        #expect(status.queue_status.captured_today == 4)
        #expect(status.queue_status.captured_last_hour == 4)
        #expect(status.retry_queue.count == 3)
        let next = try #require(status.retry_queue.next_retry)
        #expect((240_000...360_000).contains(next.milliseconds - status.observed_at.milliseconds))
        #expect(status.recent_failures.count == 3)
        let failure = try #require(status.recent_failures.first)
        #expect(failure.error == "rate_limit")
        #expect(failure.message == "said rateLimit")
        #expect(failure.retry_count == 1)
        #expect(failure.dispatch_key == "coder/1")
        #expect(failure.next_retry != nil)
        #expect(status.schedule.due_now == 1)
        #expect(status.schedule.counts.reduce(0, +) == 3)
        #expect(status.queue_status.oldest_pending_seconds ?? -1 >= 0)
        #expect(status.companions.map(\.state) == [.running])
        #expect(status.redis.version.hasPrefix("7"))
        withExtendedLifetime(companion) {}
    }

    /// Those that failed last are not those that are due first, and what never failed is due before all of them.
    @Test func findsTheNextRetryAmongMany() throws {
        let test = try TestPlace()
        for number in 1...130 { _ = try test.push("\(number)") }
        try test.failAll(.rateLimit)
        let first = try #require(try test.place.failures(limit: 200).failures.last)
        let soon = try test.place.status().observed_at.milliseconds + 60_000
        _ = try test.connection.send(["ZADD", test.queue.keys.schedule, "\(soon)", first.episode_id])
        for number in 131...180 { _ = try test.push("\(number)") }
        let status = try test.place.status()
        #expect(status.schedule.due_now == 50)
        #expect(status.retry_queue.next_retry == Timestamp(soon))
    }

    @Test func countsTheDeadApart() throws {
        let test = try TestPlace()
        _ = try test.push()
        try test.failAll(.contentFilter, dead: true)
        let status = try test.place.status()
        #expect(status.queue_status.dead == 1)
        #expect(status.queue_status.failed_today == 1)
        #expect(status.retry_queue.count == 0)
        #expect(status.recent_failures.map(\.dead) == [true])
        #expect(status.recent_failures[0].next_retry == nil)
    }

    @Test func countsWhatWasGivenUpAsFailedOnceAndNeverAsCompleted() throws {
        let test = try TestPlace()
        func finish(_ id: EpisodeID, _ outcome: EpisodeOutcome) throws {
            _ = try test.connection.run(test.queue.completing([.init(id, token: "", outcome: outcome)]))
        }
        let buried = try test.push("1")
        try test.failAll(.contentFilter, dead: true)
        try finish(buried, .dead)
        try finish(try test.push("2"), .dead)
        let before = try test.place.status().queue_status
        #expect(before.failed_today == 2)
        #expect(before.completed_today == 0)
        #expect(before.completed_last_hour == 0)
        #expect(before.last_completed == nil)
        try finish(try test.push("3"), .memory)
        let after = try test.place.status().queue_status
        #expect(after.completed_today == 1)
        #expect(after.last_completed != nil)
    }

    /// Whatever the number of sessions and episodes. On a server of its own: the count is the server's, and other tests ask
    /// the suite's at the same time.
    @Test func asksABoundedNumberOfCommands() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(server: server)
            func count() throws -> Int64 {
                let info = try test.connection.send(["INFO", "stats"]).text ?? ""
                let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_commands_processed") }
                return line.flatMap { Int64($0.drop { $0 != ":" }.dropFirst()) } ?? 0
            }
            func cost() throws -> Int64 {
                let before = try count()
                _ = try test.place.status()
                return try count() - before - 1
            }
            for number in 1...300 {
                try test.bind("s\(number)", "coder/\(number)")
                _ = try test.push("\(number)")
            }
            try test.failAll(.timeout)
            let some = try cost()
            for number in 301...900 {
                try test.bind("s\(number)", "coder/\(number)")
                _ = try test.push("\(number)")
            }
            try test.failAll(.timeout)
            #expect(try cost() == some)
        }
    }

    @Test func tellsWhatOnlyTheCompanionKnows() throws {
        let test = try TestPlace()
        let host = test.place.host
        let companion = try test.beat([
            "archive_episodes": "12", "archive_memories": "9", "archive_bytes": "4096", "archive_counted_ms": "5",
            "backlog": "3", "backlog_oldest_ms": "1800000000000", "transcripts_endangered": "2",
            "ledger": "1800000000000 4 100 60 10 30 0",
        ])
        _ = try test.connection.send(["SET", test.queue.keys.archiveOwner, "\(host):7:1"])
        let status = try test.place.status()
        #expect(status.archive.episodes == 12)
        #expect(status.archive.memories == 9)
        #expect(status.queue_status.backlog == 3)
        #expect(status.queue_status.oldest_pending == Timestamp(1_800_000_000_000))
        #expect(status.ledger?.captured == 60)
        #expect(status.troubles.map(\.kind).contains(.transcripts_endangered))
        withExtendedLifetime(companion) {}
    }

    @Test func missesACompanionThatIsGone() throws {
        let test = try TestPlace()
        _ = try test.beat()
        _ = try test.connection.send(["DEL", test.keys.companion(test.place.host)])
        let status = try test.place.status()
        #expect(status.service_status == .stopped)
        #expect(status.companions.map(\.state) == [.gone])
        let trouble = try #require(status.troubles.first)
        #expect(trouble.kind == .companion_gone)
        #expect(trouble.since != nil)
        #expect(status.sentence.contains("holdfast up"))
    }
}
