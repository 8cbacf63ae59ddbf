import Domain
import Operations
import Redis
import Storage
import TestSupport
import Testing

/// What the chart shows.
@Suite(.redisServer) struct ActivityTests {
    /// That a memory was made in the end, or the episode given up, does not undo what failed.
    @Test func anAttemptThatFailedStaysOneWhateverBecomesOfItsEpisode() throws {
        let test = try TestPlace()
        let id = try test.push()
        _ = try test.push()
        try test.failAll(.timeout)
        _ = try test.place.discard(id.rawValue)
        _ = try test.place.retryFailures()
        try test.failAll(.contentFilter, dead: true)
        let activity = try test.place.activity()
        let today = try #require(activity.days.last)
        #expect(today.captured == 2 && today.failures == 3 && today.memories == 0)
        #expect(activity.hours.map(\.failures).reduce(0, +) == 3)
        #expect(activity.days.count == 14 && activity.hours.count == 24)
    }

    @Test func anEpisodeThatDiesOfItsWorkersIsAFailure() throws {
        let test = try TestPlace()
        _ = try test.push()
        // Leases that run out, one after the other.
        for _ in 0..<6 {
            _ = try test.connection.run(test.queue.claiming(1, owner: "w", token: "t", held: 0))
            let leases = test.queue.keys.leases
            for id in try test.connection.ask(ZRANGE(leases, 0..<9)) {
                _ = try test.connection.send(["ZADD", leases.name, "1000", id])
            }
        }
        #expect(try test.place.activity().days.last?.failures == 1)
    }
}
