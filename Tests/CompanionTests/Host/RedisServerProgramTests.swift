import Platform
import Testing

@testable import Companion

/// Which program keeps the registry.
@Suite struct RedisServerProgramTests {
    private func choice(_ said: [String: String]) throws(RedisServerProgram.Failure) -> String {
        try RedisServerProgram.choose(of: ["redis-server", "valkey-server", "/own/redis-server"]) { program in
            said[program].map { Program.Result(exitCode: $0.contains("v=") ? 0 : 127, output: $0) }
        }.path
    }

    @Test func takesTheSystemsWhereItIsNewEnough() throws {
        let redis = "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=1"
        let old = "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=1"
        let valkey = "Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1"
        #expect(try choice(["redis-server": redis, "/own/redis-server": redis]) == "redis-server")
        #expect(try choice(["redis-server": old, "valkey-server": valkey]) == "valkey-server")
        #expect(try choice(["redis-server": old, "/own/redis-server": redis]) == "/own/redis-server")
        #expect(try choice(["redis-server": "no such option", "/own/redis-server": redis]) == "/own/redis-server")
        #expect(try choice(["redis-server": "Redis server v=10.1.0"]) == "redis-server")
        let failure = #expect(throws: RedisServerProgram.Failure.self) { try choice(["redis-server": old]) }
        #expect(failure == .none(broken: [], tooOld: ["redis-server 6.0"]))
        #expect("\(try #require(failure))".hasPrefix("redis-server 6.0 is too old, 7.0 or later is needed"))
        let missing = #expect(throws: RedisServerProgram.Failure.self) {
            try choice(["redis-server": "error while loading shared libraries: x.so"])
        }
        #expect(
            "\(try #require(missing))".hasPrefix("redis-server did not start: error while loading shared libraries"))
        #expect("\(RedisServerProgram.Failure.none(broken: [], tooOld: []))".hasPrefix("redis-server is not on PATH"))
    }

    @Test(arguments: [
        ("ID=debian", "apt install"), ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", "apt install"),
        ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", "dnf install"), ("ID=alpine", "apk add"),
        ("NAME=x\nID=arch", "pacman"), ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", "zypper"),
        ("ID=plan9", "Redis 7.0 or later"), ("", "Redis 7.0 or later"),
    ])
    func saysHowToGetOne(release: String, way: String) {
        #expect(RedisServerProgram.way(release: release).contains(way))
    }
}
