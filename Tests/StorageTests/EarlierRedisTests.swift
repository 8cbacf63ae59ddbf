import Domain
import Redis
import Storage
import TestSupport
import Testing

/// A Redis that an earlier version filled: without the fields, keys and members that came later.
@Suite(.redisServer) struct EarlierRedisTests {
    /// As version 0.1.0 left an episode that waits for its second try, or is dead.
    private func put(_ id: String, failed: Int64?, isDead: Bool = false, _ pool: inout Pool) throws {
        let keys = pool.queue.keys, now = pool.now
        var fields = [
            "session_id": "s1", "dispatch_key": "coder/1", "group_id": "coder", "agent_id": "", "host": "box",
            "session_file": "/1.jsonl", "file_id": "", "generation": "0", "bytes_from": "0", "bytes_to": "100",
            "entries": "1", "filter": "f", "content": "{}", "sha256": "x", "captured_at": "2027-01-15T08:00:00.000Z",
            "captured_ms": "\(now - 60_000)", "archived": "1", "needs_reprocessing": "1", "is_history": "0",
            "retry_count": "0", "attempts": "0", "next_retry_at": "",
        ]
        if let failed {
            fields["failed_ms"] = "\(failed)"
            fields["error_type"] = "network"
            fields["cause"] = "provider"
            fields["retry_count"] = "1"
        }
        let key = keys.prefix + "episode:" + id
        _ = try pool.connection.send(["HSET", key] + fields.flatMap { [$0.key, $0.value] })
        _ = try pool.connection.send(["ZADD", (isDead ? keys.dead : keys.schedule).name, "\(now - 1000)", id])
        // What had failed was in no index of what is to be done.
        let index = failed == nil ? keys.pending.name : keys.failed.name
        _ = try pool.connection.send(["ZADD", index, "\(failed ?? now - 60_000)", id])
    }

    @Test func whatWaitedIsWorkedOnAndCounted() throws {
        var pool = try Pool()
        let ids = ["a", "b", "c"].map { String(repeating: $0, count: 32) }
        try put(ids[0], failed: nil, &pool)
        try put(ids[1], failed: pool.now - 30_000, &pool)
        try put(ids[2], failed: pool.now - 20_000, isDead: true, &pool)
        let keys = pool.queue.keys
        _ = try pool.connection.send(["SET", keys.archive, "00112233445566ff"])
        _ = try pool.connection.send(["SET", keys.archiveOwner, "box:1:2", "PX", "30000"])

        // No epoch yet: another host waits, its own dead self is no hindrance.
        var claim = ArchiveClaim("00112233445566ff", owner: "box:9:9")
        #expect(try pool.run(pool.queue.owningArchive(claim)) == .standby(owner: "box:1:2", lastRenewal: 0))
        claim.host = "box"
        guard case .owner(isKnown: true, lastRenewal: 0, _) = try pool.run(pool.queue.owningArchive(claim)) else {
            Issue.record("not taken")
            return
        }

        // What its owner does when it takes the right.
        _ = try pool.run(pool.queue.reconciling(ids.compactMap(EpisodeID.init)))
        #expect(Set(try pool.ids(at: keys.pending).map(\.rawValue)) == Set(ids[..<2]))
        #expect(Set(try pool.ids(at: keys.failed).map(\.rawValue)) == Set(ids[1...]))
        let overview = try pool.connection.ask(pool.queue.overview(now: pool.now))
        #expect(overview.scheduled == 2 && overview.dead == 1 && overview.failed == 2)
        #expect(overview.oldestPending == pool.now - 60_000 && overview.archiveEpoch?.host == "box")
        let leases = try pool.claim(9).leases
        #expect(Set(leases.map(\.id.rawValue)) == Set(ids[..<2]))
        #expect(try pool.complete(leases) == [.held, .held])
        #expect(try pool.run(pool.queue.retrying(ids[2...].compactMap(EpisodeID.init))) == [.scheduled])
    }

    @Test func aBindingResumesAndIsUsedOn() throws {
        var registry = try Registry()
        let key = try DispatchKey("coder/1"), now = registry.now
        let told = "2027-01-15T08:00:00.000Z", path = "/c/projects/-p/s.jsonl"
        let session = [
            "state": "idle", "source": "startup", "cwd": "/p", "host": Registry.host, "pid": "100", "pid_start": "7",
            "model": "opus", "turns": "3", "resumes": "1", "dispatch_key": "coder/1", "started_at": told,
            "last_used_at": told, "last_used_ms": "\(now - 5000)", "last_event": "boot-1 \(registry.boot - 5000)",
            "transcript_path": path, "config_dir": "/c", "projects_folder": "1:2",
        ]
        let binding = [
            "session_id": "s", "host": Registry.host, "cwd": "/p", "last_used_at": told,
            "last_used_ms": "\(now - 5000)", "bound_at": told, "config_dir": "/c", "transcript_path": path,
        ]
        for (name, fields) in [
            (registry.keys.prefix + "session:s", session), (registry.keys.binding(key).name, binding),
        ] {
            _ = try registry.connection.send(["HSET", name] + fields.flatMap { [$0.key, $0.value] })
        }
        for (set, member) in [("sessions", "s"), ("open", "s")] {
            _ = try registry.connection.send(["ZADD", registry.keys.prefix + set, "\(now - 5000)", member])
        }
        _ = try registry.connection.send(["ZADD", registry.keys.prefix + "bindings", "\(now + 86_400_000)", "coder/1"])

        let found = try registry.lookUp(key)
        #expect(
            found.binding.sessionID?.rawValue == "s" && found.expired == nil && found.limitedUntilMilliseconds == nil)
        #expect(found.session.turns == 3 && found.session.refusals == 0 && !found.session.isRetired(after: 2))
        try registry.tell(.started, "s", key) { $0.source = "resume" }
        registry.pass(10)
        try registry.tell(.stopped, "s", key) { $0.transcript = .found }
        let after = try registry.lookUp(key)
        #expect(after.binding.sessionID?.rawValue == "s" && after.session.turns == 4 && after.session.resumes == 2)
        registry.pass(10)
        try registry.tell(.ended, "s", key) { $0.reason = "other" }
        #expect(try registry.record("s")["state"] == "ended")
        #expect(try registry.bound(key) == "s")
    }
}
