import Archive
import Domain
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// A provider that only a person or a named time brings back: nothing is spent on it.
@Suite struct StoppedProviderTests {
    static let unauthorized = Scene.status(
        401, body: #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#)

    /// The circuit is open for the reason, nothing was spent, and wake-ups call nobody.
    private func expectStop(_ house: CompanionHouse, _ said: [CompanionHouse.Said], reason: String) async throws {
        try await eventually("the circuit opens") { try house.circuit().state == .open }
        try await eventually("nobody is being called") {
            try house.model.runningCalls == 0 && house.ids(.leased).isEmpty
        }
        let called = house.model.completions.count
        for _ in 0..<3 { try await house.wake() }
        #expect(house.model.completions.count == called)
        // Those that were on their way when the first came back.
        #expect((1...4).contains(called))
        let circuit = try house.circuit()
        #expect(circuit.state == .open)
        #expect(circuit.reason == reason)
        #expect(DegradationLevel(circuit: circuit.state) == .rawOnly)
        #expect(try house.registryEvents("circuit_opened").map { $0["reason"] } == [reason])
        #expect(house.log.count("event=circuit_opened") == 1)
        for said in said { #expect(try house.fields(said)["retry_count"] == "0") }
        #expect(try house.ids(.dead) == [])
        try house.expectNothingLost(said)
    }

    @Test func aRefusedKeyStopsAtOnceUntilTheCheckSaysWell() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""health_check_interval_seconds": 5"#)
            try await house.settledCompanion {
                house.model.play(Self.unauthorized)
                let said = try await house.push(8)
                try await house.waitForArchived(said)
                try await expectStop(house, said, reason: "auth")
                let until = try #require(try house.circuit().openUntilMilliseconds)
                #expect(until - (try house.circuit().sinceMilliseconds) >= 3_600_000)
                let called = house.model.completions.count

                try await eventually("a check fails too") { try house.circuit().hasCheckFailed }
                #expect(try house.circuit().state == .open)
                #expect(house.model.completions.count == called)
                house.model.play(.ok())
                try await house.waitForMemories(8)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: called + 8)
                #expect(try house.circuit().state == .closed)
                #expect(try house.registryEvents("circuit_opened").count == 1)
                #expect(try house.registryEvents("circuit_closed").count == 1)
            }
        }
    }

    @Test func aChangedKeyFileIsTakenUp() async throws {
        try await CompanionHouse.run { house in
            let file = try house.scratch.write("key-old\n", to: "key")
            try house.configure("anthropic", provider: #""api_key_file": "\#(file)""#)
            try await house.settledCompanion {
                #expect(house.model.calls[0].headers["x-api-key"] == "key-old")
                try house.scratch.write("key-new\n", to: "key")
                try await eventually("the new key is used") {
                    house.model.calls.contains { $0.headers["x-api-key"] == "key-new" }
                }
            }
        }
    }

    @Test(arguments: [
        Scene.status(402, body: #"{"error":{"message":"Insufficient credits","code":402}}"#),
        .status(
            429,
            body:
                #"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#
        ),
    ])
    func anEmptyAccountStopsUntilAPersonSaysOtherwise(scene: Scene) async throws {
        try await CompanionHouse.run { house in
            try house.configure("openai")
            try await house.settledCompanion {
                house.model.play(scene)
                let said = try await house.push(8)
                try await house.waitForArchived(said)
                try await expectStop(house, said, reason: "quota")
                let called = house.model.completions.count
                let until = try #require(try house.circuit().openUntilMilliseconds)
                #expect(until - (try house.circuit().sinceMilliseconds) >= 3_600_000)

                house.model.play(.ok())
                try await house.wake()
                #expect(house.model.completions.count == called)
                try house.force(open: false)
                try await house.waitForMemories(8)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: called + 8)
                #expect(try house.circuit().state == .closed)
            }
        }
    }

    @Test func aChangedConfigurationTriesAnewWithOneCall() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                house.model.play(Self.unauthorized)
                let said = try await house.push(8)
                try await house.waitForArchived(said)
                try await expectStop(house, said, reason: "auth")
                let called = house.model.completions.count
                // Still wrong: one episode is tried, and spends nothing.
                try house.configure("anthropic", provider: #""max_output_tokens": 3000"#)
                try await eventually("one is tried") { house.model.completions.count > called }
                try await eventually("and it stops again") { try house.circuit().state == .open }
                try await house.wake()
                #expect(house.model.completions.count == called + 1)
                for said in said { #expect(try house.fields(said)["retry_count"] == "0") }

                house.model.play(.ok())
                try house.configure("anthropic", provider: #""max_output_tokens": 4000"#)
                try await house.waitForMemories(8)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: called + 9)
            }
        }
    }
}
