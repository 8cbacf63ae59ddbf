import Domain
import Redis
import Storage
import TestSupport
import Testing

/// Who may write a pool's archive.
@Suite(.redisServer) struct OwnArchiveTests {
    private func own(
        _ pool: inout Pool, _ archive: String = "f1", as owner: String,
        _ change: (inout ArchiveClaim) -> Void = { _ in }
    ) throws -> OwnArchive.Answer {
        var claim = ArchiveClaim(archive, owner: owner)
        change(&claim)
        return try pool.run(pool.queue.owningArchive(claim))
    }

    /// Whether an answer is the right to write, and what Redis knew.
    private func isOwner(_ answer: OwnArchive.Answer, knowing: Bool, after last: Int64) -> Bool {
        guard case .owner(knowing, last, let server) = answer else { return false }
        return !server.isEmpty
    }

    @Test func oneCompanionHoldsTheArchive() throws {
        var pool = try Pool()
        #expect(isOwner(try own(&pool, as: "a"), knowing: false, after: 0))
        #expect(try pool.run(pool.queue.adoptingArchive("f1", as: "b")) == false)
        #expect(try pool.run(pool.queue.adoptingArchive("f1", as: "a")))
        #expect(isOwner(try own(&pool, as: "a"), knowing: true, after: 1))
        #expect(try own(&pool, as: "b") == .standby(owner: "a", lastRenewal: 2))
        #expect(try own(&pool, "f2", as: "b") == .foreign(archiveID: "f1"))
        #expect(try !pool.run(pool.queue.leavingArchive(as: "b")))
        #expect(try pool.run(pool.queue.leavingArchive(as: "a")))
        #expect(isOwner(try own(&pool, as: "b"), knowing: true, after: 2))
        #expect(try pool.connection.send(["PTTL", pool.queue.keys.archiveOwner]).integer ?? 0 > 20_000)
    }

    /// An archive only grows; one that holds less was made anew, which is told until it holds as much or is accepted.
    @Test func tellsThatItHoldsLessThanItDid() throws {
        var pool = try Pool()
        func lost(after episodes: Int64) throws -> Int64? {
            _ = try own(&pool, as: "a") { $0.episodes = episodes }
            return try pool.connection.ask(pool.queue.archiveEpoch)?.lostEpisodes
        }
        #expect(try lost(after: 9) == nil && lost(after: 12) == nil)
        #expect(try lost(after: 3) == 12)
        let since = try pool.connection.ask(pool.queue.archiveEpoch)?.lostMilliseconds
        #expect(since == pool.now)
        pool.now += 5000
        #expect(try lost(after: 11) == 12 && lost(after: 2) == 12, "more than once")
        #expect(try pool.connection.ask(pool.queue.archiveEpoch)?.lostMilliseconds == since)
        #expect(try lost(after: 12) == nil)
        #expect(try lost(after: 1) == 12)
        #expect(try pool.connection.ask(pool.queue.acceptingLoss))
        #expect(try lost(after: 1) == nil && !pool.connection.ask(pool.queue.acceptingLoss))
    }

    @Test func itsOwnDeadSelfKeepsNobodyWaiting() throws {
        var pool = try Pool()
        _ = try own(&pool, as: "box-1:10:1")
        // Of another host whose name begins so, and of one that knows nothing of locks.
        #expect(try own(&pool, as: "box:11:2") { $0.host = "box" } == .standby(owner: "box-1:10:1", lastRenewal: 1))
        #expect(try own(&pool, as: "box-1:11:2") == .standby(owner: "box-1:10:1", lastRenewal: 1))
        #expect(isOwner(try own(&pool, as: "box-1:11:2") { $0.host = "box-1" }, knowing: false, after: 1))
    }

    @Test func theLeasesOfADeadOwnerEndWithIt() throws {
        var pool = try Pool()
        let id = try pool.push("x")
        _ = try pool.run(pool.queue.markingArchived([id]))
        _ = try own(&pool, as: "box:10:1")
        let claimed = try pool.run(pool.queue.claiming(1, owner: "box:10:1", token: "t1", held: 0))
        #expect(claimed.leases.map(\.id) == [id])
        #expect(try pool.run(pool.queue.claiming(1, owner: "box:11:2", token: "t2", held: 0)).leases.isEmpty)
        _ = try own(&pool, as: "box:11:2") { $0.host = "box" }
        let again = try pool.run(pool.queue.claiming(1, owner: "box:11:2", token: "t3", held: 0))
        #expect(again.leases.map(\.id) == [id])
        // It died of it once: what kills its companion is buried after the fifth time, however fast those come back.
        #expect(again.leases.first?.attempts == 1)
        for life in 2...5 {
            let name = "box:1\(life):9"
            _ = try own(&pool, as: name) { $0.host = "box" }
            let claim = try pool.run(pool.queue.claiming(1, owner: name, token: "l\(life)", held: 0))
            #expect(claim.leases.isEmpty == (life == 5))
            #expect(claim.buried == (life == 5 ? [id] : []))
        }
    }

    @Test func aSilentOwnerIsDeadWhateverTheClockSays() throws {
        var pool = try Pool()
        _ = try own(&pool, as: "a")
        _ = try own(&pool, as: "a")
        pool.now -= 7_200_000
        #expect(try own(&pool, as: "b") { $0.silentRenewal = 1 } == .standby(owner: "a", lastRenewal: 2))
        #expect(isOwner(try own(&pool, as: "b") { $0.silentRenewal = 2 }, knowing: false, after: 2))
    }

    @Test func withTheClockSetBackWhatWaitsBecomesDueAllTheSame() throws {
        var pool = try Pool()
        let now = try pool.push("due"), later = try pool.push("later")
        _ = try pool.run(pool.queue.markingArchived([now, later]))
        _ = try pool.connection.send(["ZADD", pool.queue.keys.schedule, "\(pool.now + 60_000)", later.rawValue])
        _ = try own(&pool, as: "a")
        pool.now -= 7_200_000
        _ = try own(&pool, as: "a")
        let claim = try pool.run(pool.queue.claiming(9, owner: "a", token: "t", held: 0))
        #expect(claim.leases.map(\.id) == [now])
        #expect(try pool.run(pool.queue.claiming(9, owner: "a", token: "u", held: 1)).waitMilliseconds == 30_000)
        pool.now += 60_000
        _ = try own(&pool, as: "a")
        #expect(try pool.run(pool.queue.claiming(9, owner: "a", token: "v", held: 0)).leases.map(\.id).contains(later))
    }

    @Test func aFileThatIsNotOpenedYetHasLostNothing() throws {
        var pool = try Pool()
        _ = try own(&pool, "one", as: "a") { $0.episodes = 7 }
        let epoch = pool.queue.keys.archiveEpoch
        for (episodes, held, lost) in [(Int64(-1), "7", nil as String?), (3, "3", "7")] {
            _ = try own(&pool, "one", as: "a") { $0.episodes = episodes }
            #expect(try pool.connection.send(["HGET", epoch, "episodes"]).text == held)
            #expect(try pool.connection.send(["HGET", epoch, "lost_episodes"]).text == lost)
        }
    }

    @Test func whoHadThePoolTakesItBackFromAnEmptierFile() throws {
        var pool = try Pool()
        // Redis forgot it, and a file that never was this pool's was faster.
        _ = try own(&pool, "new", as: "b") { $0.episodes = 3 }
        _ = try pool.run(pool.queue.adoptingArchive("new", as: "b"))
        func claim(_ episodes: Int64, had: Bool) throws -> OwnArchive.Answer {
            try own(&pool, "old", as: "a") {
                $0.episodes = episodes
                $0.had = had
            }
        }
        #expect(try claim(900, had: false) == .foreign(archiveID: "new"))
        #expect(try claim(3, had: true) == .foreign(archiveID: "new"))
        // Not before the owner has heard of it: two would serve the pool.
        #expect(try claim(4, had: true) == .standby(owner: "b", lastRenewal: 1))
        #expect(try pool.connection.send(["GET", pool.queue.keys.archiveOwner]).text == "b")
        #expect(try own(&pool, "new", as: "b") { $0.episodes = 3 } == .foreign(archiveID: "old"))
        #expect(try own(&pool, "other", as: "c") { $0.episodes = 9 } == .foreign(archiveID: "old"))
        #expect(isOwner(try claim(4, had: true), knowing: false, after: 1))
        _ = try pool.run(pool.queue.adoptingArchive("old", as: "a"))
        #expect(try own(&pool, "new", as: "b") { $0.episodes = 3 } == .foreign(archiveID: "old"))
        // What a person gave it stays.
        #expect(try pool.run(pool.queue.givingArchive("old")) == "a")
        _ = try pool.run(pool.queue.leavingArchive(as: "a"))
        #expect(try pool.run(pool.queue.givingArchive("old")) == nil)
        #expect(
            try own(&pool, "new", as: "b") {
                $0.episodes = 9000
                $0.had = true
            } == .foreign(archiveID: "old"))
    }
}
