import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The summaries of sessions, by a scripted model.
@Suite struct SessionSummaryTests {
    private let hasty = #""inactivity_timeout_seconds": 1"#

    private func summary(_ house: CompanionHouse, _ number: Int) throws -> SessionSummary? {
        guard let archive = try ArchiveStores.at(house.archivePath).openToRead() else { return nil }
        defer { try? archive.close() }
        return try archive.summary(ofSession: try #require(SessionID(rawValue: "s\(number)")))
    }

    private func summaryCalls(_ house: CompanionHouse) -> [ModelCall] {
        house.model.completions.filter { $0.body.contains("Summarise this session") }
    }

    @Test func eachSessionThatIsQuietIsSummarisedOnce() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", hasty)
            try await house.companion {
                try await house.push(3)
                try await eventually("summaries of three sessions") {
                    try (1...3).allSatisfy { try summary(house, $0) != nil }
                }
            }
            #expect(summaryCalls(house).count == 3)
            // Another companion finds nothing to be done.
            try await house.settledCompanion("second") {
                try await house.push(1)
                try await eventually("the fourth") { try summary(house, 4) != nil }
            }
            #expect(summaryCalls(house).count == 4)
            let made = try #require(try summary(house, 1))
            #expect(made.dispatchKey == "coder/1" && made.maker.tokensIn > 0)
            let carried = SummaryFolder(try Settings.load(environment: house.environment).state)
            #expect(carried.text(of: made.session)?.hasPrefix("# ") == true)
        }
    }

    @Test func aSessionThatIsNotQuietWaits() async throws {
        try await CompanionHouse.run { house in
            try await house.companion {
                try await house.push(1)
                try await house.waitForMemories(1)
                try await house.wake()
            }
            #expect(summaryCalls(house).isEmpty)
        }
    }

    @Test func anOutageCostsNoSummary() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", hasty)
            try await house.companion {
                try await house.push(1)
                try await house.waitForMemories(1)
                house.model.play(.status(529, headers: [:], body: #"{"error":{"type":"overloaded_error"}}"#))
                try await eventually("it was tried") { summaryCalls(house).count > 0 }
            }
            house.model.play(.ok())
            // What failed is tried again, by whoever comes: nothing but the archive says what is to be done.
            try await house.companion("second") {
                try house.force(open: false)
                try await eventually("the summary", within: .seconds(120)) { try summary(house, 1) != nil }
            }
        }
    }

    @Test func whatIsSwitchedOffIsNotPaid() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", hasty, #""summaries": {"sessions": false}"#)
            try await house.companion {
                try await house.push(2)
                try await house.waitForMemories(2)
                try await house.wake()
            }
            #expect(summaryCalls(house).isEmpty)
        }
    }

    private func pushSession(_ count: Int, _ house: CompanionHouse) async throws -> [String] {
        var words: [String] = []
        for number in 1...count {
            words.append("mark-s\(number)z")
            let entry = EpisodeEntry(
                uuid: "u\(number)", hash: "h\(number)", role: .user, at: "2027-01-15T08:00:00.000Z",
                text: "Please see to \(words[number - 1]) today")
            try await house.capture(try house.span([entry], number: number, session: "s1"))
        }
        return words
    }

    /// In parts that a model takes; each memory stands in one of them, and the last summary knows of all.
    @Test func aSessionOfThreeHundredEpisodesIsSummarisedInParts() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", provider: #""max_input_bytes": 16000"#, hasty)
            let words = try await pushSession(300, house)
            try await house.companion {
                try await house.waitForMemories(300)
                try await eventually("all of it is summarised", within: .seconds(120)) {
                    guard let archive = try ArchiveStores.at(house.archivePath).openToRead() else { return false }
                    defer { try? archive.close() }
                    let covered = try archive.summary(ofSession: try #require(SessionID(rawValue: "s1")))
                    let made = try archive.memories(
                        ofSession: try #require(SessionID(rawValue: "s1")),
                        madeAfter: covered?.coveredMilliseconds ?? 0)
                    return covered != nil && made.isEmpty
                }
            }
            let calls = summaryCalls(house)
            #expect(calls.count > 3 && calls.count < 60, "\(calls.count) parts")
            for word in words {
                #expect(
                    calls.count { $0.body.contains("About \(word)\\n") || $0.body.contains("# About \(word)") } >= 1,
                    "\(word)")
            }
            for call in calls { #expect(call.body.utf8.count < 40_000) }
        }
    }

    @Test func whatIsTooMuchForOneCallIsHalved() async throws {
        try await CompanionHouse.run { house in
            // Not quiet before all eight are there.
            try house.configure("anthropic")
            _ = try await pushSession(8, house)
            try await house.companion {
                try await house.waitForMemories(8)
                house.model.queue(
                    .status(413, body: #"{"type":"error","error":{"type":"request_too_large","message":"too large"}}"#))
                try house.configure("anthropic", hasty)
                try await eventually("the summary", within: .seconds(60)) { try summary(house, 1) != nil }
            }
            #expect(summaryCalls(house).count >= 2)
        }
    }

    @Test func theDaysBudgetHoldsForSummariesToo() async throws {
        try await CompanionHouse.run { house in
            try house.configure("anthropic", hasty, #""daily_token_budget": 100"#)
            try await house.companion {
                _ = try await pushSession(1, house)
                try await house.waitForMemories(1)
                try await house.wake()
            }
            #expect(summaryCalls(house).isEmpty && house.model.completions.count == 1)
        }
    }
}
