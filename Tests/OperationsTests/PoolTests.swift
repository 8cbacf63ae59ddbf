import Archive
import Domain
import Operations
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Pools that nobody serves are named, and can be taken over.
@Suite struct PoolTests {
    @Test func takesOverWhatNobodyServes() async throws {
        try await RedisServer.run { server in
            let gone = try TestPlace(#"{"pool": "gone"}"#, server: server)
            let ids = [try gone.push("1"), try gone.push("2")]
            let place = try Workplace(settings: try gone.settings(#"{"pool": "mine"}"#))
            var connection = try server.connect()
            let keys = gone.keys
            #expect(
                try connection.unservedPools(of: keys, but: "mine")
                    == [UnservedPool(name: "gone", episodes: 2, unarchived: 0)])
            #expect(try connection.unservedPools(of: keys, but: "gone").isEmpty)

            _ = try connection.send(["SET", keys.pool("gone").archiveOwner, "box:1:2"])
            #expect(try connection.unservedPools(of: keys, but: "mine").isEmpty)
            #expect(throws: Failure.self) { try place.adoptPool("gone") }
            _ = try connection.send(["DEL", keys.pool("gone").archiveOwner])

            let before = try connection.ask(EpisodeQueue(keys: keys.pool("gone")).episodes(ids))
            #expect(try place.adoptPool("gone").adopted == 2)
            let mine = EpisodeQueue(keys: keys.pool("mine"))
            let after = try connection.ask(mine.episodes(ids))
            for (old, new) in zip(before, after) {
                #expect(old?.content == new?.content && old?.capturedMilliseconds == new?.capturedMilliseconds)
                #expect(old?.sessionID == new?.sessionID && new?.isArchived == false)
            }
            #expect(try connection.ask(mine.sight).open == 2)
            #expect(try connection.pools(of: keys) == ["mine"])
            #expect(throws: Failure.self) { try place.adoptPool("gone") }
            #expect(throws: Failure.self) { try place.adoptPool("a*}:") }
        }
    }

    /// The archive is gone, or on a host that is: the own pool goes on with one of this host.
    @Test(arguments: [true, false]) func givesTheOwnPoolAnArchiveHere(aFileLiesHere: Bool) async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(#"{"pool": "mine"}"#, server: server)
            let store = ArchiveStores.at(test.place.settings.archivePath(host: test.place.host))
            let lying = aFileLiesHere ? try store.open(id: nil) : nil
            var connection = try server.connect()
            let keys = test.queue.keys
            _ = try connection.send(["SET", keys.archive, "00112233445566ff"])
            for owner in ["other:1:2", "\(test.place.host):1:2"] {
                _ = try connection.send(["SET", keys.archiveOwner, owner])
                #expect(throws: Failure.self) { try test.place.adoptPool("mine") }
                #expect(!store.needsRebuilding)
            }
            _ = try connection.send(["DEL", keys.archiveOwner])

            let answer = try test.place.adoptPool("mine")
            let id = try #require(answer.archive)
            #expect(id != "00112233445566ff" && (lying == nil || lying?.id == id))
            #expect(try connection.ask(test.queue.archiveID) == id)
            #expect(store.mayMake(id) && !store.mayMake("00112233445566ff") && store.needsRebuilding)
            // What had it does not take it back.
            var claim = ArchiveClaim("00112233445566ff", owner: "other:1:2")
            (claim.had, claim.episodes) = (true, 9000)
            #expect(try connection.run(test.queue.owningArchive(claim)) == .foreign(archiveID: id))
            try lying?.close()
            let made = try store.open(id: id)
            #expect(made.id == id)
            #expect(throws: Failure.self) { try test.place.adoptPool("mine") }
            // Unless it holds less than it did, which a person may accept.
            for episodes in [9, 3] as [Int64] {
                var claim = ArchiveClaim(id, owner: "\(test.place.host):1:2")
                claim.episodes = episodes
                _ = try connection.run(test.queue.owningArchive(claim))
            }
            #expect(try test.place.status().troubles.map(\.kind).contains(.archive_shrunk))
            #expect(try test.place.adoptPool("mine").archive == id)
            #expect(try !test.place.status().troubles.map(\.kind).contains(.archive_shrunk))
            #expect(throws: Failure.self) { try test.place.adoptPool("mine") }
        }
    }

    /// Interrupted between the two pools it goes on, and nothing is there twice.
    @Test func goesOnWhereItStopped() async throws {
        try await RedisServer.run { server in
            let gone = try TestPlace(#"{"pool": "gone"}"#, server: server)
            let id = try gone.push("1")
            let place = try Workplace(settings: try gone.settings(#"{"pool": "mine"}"#))
            var connection = try server.connect()
            let record = try #require(try connection.ask(gone.queue.episodes([id])).first ?? nil)
            let mine = EpisodeQueue(keys: gone.keys.pool("mine"))
            #expect(try connection.run(mine.adopting(id, record, limit: 10)) == .adopted)
            #expect(try connection.run(mine.adopting(id, record, limit: 10)) == .there)
            #expect(try place.adoptPool("gone").left == 0)
            #expect(try connection.ask(mine.sight).open == 1)
        }
    }

    @Test func tellsOfThemByTheCompanionsWord() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(server: server)
            let companion = try test.beat(["unserved_pools": "build-7:9:4 other.x:1:1"])
            let status = try test.place.status()
            #expect(status.unserved_pools.all.map(\.name) == ["build-7", "other.x"])
            #expect(status.troubles.map(\.kind) == [.pool_unserved])
            withExtendedLifetime(companion) {}
        }
    }
}
