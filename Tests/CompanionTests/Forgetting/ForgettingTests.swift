import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

/// The companion takes out of the archive what the tombstones say, and nothing brings it back.
@Suite struct ForgettingTests {
    private func session(_ number: Int) throws -> SessionID { try #require(SessionID(rawValue: "s\(number)")) }

    private func leave(_ tombstone: Tombstone, in house: CompanionHouse) async throws {
        let tombstones = Tombstones(try Settings.load(environment: house.environment).state)
        try tombstones.add(tombstone)
        let mark = try tombstones.mark(of: tombstone.session)
        try house.redis { try $0.wakeDrains(of: house.queue) }
        try await eventually("the archive has forgotten") { try house.archiveIfAny()?.hasForgotten(mark) == true }
    }

    private func isOnDisk(_ word: String, _ house: CompanionHouse) throws -> Bool {
        try ["", "-wal", "-shm"].map { house.archivePath + $0 }.contains { path in
            guard Files.exists(path) else { return false }
            return ByteSearch.contains(String(decoding: try Files.bytes(path, limit: 1 << 28), as: UTF8.self), word)
        }
    }

    @Test func isNotRestoredAfterAFlush() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(3)
                try await house.waitForArchived(said)
                try await leave(Tombstone(of: session(1), isWhole: true), in: house)
                _ = try house.redis { try $0.run(house.queue.forgettingEpisodes([said[0].id])) }
                #expect(try !isOnDisk(said[0].word, house))

                try house.redis { _ = try $0.send(["FLUSHALL"]) }
                try house.force(open: true)
                try await eventually("what is kept is back") {
                    try house.redis { try $0.ask(house.queue.exist(said[1...].map(\.id))) } == [true, true]
                }
                #expect(try house.redis { try $0.ask(house.queue.exist([said[0].id])) } == [false])
                let files = (1...3).map { FileID(host: house.host, path: "/transcripts/\($0).jsonl") }
                try await eventually("all cursors are back, so that nothing is read again") {
                    try house.redis { try $0.ask(house.queue.cursors(of: files)) }.allSatisfy { $0.offset == 100 }
                }
            }
            // Nor when it comes in once more, or the archive is made anew.
            try house.force(open: true)
            try await house.companion("second") {
                try await eventually("the archive is owned") { try house.isOwner("second") }
                let again = try house.span(
                    [EpisodeEntry(uuid: "u1", hash: "h1", role: .user, at: "", text: "mark-e1z once more")], number: 1)
                _ = try house.redis { connection in
                    _ = try connection.ask(house.queue.forgettingCursor(of: again.file))
                    _ = try connection.run(house.queue.pushing(again))
                }
                try await eventually("it has left the queue") {
                    try house.redis { try $0.ask(house.queue.exist(again.episodes.map(\.id))) } == [false]
                }
                #expect(try house.archive().search("mark-e1z").isEmpty && !isOnDisk("mark-e1z", house))
            }
        }
    }

    /// Of an episode that a model reads at this moment a part is forgotten: what it answers is not stored, and it is asked
    /// again, for the rest.
    @Test func aMemoryThatIsBeingMadeDoesNotComeBack() async throws {
        try await CompanionHouse.run { house in
            house.model.play(.latency(milliseconds: 10_000))
            try await house.settledCompanion {
                let entries = ["mark-secret of the day", "mark-plain of the rest"].enumerated().map { index, text in
                    EpisodeEntry(uuid: "w\(index)", hash: "h\(index)", role: .user, at: "", text: text)
                }
                let span = try house.span(entries, number: 50)
                try await house.capture(span)
                try await eventually("the model is asked") { !house.model.completions.isEmpty }
                var known = ForgottenMessages()
                known.add("w0", at: "")
                try await leave(Tombstone(of: session(50), isWhole: false, known), in: house)
                let id = span.episodes[0].id
                var forgotten = Forgotten()
                forgotten.messages = ["w0"]
                try house.redis { connection in
                    let record = try #require(try connection.ask(house.queue.episode(id)))
                    let forgetting = try #require(house.queue.forgetting(forgotten, in: record, of: id))
                    _ = try connection.carryOut(forgetting, in: house.queue)
                }
                house.model.play(.ok())
                try await eventually("the rest has its memory") { try house.archive().show(id)?.memory != nil }
                #expect(try !isOnDisk("mark-secret", house))
                #expect(try house.archive().show(id)?.memory?.memory.title == "About mark-plain")
                #expect(house.model.completions.count == 2)
            }
        }
    }
}
