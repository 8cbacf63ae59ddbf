import Archive
import Authentication
import Domain
import LanguageModel
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// What people are told, and that telling them keeps nobody waiting.
@Suite struct NotificationTests {
    private static let secret = "a secret between two"

    /// A house that tells a receiver of its own.
    private func run(
        _ more: String..., body: @Sendable (CompanionHouse, ScriptedModel) async throws -> Void
    ) async throws {
        try await CompanionHouse.run { house in
            try await ScriptedModel.run { receiver in
                let file = try house.scratch.write(Self.secret + "\n", to: "webhook-secret")
                // The receiver knows paths that end like this one.
                let section =
                    #""notifications": {"webhook_url": "\#(receiver.url)/hook/models", "webhook_secret_file": "\#(file)"}"#
                try house.configure("anthropic", [[section], more].joined().joined(separator: ", "))
                try await house.settledCompanion { try await body(house, receiver) }
            }
        }
    }

    private func told(_ receiver: ScriptedModel) throws -> [String] {
        try receiver.calls.map { call in
            guard case .object(let members) = try JSONValue(parsing: call.body),
                case .string(let event) = members["event"]
            else { return "nothing" }
            return event
        }
    }

    @Test func anOutageIsToldOnceAndItsEndOnce() async throws {
        try await run(#""concurrency": 1"#) { house, receiver in
            house.model.play(OverloadTests.overloaded)
            let said = try await house.push(12)
            try await house.waitForArchived(said)
            try await eventually("the circuit is open") { try house.circuit().state == .open }
            for probe in 1...2 {
                try house.endPause()
                try await house.wake()
                try await eventually("a probe failed") { try house.circuit().openings == probe + 1 }
            }
            house.model.play(.ok())
            try house.endPause()
            try await house.wake()
            try await house.waitForMemories(12)
            // Three failures in a row are worth a word, and the circuit's changes; probes are not.
            let expected = ["failing", "circuit_opened", "circuit_closed", "memories_work_again"]
            try await eventually("all is told") { try told(receiver).count >= expected.count }
            #expect(try told(receiver) == expected)
            for call in receiver.calls {
                #expect(call.method == "POST")
                #expect(call.headers["content-type"] == "application/json")
                // Of now, and signed with the time: sent again with another it is nobody's.
                let timestamp = try #require(call.headers["x-holdfast-timestamp"])
                #expect(abs(HostClock.wallMilliseconds / 1000 - (Int64(timestamp) ?? 0)) < 600)
                #expect(
                    call.headers["x-holdfast-signature"]
                        == "sha256="
                        + AuthenticationCode.hexadecimal(of: "\(timestamp).\(call.body)", key: Self.secret))
                #expect(call.body.contains(house.host))
                // Nobody's words leave this machine that way.
                #expect(!call.body.contains("mark-"))
            }
            #expect(receiver.calls[1].body.contains(#""error_class":"overloaded""#))
            #expect(receiver.calls[2].body.contains(#""outage_seconds""#))
            for event in expected { #expect(house.log.count("event=\(event)") == 1) }
        }
    }

    @Test func twoFailuresAreNotWorthAWord() async throws {
        try await run(#""concurrency": 1"#) { house, receiver in
            house.model.queue(.html502, .html502)
            let said = try await house.push(4)
            try await house.waitForMemories(2)
            try await eventually("two have failed, and wait") {
                try house.events("failed").count == 2 && house.queueCount() == 2
            }
            #expect(receiver.calls.isEmpty)
            #expect(house.log.count("event=failing") == 0)
            try house.expectNothingLost(said)
        }
    }

    @Test func aReceiverThatHangsKeepsNobodyWaiting() async throws {
        try await run { house, receiver in
            receiver.play(.hang)
            house.model.queue(
                .status(
                    400,
                    body:
                        #"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#
                ))
            let said = try await house.push(20)
            try await eventually("somebody is told") { receiver.runningCalls == 1 }
            try await house.waitForMemories(19)
            try await eventually("one is left, dead") { try house.ids(.dead).count == 1 && house.queueCount() == 1 }
            // Tried again when its deadline is over, but never two at once.
            #expect(receiver.mostConcurrentCalls == 1)
            #expect(Set(try told(receiver)) == ["episode_dead"])
            try house.expectNothingLost(said)
        }
    }

    @Test func aSpentBudgetPausesUntilItIsRaised() async throws {
        // A scripted call takes 123 tokens and makes 45.
        try await run(#""daily_token_budget": 300"#, #""concurrency": 1"#) { house, receiver in
            let said = try await house.push(5)
            try await house.waitForMemories(2)
            try await eventually("it is told") { try told(receiver) == ["budget_spent"] }
            for _ in 0..<3 { try await house.wake() }
            #expect(house.model.completions.count == 2)
            #expect(try house.queueCount() == 3)
            #expect(try house.ids(.leased) == [])
            #expect(try house.circuit().state == .closed)
            #expect(house.log.count("event=budget_spent") == 1)
            let day = String(ISOTime.text(HostClock.wallMilliseconds).prefix(10))
            let spent = try house.redis { try $0.send(["HGET", house.queue.keys.day(day), "tokens"]).text }
            #expect(spent == "336")
            try house.expectNothingLost(said)
            try house.configure("anthropic", #""daily_token_budget": 3000"#)
            try await house.waitForMemories(5)
            try await house.waitUntilEmpty()
            try house.expectMemories(said)
        }
    }

    @Test func aBudgetSpentBeforeTheStartIsKnown() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", #""daily_token_budget": 300"#)
            let day = String(ISOTime.text(HostClock.wallMilliseconds).prefix(10))
            _ = try house.redis { try $0.send(["HSET", house.queue.keys.day(day), "tokens", "300"]) }
            try await house.settledCompanion {
                let said = try await house.push(2)
                try await house.waitForArchived(said)
                for _ in 0..<3 { try await house.wake() }
                #expect(house.model.completions.isEmpty)
                // A day that has begun meanwhile is another.
                try house.configure("anthropic")
                try await house.waitForMemories(2)
            }
        }
    }
}
