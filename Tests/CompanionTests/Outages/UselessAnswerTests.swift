import Domain
import Storage
import TestSupport
import Testing

/// HTTP 200 and no memory in it, from everybody: a login page of the network, a model that writes no JSON.
@Suite struct UselessAnswerTests {
    @Test func isTheProvidersFaultAndBuriesNobody() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#)
            try await house.settledCompanion {
                house.model.play(.ok(text: "<html>Please log in to this network.</html>"))
                let said = try await house.push(8)
                try await eventually("the circuit is open") { try house.circuit().state == .open }
                #expect(house.model.completions.count == FailureStreak.limit)
                #expect(try house.circuit().reason == "unknown")
                #expect(try house.ids(.dead).isEmpty)
                // The third, which found it out, pays nothing; nor do those that were never asked for.
                #expect(try said.map { try house.fields($0)["retry_count"] }.count { $0 == "1" } == 2)

                // One of them was given up before, for the same reason.
                try house.redis { connection in
                    _ = try connection.send(["HSET", house.queue.keys.episode(said[7].id), "cause", "provider"])
                    _ = try connection.send(["ZREM", house.queue.keys.schedule, said[7].id.rawValue])
                    _ = try connection.send(["ZADD", house.queue.keys.dead, "1", said[7].id.rawValue])
                }
                house.model.play(.ok())
                try house.endPause()
                try await house.wake()
                try await house.waitForMemories(8)
                try await house.waitUntilEmpty()
                try house.expectNothingLost(said)
                #expect(try house.circuit().state == .closed)
            }
        }
    }
}
