import Platform
import Storage
import TestSupport
import Testing

/// What a shell is offered, asked for as its script asks.
@Suite(.redisServer) struct CompletionTests {
    private func offered(_ house: House, _ words: [String], _ argument: String) async throws -> [String] {
        let line =
            ["---completion"] + words.dropLast() + ["--", argument, "\(words.count)", "\(words.last?.count ?? 0)"]
        let outcome = try await Built.run(
            "holdfast", line + ["holdfast"] + words,
            environment: house.environment.merging(["SAP_SHELL": "fish"]) { $1 })
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test func offersKeysAndSessionsThatBeginSo() async throws {
        let house = try House()
        try await house.bind("0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01")
        #expect(try await offered(house, ["lookup", "cod"], "positional@0") == ["coder/1"])
        #expect(try await offered(house, ["why", "other"], "positional@0") == [])
        #expect(
            try await offered(house, ["sessions", "show", "0f3"], "positional@0")
                == ["0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01"])
    }

    @Test func offersNothingAndSaysNothingWhileRedisIsAway() async throws {
        var house = try House()
        house.environment["HOLDFAST_REDIS_URL"] = "unix:/nowhere/redis.sock"
        #expect(try await offered(house, ["lookup", "cod"], "positional@0") == [])
    }
}
