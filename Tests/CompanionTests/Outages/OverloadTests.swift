import Archive
import Domain
import LanguageModel
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// An overloaded provider: the circuit opens, waits, probes and closes.
@Suite struct OverloadTests {
    static let overloaded = Scene.status(
        529, body: #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)

    private func spent(_ house: CompanionHouse, _ said: [CompanionHouse.Said]) throws -> Int {
        try said.reduce(0) { try $0 + (Int(house.fields($1)["retry_count"] ?? "0") ?? 0) }
    }

    private func opened(_ house: CompanionHouse) async throws {
        try await eventually("the circuit opens") { try house.circuit().state == .open }
        try await eventually("nobody is being called") {
            try house.model.runningCalls == 0 && house.ids(.leased).isEmpty
        }
    }

    @Test func aLongOutageCostsNothingAndEndsWithoutASecondTrip() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                house.model.play(Self.overloaded)
                let said = try await house.push(40, keys: ["coder/1", "coder/2"])
                try await house.waitForArchived(said)
                try await opened(house)
                let called = house.model.completions.count
                #expect((5...8).contains(called))
                #expect(try house.circuit().reason == "overloaded")
                #expect(try house.circuit().openings == 1)
                // What the circuit needed to learn; the call that opened it and those beside it cost nothing.
                let cost = try spent(house, said)
                #expect(cost <= 4)
                #expect(try house.ids(.dead) == [])
                try house.expectNothingLost(said)

                for _ in 0..<5 { try await house.wake() }
                #expect(house.model.completions.count == called)
                #expect(try house.ids(.leased) == [])

                // Each probe that fails costs one call, and no episode anything.
                for probe in 1...3 {
                    try house.endPause()
                    try await house.wake()
                    try await eventually("the probe has failed") { try house.circuit().openings == probe + 1 }
                    try await eventually("nothing is held") { try house.ids(.leased).isEmpty }
                    let circuit = try house.circuit()
                    #expect(circuit.state == .open)
                    let pause = try #require(circuit.openUntilMilliseconds) - circuit.sinceMilliseconds
                    let plain = Int64(30_000 << probe)
                    #expect((plain * 9 / 10...plain * 11 / 10).contains(pause))
                    #expect(house.model.completions.count == called + probe)
                    #expect(try spent(house, said) == cost)
                }

                house.model.play(.ok())
                try house.endPause()
                try await house.wake()
                try await house.waitForMemories(40)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: called + 3 + 40)
                #expect(try house.circuit().state == .closed)
                #expect(try house.registryEvents("circuit_opened").count == 1)
                #expect(try house.registryEvents("circuit_closed").count == 1)
                #expect(house.log.count("event=circuit_closed") == 1)
            }
        }
    }

    @Test func aCheckThatFailedAndSaysWellEndsIt() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""health_check_interval_seconds": 5"#)
            try await house.settledCompanion {
                house.model.play(Self.overloaded)
                let said = try await house.push(10)
                try await opened(house)
                try await eventually("a check fails") { try house.circuit().hasCheckFailed }
                #expect(try house.circuit().checkMessage.isEmpty == false)
                house.model.play(.ok())
                // Long before the circuit's own pause of 30 s.
                try await house.waitForMemories(10)
                try await house.waitUntilEmpty()
                try house.expectNothingLost(said)
                #expect(try house.circuit().state == .closed)
                #expect(try house.registryEvents("circuit_opened").count == 1)
            }
        }
    }

    @Test func theDeadOfItsCauseComeBackOnce() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(4)
                try await house.waitForArchived(said)
                let failures = [
                    FailureClass(category: .overloaded, isRetryable: true, countsAgainstCircuit: true),
                    FailureClass(category: .contentFilter, isRetryable: false, countsAgainstCircuit: false),
                    FailureClass(category: .overloaded, isRetryable: true, countsAgainstCircuit: true),
                ]
                try house.redis { connection in
                    let leases = try connection.run(house.queue.claiming(4, owner: "test", token: "t", held: 0)).leases
                    for (said, failure) in zip(said, failures) {
                        let lease = try #require(leases.first { $0.id == said.id })
                        let state = try connection.run(house.queue.failing(lease, failure, message: "m", .dead))
                        #expect(state == .held)
                    }
                    // This one came back before.
                    _ = try connection.send(["HSET", house.queue.keys.episode(said[2].id), "revived", "1"])
                    let last = try #require(leases.first { $0.id == said[3].id })
                    #expect(try connection.run(house.queue.givingBack([last])) == [.held])
                }
                #expect(try house.ids(.dead).count == 3)
                try house.force(open: false)
                try await house.waitForMemories(2)
                try await eventually("two stay dead") { try house.queueCount() == 2 }
                #expect(Set(try house.ids(.dead)) == Set([said[1].id, said[2].id]))
                #expect(Set(house.model.completions.map(\.promptWord)) == Set([said[0].word, said[3].word]))
                try house.expectNothingLost(said)
            }
        }
    }

    @Test func aRevivedEpisodeHasOneRetryLeft() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#)
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(1)
                try await house.waitForArchived(said)
                try house.redis { connection in
                    let lease = try #require(
                        connection.run(house.queue.claiming(1, owner: "test", token: "t", held: 0)).leases.first)
                    let failure = FailureClass(category: .overloaded, isRetryable: true, countsAgainstCircuit: true)
                    _ = try connection.run(house.queue.failing(lease, failure, message: "m", .dead))
                }
                house.model.play(Self.overloaded)
                try house.force(open: false)
                try await eventually("it is tried") { try house.events("failed").count == 1 }
                #expect(try house.fields(said[0])["retry_count"] == "5")
                #expect(try house.ids(.scheduled) == [said[0].id])
                _ = try house.retryNow(said[0])
                try await eventually("it is dead") { try house.ids(.dead) == [said[0].id] }
                try house.force(open: true)
                try house.force(open: false)
                try await house.wake()
                #expect(try house.ids(.dead) == [said[0].id])
                #expect(house.model.completions.count == 2)
                try house.expectNothingLost(said)
            }
        }
    }

    @Test
    func aFailedProbeBuriesNobody() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#, #""retry_max_attempts": 0"#)
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(1)
                try await house.waitForArchived(said)
                try house.setCircuit("reason", "overloaded", "open_until_ms", "1")
                house.model.play(Self.overloaded)
                try await house.wake()
                try await eventually("the probe has failed") { try house.circuit().openings == 1 }
                try await eventually("nothing is held") { try house.ids(.leased).isEmpty }
                #expect(try house.ids(.dead) == [])
                #expect(try house.ids(.scheduled) == [said[0].id])
            }
        }
    }

    @Test func flappingOpensByRateAndLosesNothing() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#, #""retry_delays_seconds": [1]"#)
            try await house.settledCompanion {
                for _ in 0..<30 { house.model.queue(Self.overloaded, .ok()) }
                let said = try await house.push(40)
                try await house.waitForArchived(said)
                try await opened(house)
                // Never five in a row; half of the calls, once there are twenty.
                #expect((20...22).contains(house.model.completions.count))
                #expect(try house.circuit().reason == "overloaded")
                try house.expectNothingLost(said)
                #expect(try house.ids(.dead) == [])
                try await eventually("all have their memories") {
                    if try house.circuit().state == .open {
                        try house.endPause()
                        try house.redis { try $0.wakeDrains(of: house.queue) }
                    }
                    return house.memoryCount() == 40
                }
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: house.model.completions.count)
                #expect(try house.circuit().state == .closed)
                #expect(try house.events("dead").isEmpty)
            }
        }
    }
}
