import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The drain where nothing is wrong with the provider.
@Suite struct DrainTests {
    @Test(arguments: ["anthropic", "openai"])
    func makesAMemoryOfEachEpisodeWithOneCall(kind: String) async throws {
        try await CompanionHouse.run { house in
            try house.configure(kind)
            try await house.companion {
                let said = try await house.push(12, keys: ["coder/1", "coder/2", "reviewer/1"])
                try await house.waitForMemories(12)
                try await house.waitUntilEmpty()
                try house.expectMemories(said)
                #expect(try house.circuit().state == .closed)
                #expect(try house.registryEvents("circuit_opened").isEmpty)
                #expect(try house.events("completed").count == 12)
            }
            #expect(Set(house.model.completions.map(\.promptWord)).count == 12)
        }
    }

    @Test func asksNobodyForAMemoryThatIsStored() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            try await house.companion {
                let said = try await house.push(3)
                try await house.waitForArchived(said)
                // Stored by a worker that died before it could say so.
                let archive = try house.openArchive()
                for said in said {
                    #expect(
                        try archive.storeMemory(
                            Memory(title: "About \(said.word)", summary: "Made before."), of: said.id,
                            maker: MemoryMaker(provider: "anthropic", model: "scripted"), nowMilliseconds: 1) == .stored
                    )
                }
                try archive.close()
                try house.force(open: false)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: 0)
                for said in said { #expect(try house.archived(said)?.memory?.memory.summary == "Made before.") }
            }
        }
    }

    @Test func asksNobodyForWhatIsSaidAlready() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                let entries = (1...3).map { number in
                    EpisodeEntry(
                        uuid: "u\(number)", hash: "h\(number)", role: number == 2 ? .assistant : .user,
                        at: "2027-01-15T08:00:00.000Z", text: "part \(number) of mark-original")
                }
                let original = try house.span(entries, number: 1001)
                try await house.capture(original)
                try await house.waitForMemories(1)
                // Forks: the whole, and a part of it, in files of their own.
                for (number, part) in [(1002, entries), (1003, Array(entries[1...]))] {
                    let fork = try house.span(part, number: number)
                    try await house.capture(fork)
                }
                // And one that goes on from there.
                let more = EpisodeEntry(
                    uuid: "u4", hash: "h4", role: .user, at: "2027-01-15T08:00:01.000Z", text: "now mark-later")
                let further = try house.span(entries + [more], number: 1004)
                try await house.capture(further)
                try await house.waitForMemories(2)
                try await house.waitUntilEmpty()
                #expect(try house.completed(.duplicate) == 2)
                #expect(try house.completed(.memory) == 2)
                #expect(house.model.completions.count == 2)
                let archive = try house.archive()
                #expect(try archive.counts().places == [.finished(.memory): 2, .finished(.duplicate): 2])
                #expect(try archive.counts().entries == 4)
                #expect(try archive.show(further.episodes[0].id)?.newEntryCount == 1)
            }
        }
    }

    @Test func givesBackWhatItHoldsWhenItStops() async throws {
        try await CompanionHouse.run { house in
            let said = try await house.companion {
                house.model.play(.hang)
                let said = try await house.push(6)
                try await eventually("four calls hang") {
                    try house.model.completions.count == 4 && house.ids(.leased).count == 4
                }
                return said
            }
            #expect(try house.ids(.leased) == [])
            #expect(Set(try house.ids(.scheduled)) == Set(said.map(\.id)))
            for said in said {
                let fields = try house.fields(said)
                #expect(fields["attempts"] == "0")
                #expect(fields["retry_count"] == "0")
                #expect(fields["lease_token"] == nil)
                // Due at once: nobody who takes over has to wait.
                #expect(try #require(try house.dueMilliseconds(said)) <= HostClock.wallMilliseconds)
            }
            #expect(try house.redis { try $0.send(["EXISTS", house.queue.keys.archiveOwner]) } == .integer(0))
            #expect(try house.circuit().state == .closed)
            #expect(try house.circuit().failures == 0)
            house.model.play(.ok())
            try await house.companion("second") {
                try await house.waitForMemories(6)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: 10)
            }
        }
    }

    @Test func onePoisonousEpisodeStopsNoOther() async throws {
        try await CompanionHouse.run { house in
            try await house.settledCompanion {
                house.model.queue(
                    .status(
                        400,
                        body:
                            #"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#
                    ))
                let said = try await house.push(10)
                try await house.waitForMemories(9)
                try await eventually("one is dead, alone") {
                    try house.ids(.dead).count == 1 && house.queueCount() == 1
                }
                try house.expectNothingLost(said)
                let dead = try house.ids(.dead)
                let poison = try #require(said.first { dead.contains($0.id) })
                let fields = try house.fields(poison)
                #expect(fields["error_type"] == "content_filter")
                #expect(fields["cause"] == "episode")
                #expect(house.model.completions.count == 10)
                #expect(try house.circuit().state == .closed)
                #expect(try house.events("dead").count == 1)
                #expect(house.log.count("given up for good (content_filter)") == 1)
                #expect(try house.archived(poison)?.errorType == "content_filter")
            }
        }
    }
}
