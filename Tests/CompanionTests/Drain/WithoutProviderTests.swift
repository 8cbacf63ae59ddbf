import Archive
import Domain
import Redis
import Settings
import TestSupport
import Testing

/// No provider is configured, or an episode wants none.
@Suite struct WithoutProviderTests {
    /// 3,000 where a person has the patience.
    private static let count = Settings.processEnvironment["HOLDFAST_FULL"] == "1" ? 3000 : 300

    @Test func everyWordIsFoundAndMemoriesComeWithAProvider() async throws {
        try await CompanionHouse.run { house in
            try house.configure("none")
            try await house.companion {
                let said = try await house.push(Self.count, keys: ["coder/1", "coder/2"], limit: 1000)
                try await house.waitForArchived(said)
                try await house.waitUntilEmpty()
                try house.expectNothingLost(said)
                let raw = try house.archive().counts()
                #expect(raw.places == [.finished(.raw): Self.count])
                #expect(raw.needingReprocessing == Self.count)
                #expect(try house.completed(.raw) == Self.count)
                #expect(house.model.calls.isEmpty)

                try house.configure("anthropic")
                try await house.waitForMemories(Self.count, within: .seconds(300))
                try await house.waitUntilEmpty()
                try house.expectMemories(said)
                #expect(try house.archive().counts().needingReprocessing == 0)
            }
        }
    }

    @Test func whatWantsNoMemoryGetsNone() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                let plain = try await house.push(2, wantsMemory: false)
                let other = try await house.push(2)
                try await house.waitForMemories(2)
                try await house.waitUntilEmpty()
                // What has room now is looked for: it must not be this.
                try await house.wake()
                let later = try await house.push(1)
                try await eventually("the later one has its memory") { try house.archived(later[0])?.memory != nil }
                try await house.waitUntilEmpty()
                for said in plain {
                    #expect(try house.archived(said)?.place == .finished(.raw))
                    #expect(try house.archived(said)?.needsReprocessing == false)
                    #expect(try house.archived(said)?.memory == nil)
                }
                try house.expectNothingLost(plain + other + later)
                #expect(Set(house.model.completions.map(\.promptWord)) == Set((other + later).map(\.word)))
                #expect(try house.completed(.raw) == 2)
            }
        }
    }
}
