import Archive
import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Who works on a pool, and what becomes of work whose worker is gone.
@Suite struct OwnerTests {
    @Test func aStandbyTakesOverWhenTheOwnerStops() async throws {
        try await CompanionHouse.run { house in
            // So that the one that starts first finds itself second.
            _ = try house.redis { try $0.send(["SET", house.queue.keys.archiveOwner, "first"]) }
            try await house.companion("second") {
                try await eventually("the second stands by") { house.log.contains("standing by for first") }
                let said = try await house.companion("first") {
                    let said = try await house.push(10)
                    try await house.waitForMemories(10)
                    try await house.waitUntilEmpty()
                    #expect(try house.isOwner("first"))
                    return said
                }
                try await eventually("the second takes over") { try house.isOwner("second") }
                let later = try await house.push(5)
                try await house.waitForMemories(15)
                try await house.waitUntilEmpty()
                try house.expectMemories(said + later)
            }
        }
    }

    @Test func anotherGoesOnWhereOneWasKilled() async throws {
        try await CompanionHouse.run { house in
            house.model.play(.hang)
            let environment = house.environment
            let process = Task { try await Built.run("holdfast-companion", environment: environment) }
            let said = try await house.push(6)
            try await eventually("four calls hang") {
                try house.ids(.leased).count == 4 && house.model.runningCalls == 4
            }
            let settings = try Settings.load(environment: environment)
            let pid = try #require(CompanionStarter(settings: settings).companionID)
            kill(pid, SIGKILL)
            _ = try await process.value
            let leased = try house.ids(.leased)
            #expect(leased.count == 4)
            house.model.play(.ok())
            // Thirty seconds later: owner and leases have run out.
            try house.redis { connection in
                _ = try connection.send(["DEL", house.queue.keys.archiveOwner])
                for id in leased { _ = try connection.send(["ZADD", house.queue.keys.leases, "XX", "1", id.rawValue]) }
            }
            try await house.companion("second") {
                try await house.waitForMemories(6)
                try await house.waitUntilEmpty()
                try house.expectMemories(said, calls: 10)
                #expect(try house.counter("claude_leases_expired_total") == 4)
                #expect(try house.events("dead").isEmpty)
            }
        }
    }

    @Test func aWorkerThatWasStoppedFinishesNobodysRun() async throws {
        try await CompanionHouse.run { house in
            let environment = house.environment
            let process = Task { try await Built.run("holdfast-companion", environment: environment) }
            // Past what it does when it starts: stopped within a transaction it would keep everybody from the file.
            let first = try await house.push(1)
            try await house.waitForMemories(1)
            try await house.waitUntilEmpty()
            // Long enough for the stop to come before the answer, on a machine however busy.
            house.model.play(.latency(milliseconds: 10_000))
            let said = try await house.push(1)
            try await house.model.waitForCompletions(2)
            try await house.wake()
            let settings = try Settings.load(environment: environment)
            let pid = try #require(CompanionStarter(settings: settings).companionID)
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGKILL) }
            house.model.play(.ok())
            // Thirty seconds later.
            try house.redis { connection in
                _ = try connection.send(["DEL", house.queue.keys.archiveOwner])
                _ = try connection.send(["ZADD", house.queue.keys.leases, "XX", "1", said[0].id.rawValue])
            }
            try await house.companion("second") {
                try await house.waitForMemories(2)
                try await house.waitUntilEmpty()
                kill(pid, SIGCONT)
                // Its answer comes, or waits in its socket: it pays, would store it, and learns that it comes too late.
                let day = String(ISOTime.text(HostClock.wallMilliseconds).prefix(10))
                try await eventually("all calls are counted") {
                    try house.redis { try $0.send(["HGET", house.queue.keys.day(day), "tokens"]).text } == "504"
                }
                try house.expectMemories(first + said, calls: 3)
            }
            kill(pid, SIGTERM)
            let outcome = try await process.value
            // Whether it first hears that the archive is another's or that the lease is depends on who is heard first.
            let words = ["episodes were finished by others", "the archive cannot be used now"]
            #expect(words.contains { outcome.error.contains($0) }, "\(outcome.error)")
            #expect(try house.completed(.memory) == 2)
            #expect(Set(try house.ids(.done)) == Set((first + said).map(\.id)))
            #expect(try house.archive().counts().memories == 2)
            try house.expectNothingLost(first + said)
        }
    }

    /// As it is seen from outside: nothing but kills, and no waiting for leases to run out.
    @Test func fiveDeathsOfItsCompanionBuryAnEpisode() async throws {
        try await CompanionHouse.run { house in
            house.model.play(.hang)
            let environment = house.environment
            let starter = CompanionStarter(settings: try Settings.load(environment: environment))
            let said = try await house.push(1)[0]
            for death in 0..<5 {
                let process = Task { try await Built.run("holdfast-companion", environment: environment) }
                try await eventually("companion \(death) works on it") {
                    try house.ids(.leased) == [said.id] && house.fields(said)["attempts"] == "\(death)"
                }
                kill(try #require(starter.companionID), SIGKILL)
                _ = try await process.value
                #expect(try house.ids(.dead).isEmpty)
            }
            let process = Task { try await Built.run("holdfast-companion", environment: environment) }
            try await eventually("it is buried") { try house.ids(.dead) == [said.id] }
            let fields = try house.fields(said)
            #expect(fields["error_type"] == "crash" && fields["error_message"]?.contains("5 times") == true)
            #expect(house.model.completions.count <= 5)
            // Others are worked on.
            house.model.play(.ok())
            let other = try await house.push(1)
            try await eventually("another has its memory") { try house.archived(other[0])?.memory != nil }
            kill(try #require(starter.companionID), SIGTERM)
            _ = try await process.value
            try house.expectNothingLost([said] + other)
        }
    }

    @Test func whatKillsItsWorkerDiesAlone() async throws {
        try await CompanionHouse.run { house in
            try house.force(open: true)
            let said = try await house.companion {
                let said = try await house.push(16)
                try await house.waitForArchived(said)
                return said
            }
            let poison = said[7], neighbours = said.filter { $0 != poison }
            func crash(_ count: Int, expecting: Int) throws {
                try house.redis { connection in
                    let claim = try connection.run(
                        house.queue.claiming(
                            count, owner: "crashing", token: "t\(Int.random(in: 0...Int.max))", held: 0))
                    #expect(claim.leases.count == expecting)
                    for lease in claim.leases {
                        _ = try connection.send(["ZADD", house.queue.keys.leases, "XX", "1", lease.id.rawValue])
                    }
                }
            }
            // It takes its neighbours along twice, then goes alone.
            try crash(16, expecting: 16)
            try crash(16, expecting: 16)
            // Expires them, and hands out one alone: the poison, since the others are due later.
            try house.redis { connection in
                let claim = try connection.run(house.queue.claiming(0, owner: "looks", token: "t", held: 1))
                #expect(claim.leases.isEmpty)
                for said in neighbours {
                    _ = try connection.send([
                        "ZADD", house.queue.keys.schedule, "XX", "9000000000000", said.id.rawValue,
                    ])
                }
            }
            for _ in 0..<3 { try crash(16, expecting: 1) }
            #expect(try house.fields(poison)["attempts"] == "4")
            try house.redis { connection in
                for said in neighbours {
                    _ = try connection.send(["ZADD", house.queue.keys.schedule, "XX", "1", said.id.rawValue])
                }
            }
            try house.force(open: false)
            try await house.companion {
                try await house.waitForMemories(15)
                try await eventually("one is left, dead") {
                    try house.ids(.dead) == [poison.id] && house.queueCount() == 1
                }
                let fields = try house.fields(poison)
                #expect(fields["error_type"] == "crash")
                #expect(fields["error_message"]?.contains("5 times") == true)
                #expect(try house.events("dead").count == 1)
                #expect(Set(house.model.completions.map(\.promptWord)) == Set(neighbours.map(\.word)))
                #expect(house.model.completions.count == 15)
                try house.expectNothingLost(said)
            }
        }
    }
}
