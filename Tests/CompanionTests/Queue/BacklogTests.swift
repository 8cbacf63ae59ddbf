import Archive
import Domain
import Redis
import Storage
import TestSupport
import Testing

/// More is captured than Redis may hold.
@Suite struct BacklogTests {
    /// A provider that fails every episode must not keep what is said now out of the archive.
    @Test func aQueueFullOfFailedEpisodesTakesNewOnes() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""retry_queue_max_size": 10"#, #""concurrency": 1"#)
            try house.force(open: true)
            try await house.companion {
                let old = try await house.push(8, limit: 100)
                try await house.waitForArchived(old)
                try house.redis { connection in
                    let failure = FailureClass(category: .serverError, isRetryable: true, countsAgainstCircuit: true)
                    let claim = try connection.run(house.queue.claiming(10, owner: "test", token: "t", held: 0))
                    for lease in claim.leases {
                        _ = try connection.run(
                            house.queue.failing(lease, failure, message: "m", .retry(afterMilliseconds: 3_600_000)))
                    }
                }
                // `push` waits for room.
                let new = try await house.push(20, limit: 10)
                try await house.waitForArchived(new)
                try house.force(open: false)
                try await eventually("all get their memories") { house.memoryCount() == 28 }
                // Only at rest is each in one place: on its way it is in two for a moment.
                try await house.waitUntilEmpty()
                try house.expectNothingLost(old + new)
            }
        }
    }

    @Test func whatHasNoRoomWaitsInTheArchiveAndLiveWorkGoesFirst() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""retry_queue_max_size": 20"#, #""concurrency": 1"#)
            try house.force(open: true)
            try await house.companion {
                let history = try await house.push(60, isHistory: true, limit: 20)
                let live = try await house.push(140, limit: 20)
                let all = history + live
                try await house.waitForArchived(all)
                try await eventually("there is room again") { try house.queueCount() <= 16 }
                let queued = try house.ids(.scheduled)
                let counts = try house.archive().counts()
                #expect(counts.backlog == 200 - queued.count)
                #expect(counts.queued == queued.count)
                #expect(house.model.completions.isEmpty)
                try house.expectNothingLost(all)

                try house.force(open: false)
                try await eventually("all get their memories") {
                    let count = try house.queueCount()
                    #expect(count <= 20)
                    return house.memoryCount() == 200
                }
                try await house.waitUntilEmpty()
                try house.expectMemories(all)
                #expect(try house.archive().counts().backlog == 0)

                // Those that were in Redis go as they come; of the others history waits for what is live, but for those
                // that one page brought in together.
                let inRedis = Set(queued)
                let words = Set(all.filter { !inRedis.contains($0.id) }.map(\.word))
                let order = house.model.completions.map(\.promptWord).filter { words.contains($0) }
                let old = Set(history.map(\.word))
                let firstOld = try #require(order.firstIndex { old.contains($0) })
                let lastLive = try #require(order.lastIndex { !old.contains($0) })
                #expect(lastLive - firstOld < 20)
            }
        }
    }
}
