import Archive
import Chronicle
import Dashboard
import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts
import Vault

/// Every trouble that can be made from outside, and none: the same sentence on command line, tool and page, and "well"
/// only where there is none.
@Suite struct TroubleMatrixTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// Of the trouble; well for none.
        var kind: String
        /// What the sentence says on all three.
        var words: String
        var configuration = "{}"
        /// What the companion of this host tells in its heartbeat; nil where none runs.
        var report: [String: String]? = [:]
        var make: @Sendable (Stage) throws -> Void = { _ in }

        var testDescription: String { "\(kind): \(words)" }
    }

    /// A home, its Redis, and what is wrong there.
    struct Stage {
        let scratch: Scratch
        let server: RedisServer
        let settings: Settings
        let host: String
        let pretence = Pretence()

        /// A companion that holds its lock and has told what it was told to tell.
        final class Pretence {
            var lock: FileLock?
            var report: CompanionReport?
            func end() { lock = nil }
        }

        /// A companion's heartbeat, before each look: it is old after a minute, and a busy machine takes its time.
        func beat() throws {
            guard let report = pretence.report else { return }
            var connection = try server.connect()
            _ = try connection.run(
                Beat(
                    settings.keys, host: host, pid: 7, version: Holdfast.version, startedMilliseconds: 1,
                    report: report))
            try redis(["PERSIST", settings.keys.companion(host).name])
            // It owns the archive as well, unless it says why not: half a minute without an owner is a trouble.
            if report.archiveStanding.isEmpty { try redis(["SET", pool.archiveOwner.name, "\(host):7:1"]) }
        }

        var state: StateFolder { settings.state }
        var pool: PoolKeys { settings.poolKeys(host: host) }

        func redis(_ commands: [String]...) throws {
            var connection = try server.connect()
            for command in commands { _ = try connection.send(command) }
        }

        /// One of whose set it is, captured long ago.
        func episode(in pool: PoolKeys, _ set: RedisKey) throws {
            let id = String(repeating: "a", count: 32)
            try redis(
                [
                    "HSET", pool.prefix + "episode:" + id, "content", "{}", "captured_ms", "\(TroubleMatrixTests.long)",
                    "error_type", "content_filter", "error_message", "refused",
                ], ["ZADD", set.name, "\(TroubleMatrixTests.long)", id])
        }

        func circuit(_ fields: [String: String]) throws {
            let id = "openai:1a2b3c4d", keys = settings.keys
            let hash = fields.merging(["generation": "1"]) { own, _ in own }
            try redis(
                ["SADD", keys.circuits.name, id],
                ["HSET", keys.prefix + "circuit:" + id] + hash.flatMap { [$0.key, $0.value] })
        }

        func open(_ reason: String) throws {
            let now = HostClock.wallMilliseconds
            try circuit([
                "state": "open", "reason": reason, "message": "m", "since_ms": "\(now - 60_000)",
                "down_since_ms": "\(now - 60_000)", "open_until_ms": "\(now + 3_600_000)",
            ])
        }
    }

    private static let openai = #"{"provider": {"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1"}}"#
    private static let long = HostClock.wallMilliseconds - 7_200_000

    static let cases: [Case] = [
        Case(kind: "first", words: "no hook of Claude Code was seen on this host"),
        Case(kind: "well", words: "All is well") {
            try $0.redis(["ZADD", $0.settings.keys.prefix + "sessions", "1", "s"])
        },
        Case(kind: "well", words: "All is well", configuration: openai) {
            try $0.redis(["ZADD", $0.settings.keys.prefix + "sessions", "1", "s"])
        },
        Case(kind: "companion_gone", words: "No companion runs", report: nil),
        Case(kind: "stopped_by_hand", words: "Stopped by", report: nil) {
            try Files.write(HostClock.now().bootID, to: $0.state.stopMark)
        },
        Case(kind: "redis_refuses", words: "refuses writes (READONLY") {
            try $0.redis(["REPLICAOF", "127.0.0.1", "1"])
        },
        Case(kind: "redis_refuses", words: "refuses writes (NOREPLICAS") {
            try $0.redis(["CONFIG", "SET", "min-replicas-to-write", "2"])
        },
        Case(kind: "redis_refuses", words: "refuses writes (NOPERM") {
            try $0.redis(["ACL", "SETUSER", "default", "-@scripting"])
        },
        Case(kind: "redis_refuses", words: "refuses writes (NOPERM") {
            try $0.redis(["ACL", "SETUSER", "default", "-evalsha"])
        },
        Case(kind: "redis_refuses", words: "run this command") {
            try $0.redis(["ACL", "SETUSER", "default", "-zadd"])
        },
        Case(kind: "redis_refuses", words: "refuses writes") { stage in
            let pool = "%R~" + stage.pool.prefix + "*"
            try stage.redis(["ACL", "SETUSER", "default", "resetkeys", pool, "~" + stage.settings.keys.prefix + "*"])
        },
        Case(kind: "configuration_broken", words: "not understood") {
            try Files.write("{broken", to: $0.state.tracking)
        },
        Case(kind: "not_captured", words: "a link that leads nowhere") {
            let projects = $0.scratch.path + "/claude/projects"
            try Files.makeFolder(projects)
            unsafe symlink("/nowhere/at/all", projects + "/-gone")
        },
        Case(kind: "state_unwritable", words: "gaps") { try Files.write("", to: $0.state.gaps) },
        Case(kind: "redis_refuses", words: "refuses our login") {
            try $0.redis(["CONFIG", "SET", "requirepass", "new"])
        },
        Case(kind: "redis_full", words: "refuses writes (OOM") { try $0.redis(["CONFIG", "SET", "maxmemory", "1"]) },
        Case(kind: "redis_down", words: "Redis is away") { _ = try? $0.redis(["SHUTDOWN", "NOSAVE"]) },
        Case(kind: "state_unwritable", words: "The state folder cannot be written") {
            Files.removeFolder($0.state.bindings)
            try Files.write("", to: $0.state.bindings)
        },
        Case(
            kind: "disk_full", words: "The disk has too little room",
            configuration: #"{"spool": {"min_free_bytes": 1099511627776}}"#),
        Case(kind: "hooks_missing", words: "no hook told of it") {
            let session = try #require(SessionID(rawValue: "s"))
            try #require(UnreportedMark(of: session, spoken: long, watchedSince: 0, lastHook: nil)).leave(in: $0.state)
        },
        Case(kind: "archive_shrunk", words: "The archive held 40 episodes") {
            let archive = try ArchiveStores.at($0.settings.archivePath(host: $0.host)).open(id: nil)
            try $0.redis(["SET", $0.pool.archive.name, archive.id])
            try archive.close()
            try $0.redis([
                "HSET", $0.pool.archiveEpoch.name, "owner", "\($0.host):1:1", "at_ms",
                "\(HostClock.wallMilliseconds)", "episodes", "3", "lost_episodes", "40", "lost_ms", "\(long)",
            ])
        },
        Case(
            kind: "not_captured", words: "2 transcripts cannot be read", report: ["ledger": "\(long) 3 9 0 9 0 0 2"]),
        Case(
            kind: "words_missing", words: "905 bytes of transcripts",
            report: ["ledger": "\(long) 1 1000 95 0 0 905"]),
        Case(
            kind: "archive_unowned", words: "No companion writes the archive of the pool",
            report: ["archive_standing": "the pool's archive (00ff) is on another host"]
        ) { try $0.redis(["HSET", $0.pool.archiveEpoch.name, "owner", "\($0.host):1:1", "at_ms", "\(long)"]) },
        Case(kind: "pool_unserved", words: "the pool build-7", report: ["unserved_pools": "build-7:9:4"]) {
            let pool = $0.settings.keys.pool("build-7")
            try $0.episode(in: pool, pool.schedule)
        },
        Case(kind: "transcripts_endangered", words: "2 transcripts", report: ["transcripts_endangered": "2"]),
        Case(
            kind: "vault_failed", words: "not kept in the vault (no space)",
            report: ["vault_error": "no space", "vault_error_ms": "\(long)"]),
        Case(kind: "vault_failed", words: "the index of the vault is damaged") {
            try Files.makeFolder($0.state.vault)
            try Files.write("no database at all", to: $0.state.vault + "/index.sqlite")
        },
        Case(kind: "vault_damaged", words: "1 segment in the vault is not what was kept") { stage in
            let path = try stage.scratch.write(Said.user("hello") + "\n", to: "gone/s.jsonl")
            let session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc"))
            let vault = try Vault.open(stage.state.vault)
            let request = KeepRequest(
                session: session, name: "\(session).jsonl", path: path, configDirectory: "", host: stage.host,
                isOfLines: true, isAtRest: true, nowMilliseconds: long)
            _ = try vault.keep(request) { { bytes, _ in KeptBytes(bytes: bytes) } }
            Files.remove(path)
            try Files.write("broken", to: stage.state.vault + "/packs/00000001.pack")
            try #require(try vault.verify().damaged.count == 1)
        },
        Case(kind: "reliability_critical", words: "anthropic: latency, p95 of 5 min 12000 ms") {
            try Chronicle.open($0.state.chronicle).note([
                WatchPolicy().figure(.latency, of: "anthropic", 12_000, at: HostClock.wallMilliseconds)
            ])
        },
        Case(kind: "audit_findings", words: "1 thing damaged or missing") {
            try Chronicle.open($0.state.chronicle).began(
                .damage, of: "episode_damaged e", at: HostClock.wallMilliseconds, detail: "x")
        },
        Case(kind: "tool_unavailable", words: "1 tool is unavailable (feeds: timeout)") {
            try $0.redis(["ZADD", "{holdfast}:tools", "\(long)", "feeds"])
            try $0.redis([
                "HSET", "{holdfast}:tool:feeds", "state", "unavailable", "since_ms", "\(long)", "last_error_class",
                "timeout",
            ])
        },
        Case(
            kind: "sink_failing", words: "1 sink does not get what is handed on (notes: 2 given up)",
            configuration: #"{"sinks": [{"kind": "folder", "name": "notes", "path": "/tmp/holdfast-notes"}]}"#,
            report: ["sinks": "notes:closed:0:0:5:2:0:0"]
        ) { try $0.redis(["SET", $0.pool.archiveOwner.name, "\($0.host):1:1"]) },
        Case(kind: "reliability_warning", words: "sync lag 400 s") {
            try Chronicle.open($0.state.chronicle).note([
                WatchPolicy().figure(.syncLag, 400, at: HostClock.wallMilliseconds)
            ])
        },
        Case(kind: "not_captured", words: "1 session is not captured") {
            UncapturedMarks($0.state).add(
                try #require(SessionID(rawValue: "s")), path: "/mnt/q/s.jsonl", "it lies outside")
        },
        Case(kind: "notes_corrupt", words: "notes cannot be read") {
            try Files.write("x", to: $0.state.spool + "/1-x.corrupt")
        },
        Case(kind: "archive_behind", words: "1 episodes are not archived") {
            try $0.redis(["ZADD", $0.pool.unarchived.name, "\(long)", String(repeating: "a", count: 32)])
        },
        Case(
            kind: "archive_damaged", words: "3 episodes in the archive are not what was stored",
            report: ["archive_damaged": "3", "archive_counted_ms": "\(long)"]
        ) { try $0.redis(["SET", $0.pool.archiveOwner.name, "\($0.host):1:1"]) },
        Case(
            kind: "archive_failed", words: "The archive cannot be used",
            report: ["archive_error": "disk I/O error", "archive_counted_ms": "\(long)"]
        ) { try $0.redis(["SET", $0.pool.archiveOwner.name, "\($0.host):1:1"]) },
        Case(
            kind: "provider_misconfigured", words: "openai cannot be used", configuration: openai,
            report: ["provider_error": "no key"]),
        Case(
            kind: "provider_misconfigured", words: "the provider cannot be used",
            configuration: #"{"provider": {"kind": "opnai"}}"#),
        Case(
            kind: "budget_spent", words: "token budget is spent",
            configuration: openai.dropLast() + #", "daily_token_budget": 10}"#
        ) {
            let day = ISOTime.text(HostClock.wallMilliseconds).prefix(10)
            try $0.redis(["HSET", "\($0.pool.prefix)day:\(day)", "tokens", "10"])
        },
        Case(kind: "provider_auth", words: "refuses the API key", configuration: openai) { try $0.open("auth") },
        Case(kind: "provider_quota", words: "over its quota", configuration: openai) { try $0.open("quota") },
        Case(kind: "provider_overloaded", words: "is overloaded", configuration: openai) { try $0.open("overloaded") },
        Case(kind: "provider_down", words: "cannot be reached", configuration: openai) { try $0.open("timeout") },
        Case(kind: "circuit_forced", words: "a person opened", configuration: openai) { try $0.open("forced") },
        Case(
            kind: "provider_failing", words: "answered none of its last 9 calls (rate_limit: slow",
            configuration: openai
        ) {
            try $0.circuit([
                "state": "closed", "unanswered": "9", "last_failure_ms": "\(long)",
                "last_failure_reason": "rate_limit", "last_failure_message": "slow down",
            ])
        },
        Case(kind: "not_remembered", words: "answered not its last call", configuration: openai) {
            try $0.circuit([
                "state": "closed", "unanswered": "1", "last_failure_ms": "\(long)",
                "last_success_ms": "\(long - 1000)",
            ])
        },
        Case(kind: "provider_waits", words: "openai asks us to wait until ", configuration: openai) {
            let now = HostClock.wallMilliseconds
            try $0.circuit([
                "state": "closed", "unanswered": "4", "last_failure_ms": "\(now)", "last_failure_reason": "rate_limit",
                "wait_until_ms": "\(now + 600_000)",
            ])
            // What waits is late for that, and for nothing that a setting mends.
            try $0.redis(
                ["ZADD", $0.pool.pending.name, "\(long)", String(repeating: "a", count: 32)],
                ["ZADD", $0.pool.schedule.name, "\(long)", String(repeating: "a", count: 32)])
        },
        Case(kind: "memory_behind", words: "Memory is behind", configuration: openai) {
            try $0.redis(
                ["ZADD", $0.pool.pending.name, "\(long)", String(repeating: "a", count: 32)],
                ["ZADD", $0.pool.schedule.name, "\(long)", String(repeating: "a", count: 32)])
        },
        Case(kind: "dead_letters", words: "1 episode failed for good") {
            try $0.episode(in: $0.pool, $0.pool.dead)
        },
        Case(kind: "queue_full", words: "The queue is full", configuration: #"{"retry_queue_max_size": 1}"#) {
            try $0.redis(["ZADD", $0.pool.schedule.name, "\(long)", String(repeating: "a", count: 32)])
        },
        Case(kind: "queue_full", words: "The queue is full", configuration: #"{"retry_queue_max_size": 1}"#) {
            try $0.episode(in: $0.pool, $0.pool.dead)
        },
        Case(
            kind: "dashboard_away", words: "port 7391 is taken",
            report: ["dashboard_error": "port 7391 is taken by another program"]),
        Case(kind: "restart_needed", words: "until it is restarted (changed: pool)") {
            try Files.write("pool\n", to: $0.state.restartMark)
        },
    ]

    static func withStage(_ row: Case, _ body: @Sendable (Stage) async throws -> Void) async throws {
        try await RedisServer.run { server in
            let scratch = try Scratch()
            try scratch.write(row.configuration, to: "config/holdfast.json")
            let settings = try Settings.load(environment: [
                "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
                "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "HOLDFAST_REDIS_URL": "unix:\(server.socket)",
                "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
            ])
            try settings.state.prepare()
            let stage = Stage(scratch: scratch, server: server, settings: settings, host: try settings.state.host())
            if let report = row.report {
                stage.pretence.report = CompanionReport(fields: report)
                stage.pretence.lock = try FileLock.take(settings.state.companionLock)
                try stage.beat()
            }
            try row.make(stage)
            try await body(stage)
            stage.pretence.end()
        }
    }

    private static func call(_ id: Int, _ method: String, _ parameters: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(parameters)}"#
    }

    @Test(arguments: cases)
    func saysTheSameOnCommandLineToolAndPage(row: Case) async throws {
        try await Self.withStage(row) { stage in
            let environment = stage.settings.environment
            let status = try await Built.run("holdfast", ["status"], environment: environment)
            let line = status.output.split(separator: "\n").first.map(String.init) ?? ""
            let requests = [
                Self.call(
                    1, "initialize",
                    #"{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#),
                #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
                Self.call(2, "tools/call", #"{"name":"session_tracking_health","arguments":{}}"#),
            ]
            try? stage.beat()
            let spoken = try await Built.tools(requests, answering: 2, environment: environment)
            let tool = spoken.first { $0.contains("\"id\":2") }.map(String.init) ?? ""
            try? stage.beat()
            let backend = try OperationsBackend(settings: LiveSettings(stage.settings))
            let page = String(
                decoding: try await backend.page(PageRequest(scope: .full, terms: [:])), as: UTF8.self)
            for (surface, text) in [("command line", line), ("tool", tool), ("page", page)] {
                #expect(text.contains(row.words), "\(surface): \(text.prefix(600))")
                #expect(text.contains("All is well") == (row.kind == "well"), "\(surface): \(text.prefix(600))")
            }
            #expect(
                ["well", "first"].contains(row.kind) || tool.contains("\\\"\(row.kind)\\\"")
                    || tool.contains("\"\(row.kind)\""))
        }
    }

    /// Who holds the address in the companion's place is not handed a pass.
    @Test func opensNoPageThatIsNotServed() async throws {
        let row = try #require(Self.cases.first { $0.kind == "dashboard_away" })
        try await Self.withStage(row) { stage in
            try Files.write("t", to: stage.state.dashboardToken)
            let outcome = try await Built.run(
                "holdfast", ["dashboard", "--print"], environment: stage.settings.environment)
            #expect(outcome.code == 1 && outcome.error.contains(row.words), "\(outcome)")
            #expect(!outcome.output.contains("pass="), "\(outcome)")
        }
    }

    /// What cannot be remembered now is said, not waited for.
    @Test(arguments: ["provider_misconfigured", "budget_spent"])
    func saysWhyAnAddedTextBecomesNoMemoryNow(kind: String) async throws {
        let row = try #require(Self.cases.first { $0.kind == kind })
        try await Self.withStage(row) { stage in
            let outcome = try await Built.run(
                "holdfast", ["memory", "add", "it moved", "--wait", "0"], environment: stage.settings.environment)
            let isSaid = outcome.output.contains(row.words) && !outcome.output.contains("first try")
            #expect(isSaid, "\(outcome)")
        }
    }
}
