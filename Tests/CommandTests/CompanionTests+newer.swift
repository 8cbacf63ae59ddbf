import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// A Redis that a newer version has taken over: nothing of ours is written there any more, and no word is lost.
extension CompanionTests {
    private var refusal: String { "holdfast 99.1 has taken this Redis over" }

    private func takeOver(_ connection: inout RedisConnection) throws {
        let fields = ["schema": "100", "oldest": "99", "version": "99.1"]
        for (name, value) in fields { _ = try connection.ask(HSET(Keys().schema, name, value)) }
    }

    @Test func standsBackForANewerVersion() async throws {
        try await RedisServer.run { server in
            try await withHome { home in try await standBack(home, server) }
        }
    }

    private func standBack(_ home: Home, _ server: RedisServer) async throws {
        let elsewhere = ["HOLDFAST_REDIS_URL": "unix:\(server.socket)"]
        #expect(try await home.holdfast("up", "--only", with: elsewhere).code == 0)
        let companion = try #require(try home.companionID)
        var connection = try server.connect()
        let told = try connection.ask(HGETALL(Keys().schema))
        #expect(told["version"] == Holdfast.version)

        try takeOver(&connection)
        try await poll("it has ended") { isGone(companion) }
        let log = try Files.read(home.state.companionFailure)
        #expect(log.contains(refusal) && log.contains("install 99.1 or later"), "\(log)")

        // Whoever wants it back is told why not, at once.
        let up = try await home.holdfast("up", "--only", with: elsewhere)
        #expect(up.code == 1 && up.error.contains(refusal), "\(up)")
        let status = try await home.holdfast("status", with: elsewhere)
        #expect(status.code != 0 && status.output.contains("too old for Redis"), "\(status)")

        // A hook leaves a note, and writes nothing there.
        let before = try connection.send(["DBSIZE"]).integer
        let start =
            #"{"session_id":"11111111-0000-4000-8000-000000000001","hook_event_name":"SessionStart","source":"startup","cwd":"/tmp"}"#
        let hook = try await Built.run(
            "holdfast-hook",
            environment: home.environment.merging(elsewhere) { $1 }.merging(["HOLDFAST_KEY": "coder/1"]) { $1 },
            input: Array(start.utf8))
        #expect(hook.code == 0 && hook.output.isEmpty)
        #expect(Spool(folder: home.state.spool).names().count == 1)
        #expect(try connection.send(["DBSIZE"]).integer == before)

        // As if this host had been updated.
        _ = try connection.send(["DEL", Keys().schema.name])
        #expect(try await home.holdfast("up", "--only", with: elsewhere).code == 0)
        try await poll("the note is told") { Spool(folder: home.state.spool).names().isEmpty }
        let session = try #require(SessionID(rawValue: "11111111-0000-4000-8000-000000000001"))
        #expect(try connection.ask(EXISTS(Keys().session(session))))
    }
}
