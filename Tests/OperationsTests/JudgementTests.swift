import Domain
import Platform
import Redis
import Settings
import Testing

@testable import Operations

/// The first sentence names the trouble, since when it is, what is at risk and what to do.
@Suite struct JudgementTests {
    private static let now: Int64 = 1_800_000_000_000
    private static let hour: Int64 = 3_600_000

    struct Stage: Sendable, CustomTestStringConvertible {
        let kind: Trouble.Kind
        let words: [String]
        let change: @Sendable (inout Status, inout Clues) -> Void
        var testDescription: String { kind.rawValue }
    }

    private static func isDown(_ failure: RedisError) -> @Sendable (inout Status, inout Clues) -> Void {
        { status, clues in
            status.redis.available = false
            status.capture.notes = 12
            clues.redisFailure = failure
        }
    }

    private static func isOpen(_ reason: String, _ message: String) -> @Sendable (inout Status, inout Clues) -> Void {
        { status, clues in
            status.llm_status.provider = "openai"
            status.llm_status.model = "m-1"
            status.circuit.state = "open"
            status.circuit.reason = reason
            status.circuit.message = message
            status.circuit.next_try = Timestamp(now + 60_000)
            status.queue_status.scheduled = 42
            status.queue_status.oldest_pending = Timestamp(now - 3 * hour)
            clues.providerDownSince = Timestamp(now - 3 * hour)
        }
    }

    static let stages: [Stage] = [
        Stage(
            kind: .redis_down,
            words: ["Redis is away", "1 h ago", "at risk: nothing", "12 waiting", "companion starts"],
            change: isDown(.unreachable(reason: "Connection refused"))),
        Stage(
            kind: .redis_hung, words: ["Redis hangs", "1 h ago", "'holdfast down && holdfast up'"],
            change: isDown(.timedOut(reason: "no reply"))),
        Stage(kind: .redis_evicting, words: ["throws keys away", "1 h ago", "bindings", "noeviction"]) { status, _ in
            status.redis.eviction_policy = "allkeys-lru"
            status.redis.memory_limit_bytes = 1 << 20
            status.redis.evicted_keys = 5
            status.redis.started_at = Timestamp(now - hour)
        },
        Stage(kind: .redis_full, words: ["memory limit", "at risk: nothing", "raise maxmemory"]) { status, _ in
            status.redis.eviction_policy = "noeviction"
            status.redis.memory_limit_bytes = 100 << 20
            status.redis.memory_bytes = 99 << 20
        },
        Stage(
            kind: .provider_auth,
            words: ["Memory is 3 h behind", "refuses the API key", "bad key", "3 h ago", "42 episodes", "valid key"],
            change: isOpen("auth", "bad key")),
        Stage(kind: .provider_quota, words: ["over its quota", "3 h ago", "billing"], change: isOpen("quota", "")),
        Stage(
            kind: .provider_overloaded, words: ["overloaded", "3 h ago", "next try is in"],
            change: isOpen("overloaded", "")),
        Stage(kind: .provider_down, words: ["cannot be reached", "timeout"], change: isOpen("timeout", "")),
        Stage(
            kind: .provider_down, words: ["refuses whatever it is asked", "no such path", "provider.base_url"],
            change: isOpen("invalid_request", "no such path")),
        Stage(
            kind: .provider_down, words: ["openai fails", "next try is in"], change: isOpen("server_error", "")),
        Stage(
            kind: .provider_failing, words: ["none of its last 9 calls", "content_filter", "--state dead' says which"]
        ) { status, _ in
            status.llm_status.provider = "openai"
            status.circuit.state = "closed"
            status.circuit.unanswered = 9
            status.circuit.last_failure = Timestamp(now)
            status.circuit.last_failure_reason = "content_filter: refused"
        },
        Stage(
            kind: .circuit_forced, words: ["a person opened", "holdfast circuit close"], change: isOpen("forced", "")),
        Stage(
            kind: .queue_full,
            words: ["queue is full (1000 episodes, room for 1000", "1 h ago", "at risk: nothing", "backlog (7)"]
        ) {
            status, _ in
            status.queue_status.limit = 1000
            status.queue_status.scheduled = 1000
            status.queue_status.backlog = 7
            status.queue_status.oldest_pending = Timestamp(now - 2 * hour)
        },
        Stage(kind: .disk_full, words: ["disk", "1 MB free", "1 h ago", "free 63 MB"]) { status, clues in
            status.capture.disk_free_bytes = 1 << 20
            clues.minimumFreeBytes = 64 << 20
            clues.spoolFullSince = Timestamp(now - hour)
        },
        Stage(kind: .spool_full, words: ["takes no more notes", "at risk: nothing while"]) { status, _ in
            status.capture.spool_pressure = .full
        },
        Stage(kind: .dead_letters, words: ["3 episodes failed for good", "1 h ago", "only memories", "episodes retry"])
        {
            status, clues in
            status.queue_status.dead = 3
            clues.oldestDead = Timestamp(now - hour)
        },
        Stage(kind: .companion_gone, words: ["No companion runs", "1 h ago", "at risk: nothing", "holdfast up"]) {
            _, clues in
            clues.companionRuns = false
            clues.lastBeat = Timestamp(now - hour)
        },
        Stage(kind: .companion_hung, words: ["hangs", "2 h ago", "holdfast down && holdfast up"]) { _, clues in
            clues.lastBeat = Timestamp(now - 2 * hour)
        },
        Stage(
            kind: .restart_needed, words: ["changed: pool, archive.path", "1 h ago", "holdfast down && holdfast up"]
        ) { _, clues in
            clues.restartNeeded = ["pool", "archive.path"]
            clues.restartNeededSince = Timestamp(now - hour)
        },
        Stage(
            kind: .redis_degraded,
            words: [
                "2 servers of 6 behind the relay", "(sentinel a:1: nobody listens there)", "at risk: nothing while",
            ]
        ) { status, _ in
            var report = RelayReport(upstream: "", clients: 0, servers: [])
            report.servers = (1...6).map { number in
                RelayReport.Server(
                    address: "a:\(number)", role: "sentinel", connections: 1,
                    failure: number < 3 ? "a:\(number): nobody listens there" : nil)
            }
            status.redis.relay = Status.Redis.Relay(report)
        },
        Stage(
            kind: .certificate_expiring,
            words: ["The certificate of b:2 is valid for 2 more days", "renew it on the server"]
        ) { status, _ in
            status.redis.relay = Status.Redis.Relay(
                RelayReport(
                    upstream: "", clients: 0,
                    servers: [(1, 40), (2, 2), (3, 30)].map { number, days in
                        RelayReport.Server(
                            address: "b:\(number)", role: "master", connections: 1,
                            certificateEnds: now / 1000 + days * 86_400 + 60)
                    }))
        },
        Stage(kind: .dashboard_away, words: ["port 7391 is taken", "at risk: nothing", "dashboard.listen"]) {
            $1.dashboardError = "no dashboard: port 7391 is taken by another program"
        },
        Stage(
            kind: .provider_misconfigured,
            words: ["Memory is 3 h behind", "key file is open", "2 h ago", "config check"]
        ) {
            status, clues in
            status.llm_status.provider = "openai"
            status.queue_status.oldest_pending = Timestamp(now - 3 * hour)
            clues.providerError = "key file is open to others"
            clues.providerErrorSince = Timestamp(now - 2 * hour)
        },
        Stage(
            kind: .configuration_broken,
            words: ["not understood (/c/holdfast.json: not JSON)", "not captured", "config check"]
        ) { _, clues in clues.configurationFault = "/c/holdfast.json: not JSON" },
        Stage(kind: .stopped_by_hand, words: ["holdfast down", "1 h ago", "holdfast up"]) { _, clues in
            clues.companionRuns = false
            clues.stoppedAt = Timestamp(now - hour)
        },
        Stage(kind: .archive_failed, words: ["archive cannot be used", "at risk: nothing", "doctor"]) { status, _ in
            status.archive.error = "disk I/O error"
        },
        Stage(
            kind: .archive_unowned,
            words: ["pool 'p1'", "(00ff) is on another host", "box-2 had it last", "2 h ago", "holdfast pool adopt p1"]
        ) { status, clues in
            status.archive.owner = nil
            clues.pool = "p1"
            clues.archiveStanding = "the pool's archive (00ff) is on another host"
            clues.archiveEpoch = ArchiveEpochRecord(fields: ["owner": "box-2:7:8", "at_ms": "\(now - 2 * hour)"])
        },
        Stage(kind: .archive_unowned, words: ["this host's companion had it last", "1 s ago", "file back"]) {
            status, clues in
            status.archive.owner = nil
            clues.archiveStanding = "the pool's archive (00ff) is on another host"
            clues.archiveEpoch = ArchiveEpochRecord(fields: ["owner": "box-1:7:8", "at_ms": "\(now - 1000)"])
        },
        Stage(kind: .budget_spent, words: ["budget is spent (100 of 100", "midnight"]) { status, _ in
            status.budget.daily_token_budget = 100
            status.budget.tokens_today = 100
        },
        Stage(kind: .budget_low, words: ["nearly spent (80 of 100"]) { status, _ in
            status.budget.daily_token_budget = 100
            status.budget.tokens_today = 80
        },
        Stage(kind: .transcripts_endangered, words: ["deletes them within 3 days", "holdfast sync"]) { status, _ in
            status.capture.transcripts_endangered = 2
        },
        Stage(kind: .vault_failed, words: ["not kept in the vault (the disk is full)", "1 h ago", "holdfast doctor"]) {
            status, clues in
            status.vault.error = "the disk is full"
            clues.vaultErrorSince = Timestamp(now - hour)
        },
        Stage(
            kind: .vault_damaged,
            words: ["3 segments in the vault", "reduced", "holdfast vault verify", "prune --damaged"]
        ) {
            status, _ in status.vault.damaged_segments = 3
        },
        Stage(kind: .not_kept, words: ["about to be deleted and are not in the vault"]) { status, _ in
            status.vault.enabled = true
            status.vault.last_look = Timestamp(now - 1000)
            status.vault.transcripts_endangered = 1
        },
        Stage(kind: .not_kept, words: ["look at all transcripts: it is overdue"]) { status, clues in
            status.vault.enabled = true
            status.vault.last_look = Timestamp(now - 2 * hour)
            clues.companionStarted = Timestamp(now - 3 * hour)
        },
        Stage(kind: .redis_refuses, words: ["refuses writes", "READONLY", "at risk: nothing", "12 waiting", "primary"])
        {
            status, clues in
            status.redis.writable = false
            status.capture.notes = 12
            clues.writeFailure = .notNow(message: "READONLY You can't write against a read only replica.")
        },
        // The relay would refuse the command that makes a replica the primary.
        Stage(kind: .redis_refuses, words: ["READONLY", "or its sentinels (redis+sentinel://)"]) { status, clues in
            status.redis.writable = false
            clues.isRelayed = true
            clues.writeFailure = .notNow(message: "READONLY You can't write against a read only replica.")
        },
        Stage(kind: .redis_refuses, words: ["too old for Redis", "schema 9", "at risk: nothing", "update Holdfast"]) {
            status, clues in
            status.redis.available = false
            clues.redisFailure = .newer(reason: "holdfast 9 has taken this Redis over, which needs schema 9 or later")
        },
        Stage(kind: .redis_refuses, words: ["refuses writes", "NOREPLICAS", "min-replicas-to-write"]) { status, clues in
            status.redis.writable = false
            clues.writeFailure = .notNow(message: "NOREPLICAS Not enough good replicas to write.")
        },
        Stage(kind: .redis_full, words: ["refuses writes", "OOM", "raise maxmemory"]) { status, clues in
            status.redis.writable = false
            clues.writeFailure = .notNow(message: "OOM command not allowed when used memory > 'maxmemory'.")
        },
        Stage(
            kind: .state_unwritable,
            words: ["state folder cannot be written", "/state: Read-only", "what is said", "HOLDFAST_STATE_DIR"]
        ) { _, clues in
            clues.stateFailure = FileError(path: "/state", number: 30)
            clues.statePath = "/state"
        },
        Stage(
            kind: .hooks_missing, words: ["no hook told of it", "1 h ago", "holdfast hooks install"]
        ) { status, _ in
            status.capture.last_hook = Timestamp(now - 2 * hour)
            status.capture.last_unreported = Timestamp(now - hour)
        },
        Stage(
            kind: .archive_shrunk, words: ["held 40 episodes", "it holds 3", "2 h ago", "holdfast pool adopt p1"]
        ) { _, clues in
            clues.pool = "p1"
            clues.archiveEpoch = ArchiveEpochRecord(fields: [
                "owner": "box-1:7:8", "at_ms": "\(now - 1000)", "episodes": "3", "lost_episodes": "40",
                "lost_ms": "\(now - 2 * hour)",
            ])
        },
        Stage(kind: .not_captured, words: ["2 transcripts cannot be read", "holdfast verify"]) { status, _ in
            status.ledger = Status.Ledger(
                LedgerSums(
                    milliseconds: now - 60_000, transcripts: 3, bytes: 1000, captured: 95, pending: 905, excluded: 0,
                    missing: 0, unreadable: 2))
        },
        Stage(kind: .words_missing, words: ["905 bytes", "in no episode", "verify --repair"]) { status, _ in
            status.ledger = Status.Ledger(
                LedgerSums(
                    milliseconds: now - 60_000, transcripts: 1, bytes: 1000, captured: 95, pending: 0, excluded: 0,
                    missing: 905))
        },
        Stage(
            kind: .provider_failing,
            words: ["openai answered none of its last 4 calls (rate_limit: slow down)", "at risk: nothing"]
        ) { status, _ in
            status.llm_status.provider = "openai"
            status.circuit.state = "closed"
            status.circuit.unanswered = 4
            status.circuit.last_success = Timestamp(now - hour)
            status.circuit.last_failure = Timestamp(now - 1000)
            status.circuit.last_failure_reason = "rate_limit: slow down"
        },
        Stage(kind: .not_remembered, words: ["openai answered not its last call", "tried again"]) { status, _ in
            status.llm_status.provider = "openai"
            status.circuit.state = "closed"
            status.circuit.unanswered = 1
            status.circuit.last_success = Timestamp(now - hour)
            status.circuit.last_failure = Timestamp(now - 1000)
        },
        Stage(
            kind: .provider_waits,
            words: [
                "Memory is 1 h behind: openai asks us to wait until 08:10 UTC", "at risk: nothing", "circuit close",
            ]
        ) { status, _ in
            status.llm_status.provider = "openai"
            status.circuit.state = "closed"
            status.circuit.unanswered = 4
            status.circuit.wait_until = Timestamp(now + 600_000)
            status.circuit.last_failure = Timestamp(now)
            status.circuit.last_failure_reason = "rate_limit: slow down"
            status.queue_status.scheduled = 1
            status.queue_status.oldest_pending = Timestamp(now - hour)
        },
        Stage(kind: .archive_behind, words: ["3 episodes are not archived", "at risk: nothing"]) { status, _ in
            status.queue_status.unarchived = 3
            status.archive.oldest_unarchived = Timestamp(now - hour)
        },
        Stage(kind: .archive_damaged, words: ["2 episodes in the archive are not what was stored", "verify --repair"]) {
            status, _ in status.archive.damaged = 2
        },
        Stage(kind: .memory_behind, words: ["Memory is behind: 1 episode waits"]) { status, _ in
            status.llm_status.provider = "openai"
            status.queue_status.scheduled = 1
            status.queue_status.oldest_pending = Timestamp(now - hour)
        },
        Stage(kind: .notes_corrupt, words: ["2 notes cannot be read", "watcher reads them"]) { status, _ in
            status.capture.corrupt_notes = 2
        },
        Stage(kind: .notes_waiting, words: ["2 notes wait to be captured", "1 h ago"]) { status, _ in
            status.capture.notes = 2
            status.capture.oldest_note = Timestamp(now - hour)
        },
        Stage(
            kind: .pool_unserved, words: ["the pool build-7 (9 episodes)", "no archive", "holdfast pool adopt build-7"]
        ) { status, _ in status.unserved_pools.all = [Status.Pool(name: "build-7", episodes: 9, unarchived: 4)] },
        Stage(kind: .not_captured, words: ["2 sessions are not captured", "C:\\x", "by hand"]) { status, _ in
            status.capture.uncaptured_sessions = 2
            status.capture.uncaptured_reason = "C:\\x: it lies outside"
        },
        Stage(
            kind: .reliability_critical, words: ["anthropic: latency, p95 of 5 min 12000 ms", "holdfast reliability"]
        ) { status, _ in
            status.reliability.figures = [watched(.latency, "anthropic", 12_000)]
        },
        Stage(kind: .audit_findings, words: ["2 things damaged or missing"]) { status, _ in
            status.reliability.not_mended = 2
        },
        Stage(
            kind: .tool_unavailable,
            words: ["1 tool is unavailable (feeds: timeout)", "1 other works", "tools show feeds"]
        ) { status, _ in
            var failing = ToolHealth()
            for ended in 1...3 {
                failing.take(.init(failure: .timeout, atMilliseconds: now + Int64(ended)), ToolPolicy())
            }
            let names = ["feeds", "Bash"].compactMap { ToolName(rawValue: $0) }
            status.tools = Status.Tools([(names[0], failing), (names[1], ToolHealth())], at: now + 4)
        },
        Stage(
            kind: .sink_failing,
            words: ["1 sink does not get", "(graphiti: circuit open, 3 waiting, 1 given up)", "sinks retry graphiti"]
        ) { status, _ in
            var failing = SinkFigures(name: "graphiti", circuit: .open)
            (failing.waiting, failing.sent, failing.dead) = (2, 1, 1)
            failing.stalledMilliseconds = now - 1000
            var well = SinkFigures(name: "notes", circuit: .closed)
            (well.waiting, well.oldestMilliseconds, well.stalledMilliseconds) = (1, now - 90_000_000, now - 1000)
            status.sinks = Status.Sinks([failing, well].map(Status.Sink.init))
        },
        Stage(kind: .reliability_warning, words: ["disk: days until there is no room 9 days"]) { status, _ in
            status.reliability.figures = [watched(.daysUntilFull, "disk", 9), watched(.latency, "anthropic", 10)]
        },
        Stage(kind: .spool_low, words: ["getting full"]) { status, _ in status.capture.spool_pressure = .low },
        Stage(kind: .no_capture, words: ["Nothing was captured", "2 h ago"]) { status, _ in
            status.sessions.busy = 1
            status.capture.last_hook = Timestamp(now - 60_000)
            status.queue_status.last_captured = Timestamp(now - 2 * hour)
        },
    ]

    private static func watched(_ indicator: Indicator, _ subject: String, _ value: Double) -> WatchFigure {
        let policy = WatchPolicy()
        return WatchFigure(policy.figure(indicator, of: subject, value, at: now - 60_000), policy)
    }

    private func status(_ change: (inout Status, inout Clues) -> Void) -> Status {
        var status = Status(host: "box-1", observedAt: Timestamp(Self.now))
        status.archive.owner = "box-1"
        status.sessions.recorded = 1
        status.capture.disk_free_bytes = 1 << 30
        var clues = Clues()
        clues.companionRuns = true
        clues.companionStarted = Timestamp(Self.now - 5 * Self.hour)
        clues.lastBeat = Timestamp(Self.now - 5000)
        clues.keyRemedy = "set OPENAI_API_KEY to a valid key"
        change(&status, &clues)
        // What nothing else tells was seen first an hour ago.
        return status.judged(by: clues) { troubles in
            troubles.map { trouble in
                var trouble = trouble
                trouble.since = trouble.since ?? Timestamp(Self.now - Self.hour)
                return trouble
            }
        }
    }

    @Test(arguments: stages)
    func namesTheTroubleSinceWhenWhatIsAtRiskAndWhatToDo(stage: Stage) {
        let status = status(stage.change)
        #expect(status.troubles.first?.kind == stage.kind)
        #expect(status.service_status != .running)
        for word in stage.words { #expect(status.sentence.contains(word), "\(status.sentence)") }
        #expect(status.sentence.contains("at risk: "), "\(status.sentence)")
        #expect(status.sentence.contains("to do: "), "\(status.sentence)")
    }

    /// A kind that no stage shows would have no sentence that somebody has read. Two have none of their own: what fails
    /// there has another trouble, and they stand for what is still to come.
    @Test func showsEveryKind() {
        let shown = Set(Self.stages.map(\.kind))
        let silent: Set<Trouble.Kind> = [.not_recorded, .not_archived]
        #expect(shown.union(silent) == Set(Trouble.Kind.allCases), "\(Set(Trouble.Kind.allCases).subtracting(shown))")
    }

    /// Another host's companion that is started again has no archive for a moment.
    @Test func leavesAnotherHostTimeToComeBack() {
        func isWell(_ silence: Int64) -> Bool {
            status { status, clues in
                status.archive.owner = nil
                clues.archiveStanding = "the pool's archive (00ff) is on another host"
                clues.archiveEpoch = ArchiveEpochRecord(
                    fields: ["owner": "box-2:7:8", "at_ms": "\(Self.now - silence)"])
            }.troubles.isEmpty
        }
        #expect(isWell(35_000) && !isWell(35_001))
    }

    @Test func saysThatAllIsWell() {
        let status = status { _, _ in }
        #expect(status.troubles.isEmpty)
        #expect(status.service_status == .running)
        #expect(status.sentence.hasPrefix("All is well"))
    }

    /// Nothing can be wrong where nothing was ever seen: what is still to do is said in its place.
    @Test func saysWhatIsStillToDoAtFirst() {
        let first = status { status, _ in status.sessions.recorded = 0 }
        #expect(first.troubles.isEmpty && first.service_status == .running)
        for word in ["no hook of Claude Code was seen", "'holdfast hooks install'", "No provider is configured"] {
            #expect(first.sentence.contains(word), "\(first.sentence)")
        }
        let next = status { status, _ in
            status.sessions.recorded = 0
            status.capture.last_hook = Timestamp(Self.now - 1000)
            status.llm_status.provider = "openai"
        }
        #expect(next.sentence.contains("hooks fire") && !next.sentence.contains("provider"), "\(next.sentence)")
    }

    @Test func tellsTheWorstFirstAndHowManyThereAre() {
        let status = status { status, clues in
            status.queue_status.dead = 1
            Self.isOpen("auth", "")(&status, &clues)
        }
        #expect(status.troubles.map(\.kind) == [.provider_auth, .dead_letters])
        #expect(status.sentence.hasSuffix(". Also: dead letters."))
    }

    @Test(arguments: [
        ("closed", 0, "full"), ("half-open", 1, "partial"), ("open", 2, "raw only"),
    ])
    func namesTheLevelAndWhy(circuit: String, level: Int, name: String) {
        let status = status { status, _ in
            status.llm_status.provider = "openai"
            status.circuit.state = circuit
        }
        #expect(status.level == level)
        #expect(status.level_name == name)
        #expect(status.level_reason.isEmpty == (level == 0))
    }

    @Test func leavesTheUserAloneWithWhatMendsItself() {
        #expect(status(Self.isOpen("overloaded", "")).notice == nil)
        #expect(status { _, clues in clues.companionRuns = false }.notice == nil)
        let notice = status(Self.isOpen("auth", "bad\u{1b}[2J key")).notice
        let opening = "holdfast: Memory is 3 h behind: openai refuses the API key (bad\\u{1B}[2J key)"
        #expect(notice?.hasPrefix(opening) == true)
        #expect(notice?.contains("nothing lost") == true)
    }
}
