import Archive
import Domain
import Settings
import TestSupport
import Testing

/// 429 with a time: the provider is well, we are too fast.
@Suite struct RateLimitTests {
    private static func limited(_ seconds: Int) -> Scene {
        .status(
            429, headers: ["retry-after": "\(seconds)"],
            body:
                #"{"type":"error","error":{"type":"rate_limit_error","message":"Number of request tokens has exceeded your per-minute rate limit"}}"#
        )
    }

    @Test func nothingIsAskedBeforeTheTimeItNamed() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#)
            try await house.settledCompanion {
                house.model.queue(Self.limited(1800))
                let said = try await house.push(4)
                try await house.waitForArchived(said)
                try await eventually("one has failed") { try house.events("failed").count == 1 }
                for _ in 0..<3 { try await house.wake() }
                // The limit is for all: the others wait as well.
                #expect(house.model.completions.count == 1)
                let failed = try #require(try said.first { try house.fields($0)["error_type"] != nil })
                let fields = try house.fields(failed)
                #expect(fields["error_type"] == "rate_limit")
                #expect(fields["retry_count"] == "1")
                let at = try #require(fields["failed_ms"].flatMap { Int64($0) })
                #expect(try #require(try house.dueMilliseconds(failed)) >= at + 1_800_000)
                for other in said where other != failed { #expect(try house.fields(other)["retry_count"] == "0") }
                #expect(try house.circuit().state == .closed)
                #expect(try house.circuit().failures == 0)
                #expect(try house.registryEvents("circuit_opened").isEmpty)
                try house.expectNothingLost(said)
            }
        }
    }

    /// A person who cannot wait is heard: with the circuit what was put off until then becomes due, too.
    @Test func closingTheCircuitLiftsIt() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#)
            try await house.settledCompanion {
                house.model.queue(Self.limited(1800))
                let said = try await house.push(3)
                try await eventually("it waits") { try house.circuit().waitUntilMilliseconds > 0 }
                try house.force(open: false)
                try await house.waitForMemories(3)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: 4)
                #expect(try house.circuit().waitUntilMilliseconds == 0)
            }
        }
    }

    @Test func itGoesOnByItselfWhenTheTimeIsOver() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""concurrency": 1"#, #""retry_delays_seconds": [1]"#)
            try await house.settledCompanion {
                house.model.queue(Self.limited(2))
                let said = try await house.push(4)
                try await eventually("one has failed") { try house.events("failed").count == 1 }
                let failed = try #require(try said.first { try house.fields($0)["error_type"] != nil })
                let fields = try house.fields(failed)
                let at = try #require(fields["failed_ms"].flatMap { Int64($0) })
                #expect(try #require(try house.dueMilliseconds(failed)) >= at + 2000)
                try await house.waitForMemories(4)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: 5)
                #expect(try house.archived(failed)?.episode.retryCount == 1)
                #expect(try house.circuit().state == .closed)
                #expect(try house.registryEvents("circuit_opened").isEmpty)
            }
        }
    }
}
