import Domain
import Operations
import Platform
import Redis
import Storage
import TestSupport
import Testing

/// All hosts of one Redis in one look.
@Suite struct FleetTests {
    /// A host's companion says that it lives.
    private func beat(
        _ test: TestPlace, _ host: String, version: String = "0.1.0", pool: String, ahead: Int64 = 0, leases: Int = 0
    ) throws {
        var report = CompanionReport()
        (report.role, report.leases) = (.owner, Int64(leases))
        _ = try test.connection.run(
            Beat(
                test.keys, host: host, pid: 7, version: version, startedMilliseconds: 1,
                wallMilliseconds: HostClock.wallMilliseconds + ahead, pool: pool, report: report))
    }

    @Test func tellsEveryHostPoolAndDrivenKey() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(#"{"pool": "team"}"#, server: server)
            _ = try test.push("1", key: "coder/1")
            try beat(test, "a", pool: "team", leases: 3)
            try beat(test, "b", pool: "team")
            let owner = LockOwner(host: "b", space: ProcessTable.space, process: ProcessTable.own)
            #expect(
                try test.connection.run(DispatchLock(test.keys.lock(try DispatchKey("coder/1")), owner: owner).take())
                    == nil)
            let fleet = try test.place.fleet()
            #expect(Set(fleet.hosts.map(\.host)) == ["a", "b"])
            let first = try #require(fleet.hosts.first { $0.host == "a" })
            #expect(first.state == .running && first.version == "0.1.0" && first.pool == "team" && first.leases == 3)
            #expect(abs(try #require(first.clock_ahead_seconds)) < 5)
            #expect(fleet.hosts.first { $0.host == "b" }?.driven_keys == 1)
            let pool = try #require(fleet.pools.first)
            #expect(fleet.pools.map(\.pool) == ["team"] && pool.pool == "team" && pool.waiting == 1)
            #expect(Set(pool.hosts) == ["a", "b"])
            #expect(fleet.keys.map(\.dispatch_key) == ["coder/1"] && fleet.keys.map(\.host) == ["b"])
            #expect(fleet.complaints.isEmpty)
        }
    }

    @Test func aHostThatIsGoneIsASentence() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(#"{"pool": "c"}"#, server: server)
            _ = try test.push("1")
            try beat(test, "c", pool: "c", leases: 2)
            try beat(test, "d", pool: "d")
            #expect(try test.place.fleet().complaints.isEmpty)
            // Its heartbeat has run out.
            _ = try test.connection.send(["DEL", test.keys.companion("c")])
            let fleet = try test.place.fleet()
            #expect(fleet.hosts.first { $0.host == "c" }?.state == .gone)
            #expect(fleet.complaints.count == 2)
            #expect(fleet.complaints[0].hasPrefix("c has said nothing since "))
            #expect(fleet.complaints[1].hasPrefix("no host works on the pool 'c' (1 episode)"))
            #expect(fleet.complaints[1].contains("holdfast pool adopt c"))
            _ = try test.connection.send(["DEL", test.keys.companion("d")])
            #expect(try test.place.fleet().complaints[0].hasPrefix("no companion runs on any host"))
        }
    }

    @Test func clocksAndVersionsThatDifferAreToldAndPoolsOfNobody() async throws {
        try await RedisServer.run { server in
            let test = try TestPlace(#"{"pool": "nobodys"}"#, server: server)
            _ = try test.push("1")
            try beat(test, "a", pool: "a", ahead: 7300)
            try beat(test, "b", version: "0.2.0", pool: "b", ahead: -4000)
            let complaints = try test.place.fleet().complaints
            #expect(complaints.count == 3)
            #expect(complaints.contains { $0.hasPrefix("no host works on the pool 'nobodys' (1 episode)") })
            #expect(complaints.contains { $0.hasPrefix("the clock of a is 7.") && $0.contains("ahead of") })
            #expect(complaints.contains { $0 == "companions of 2 versions run: 0.1.0 on a; 0.2.0 on b" })
        }
    }
}
