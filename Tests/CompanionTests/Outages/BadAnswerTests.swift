import Archive
import Domain
import Settings
import Storage
import TestSupport
import Testing

/// What goes wrong with one call, and what it is called.
@Suite struct BadAnswerTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        let scene: Scene
        let category: FailureCategory

        var testDescription: String { "\(scene)" }
    }

    static let troubles = [
        Trouble(scene: .hang, category: .timeout),
        Trouble(scene: .hangAfterHead, category: .timeout),
        Trouble(scene: .slowDrip(bytes: 1), category: .timeout),
        Trouble(scene: .dropMidBody, category: .network),
        Trouble(scene: .closeAtOnce, category: .network),
        Trouble(scene: .html502, category: .serverError),
        Trouble(scene: .errorIn200, category: .overloaded),
        Trouble(scene: .garbageJSON, category: .unknown),
        Trouble(scene: .hugeAnswer(bytes: 1 << 20), category: .unknown),
        Trouble(scene: .ok(text: "I would rather not."), category: .unknown),
    ]

    @Test(arguments: troubles)
    func isNamedAndTriedAgain(trouble: Trouble) async throws {
        try await CompanionHouse.run { house in
            // Only what never answers is waited for: a busy machine answers late.
            @Sendable func configure(patience: Int) throws {
                try house.configure(
                    "anthropic", provider: #""max_response_bytes": 20000"#, #""episode_timeout_seconds": \#(patience)"#,
                    #""retry_delays_seconds": [3600]"#)
            }
            try configure(patience: trouble.category == .timeout ? 1 : 60)
            try await house.settledCompanion {
                house.model.queue(trouble.scene)
                let said = try await house.push()[0]
                try await eventually("it has failed") { try house.events("failed").count == 1 }
                let fields = try house.fields(said)
                #expect(fields["error_type"] == trouble.category.rawValue)
                #expect(fields["error_message"]?.isEmpty == false)
                #expect(fields["retry_count"] == "1")
                let at = try #require(fields["failed_ms"].flatMap { Int64($0) })
                let delay = try #require(try house.dueMilliseconds(said)) - at
                #expect((3_240_000...3_960_000).contains(delay))
                // Words are there whatever the model does.
                try house.expectNothingLost([said])
                #expect(try house.archived(said)?.place == .queued)
                try await eventually("the archive knows why") {
                    try house.archived(said)?.errorType == trouble.category.rawValue
                }
                try await house.wake()
                #expect(house.model.completions.count == 1)
                #expect(try house.circuit().state == .closed)

                if trouble.category == .timeout {
                    try configure(patience: 60)
                    try await eventually("it is known") { house.log.contains("settings changed") }
                }
                #expect(try house.retryNow(said) == .scheduled)
                try await house.waitForMemories(1)
                try await house.waitUntilEmpty()
                try house.expectMemories([said], calls: 2)
            }
        }
    }
}
