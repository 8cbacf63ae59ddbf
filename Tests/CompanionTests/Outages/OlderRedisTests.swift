import Archive
import Domain
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Redis comes back as it was a while ago: a replica that lagged took over, a snapshot was put back.
@Suite struct OlderRedisTests {
    /// Keeps what Redis holds now, to come back to.
    private func keep(_ house: CompanionHouse) throws {
        try house.redis { connection in
            for name in (try connection.send(["KEYS", "*"]).array ?? []).compactMap(\.text) {
                _ = try connection.send(["COPY", RedisKey(name), name, "DB", "1", "REPLACE"])
            }
        }
    }

    /// Waits until the owner has told Redis more than what is kept: the same server with the same count is the same Redis.
    private func goOn(_ house: CompanionHouse) async throws {
        func renewals() throws -> Int64? {
            try house.redis { connection in
                try connection.send(["HGET", house.queue.keys.archiveEpoch, "renewals"]).text.flatMap(Int64.init)
            }
        }
        let kept = try #require(try renewals())
        try house.redis { _ = try $0.send(["CLIENT", "KILL", "TYPE", "normal"]) }
        try await eventually("the right is renewed") { try renewals() ?? 0 > kept }
    }

    /// - Parameter breaksConnections: as when another server takes over.
    private func comeBack(_ house: CompanionHouse, breaksConnections: Bool) throws {
        try house.redis { connection in
            _ = try connection.send(["SWAPDB", "0", "1"])
            if breaksConnections { _ = try connection.send(["CLIENT", "KILL", "TYPE", "normal"]) }
        }
    }

    @Test(arguments: [true, false])
    func isFilledFromTheArchiveAndNothingIsPaidTwice(breaksConnections: Bool) async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                let before = try await house.push(4)
                try await house.waitForMemories(4)
                try await house.waitUntilEmpty()
                try keep(house)
                try await goOn(house)
                let after = try await house.push(6)
                try await house.waitForMemories(10)
                try await house.waitUntilEmpty()
                try house.force(open: true)
                try await eventually("the circuit is known to be open") {
                    try house.redis { try $0.wakeDrains(of: house.queue) }
                    return try house.circuit().state == .open
                }
                let waiting = try await house.push(4)
                try await house.waitForArchived(before + after + waiting)
                let files = (1...14).map { FileID(host: house.host, path: "/transcripts/\($0).jsonl") }
                let cursors = try house.redis { try $0.ask(house.queue.cursors(of: files)) }

                try comeBack(house, breaksConnections: breaksConnections)
                try await eventually("the cursors are put back") {
                    try house.redis { try $0.ask(house.queue.cursors(of: files)) } == cursors
                }
                // The circuit that was opened is forgotten too: what waited gets its memory, and nothing else a second.
                try await house.waitForMemories(14)
                try await house.waitUntilEmpty()
                try house.expectNothingLost(before + after + waiting)
                #expect(house.model.completions.count == 14)
                #expect(Set(house.model.completions.map(\.promptWord)).count == 14)
                #expect(try house.archive().counts().places == [.finished(.memory): 14])
            }
        }
    }

    @Test func whatAHookReadAgainMeanwhileCostsNothing() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                let entries = (1...3).map { number in
                    EpisodeEntry(
                        uuid: "u\(number)", hash: "h\(number)", role: .user, at: "2027-01-15T08:00:00.000Z",
                        text: "part \(number) of mark-first")
                }
                try keep(house)
                try await house.capture(try house.span(entries, number: 500))
                try await house.waitForMemories(1)
                try await house.waitUntilEmpty()
                try comeBack(house, breaksConnections: false)
                // The cursor stands at the beginning again: a capturer reads all of it, and what was said since.
                let more = EpisodeEntry(
                    uuid: "u4", hash: "h4", role: .user, at: "2027-01-15T08:00:01.000Z", text: "now mark-second")
                try house.redis { connection in
                    _ = try connection.ask(
                        house.queue.forgettingCursor(of: FileID(host: house.host, path: "/transcripts/500.jsonl")))
                }
                try await house.capture(try house.span(entries + [more], number: 500))
                try await house.waitForMemories(2)
                try await house.waitUntilEmpty()
                #expect(house.model.completions.map(\.promptWord) == ["mark-first", "mark-second"])
                #expect(house.model.completions.count { $0.body.contains("part 1 of") } == 1)
            }
        }
    }

    @Test func whatAPersonGaveUpStaysGivenUp() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(2)
                try await house.waitForArchived(said)
                try keep(house)
                #expect(try house.redis { try $0.run(house.queue.discarding(said[0].id)) })
                try await eventually("the archive knows") {
                    try house.archived(said[0])?.place == .finished(.discarded)
                }
                try comeBack(house, breaksConnections: true)
                try house.force(open: false)
                try await house.waitUntilEmpty()
                #expect(house.model.completions.map(\.promptWord) == [said[1].word])
                #expect(try house.completed(.discarded) == 1)
            }
        }
    }
}
