import Archive
import Domain
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Companions that share a Redis, and what they share there.
@Suite struct SharedCircuitTests {
    @Test func fourPoolsProbeOneAtATime() async throws {
        try await RedisServer.run { server in
            try await ScriptedModel.run { model in
                let houses = try (1...4).map { try CompanionHouse(url: server.url, model: model, host: "box-\($0)") }
                let first = houses[0]
                try first.force(open: true)
                try await inAll(houses[...]) {
                    try await eventually("all have checked their provider") { model.count(path: "/v1/models") >= 4 }
                    var said: [[CompanionHouse.Said]] = []
                    for house in houses { said.append(try await house.push(3)) }
                    for (house, said) in zip(houses, said) { try await house.waitForArchived(said) }
                    #expect(try first.redis { try $0.circuits(first.keys) }.count == 1)

                    model.play(.hang)
                    try first.setCircuit("reason", "overloaded", "open_until_ms", "1")
                    for house in houses { try await house.wake() }
                    try await model.waitForCompletions(1)
                    for _ in 0..<3 { for house in houses { try await house.wake() } }
                    #expect(model.completions.count == 1)
                    #expect(try first.circuit().state == .halfOpen)
                    #expect(DegradationLevel(circuit: try first.circuit().state) == .partial)
                    #expect(try houses.reduce(0) { try $0 + $1.ids(.leased).count } == 1)

                    // The prober's connection breaks: the circuit opens again, and another may be next.
                    try await model.refuse()
                    try await eventually("the probe has failed") { try first.circuit().state == .open }
                    try await model.accept()
                    model.play(.ok())
                    try first.endPause()
                    for house in houses { try await house.wake() }
                    try await eventually("the circuit closes") { try first.circuit().state == .closed }
                    // Those that were told to wait for the probe look again within half a minute, or when they are woken.
                    for house in houses { try await house.wake() }
                    for (house, said) in zip(houses, said) {
                        try await house.waitForMemories(3)
                        try await house.waitUntilEmpty()
                        try house.expectNothingLost(said)
                        #expect(try house.completed(.memory) == 3)
                    }
                    #expect(model.completions.count == 13)
                    #expect(try first.circuit().state == .closed)
                    #expect(try first.registryEvents("circuit_closed").count == 1)
                }
            }
        }
    }

    /// Runs a companion in each house.
    private func inAll(
        _ houses: ArraySlice<CompanionHouse>, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard let house = houses.first else { return try await body() }
        try await house.companion(house.host) { try await inAll(houses.dropFirst(), body) }
    }
}

extension ScriptedModel {
    func waitForCompletions(_ count: Int) async throws {
        try await eventually("\(count) calls of the model") { completions.count >= count }
    }
}
