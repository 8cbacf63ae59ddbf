internal import Archive
internal import Domain
internal import Glibc
internal import LanguageModel
internal import Operations
internal import Redis
internal import Storage

/// The doctor's checks.
struct Checkup {
    let place: Workplace
    let status: Status

    init(_ place: Workplace) throws {
        self.place = place
        status = try place.status()
    }

    func run() -> [Check] {
        redis() + [
            companion(), dashboard(), provider(), archive(), hooks(), firing(), client(), spool(), disk(), clock(),
        ]
            + modes()
    }

    private func redis() -> [Check] {
        let redis = status.redis
        guard redis.available else {
            let remedy = status.troubles.first { $0.kind.rawValue.hasPrefix("redis") }?.remedy ?? "holdfast up"
            return [Check(outcome: .fail, name: "redis", finding: redis.error ?? "away", remedy: remedy)]
        }
        let major = Int(redis.version.prefix { $0 != "." }) ?? 0
        let policy = redis.eviction_policy
        let used = "\(redis.memory_bytes >> 20) MB"
        return [
            Check(outcome: .ok, name: "redis", finding: "answers at \(redis.url)"),
            major >= 7
                ? Check(outcome: .ok, name: "redis version", finding: redis.version)
                : Check(
                    outcome: .fail, name: "redis version", finding: redis.version,
                    remedy: "install Redis 7.0 or later, or Valkey"),
            policy == "noeviction" || policy.isEmpty
                ? Check(outcome: .ok, name: "redis eviction", finding: policy.isEmpty ? "not told" : policy)
                : Check(
                    outcome: redis.evicted_keys > 0 ? .fail : .warn, name: "redis eviction",
                    finding: "\(policy) may throw sessions away (\(redis.evicted_keys) keys so far)",
                    remedy: "redis-cli CONFIG SET maxmemory-policy noeviction"),
            redis.persistence == "append-only file"
                ? Check(outcome: .ok, name: "redis persistence", finding: redis.persistence)
                : Check(
                    outcome: .warn, name: "redis persistence",
                    finding: "\(redis.persistence): a restart may forget sessions",
                    remedy: "redis-cli CONFIG SET appendonly yes"),
            redis.memory_limit_bytes == 0 || redis.memory_bytes < redis.memory_limit_bytes / 10 * 9
                ? Check(
                    outcome: .ok, name: "redis memory",
                    finding: used + (redis.memory_limit_bytes > 0 ? " of \(redis.memory_limit_bytes >> 20) MB" : ""))
                : Check(
                    outcome: .warn, name: "redis memory",
                    finding: "\(used) of \(redis.memory_limit_bytes >> 20) MB: it takes no more soon",
                    remedy: "redis-cli CONFIG SET maxmemory \(redis.memory_limit_bytes * 2)"),
        ]
    }

    private func companion() -> Check {
        guard let pid = CompanionStarter(settings: place.settings).companionID else {
            return Check(outcome: .warn, name: "companion", finding: "not running on this host", remedy: "holdfast up")
        }
        let own = status.companions.first { $0.host == place.host }
        if let version = own?.version, version != Holdfast.version {
            return Check(
                outcome: .warn, name: "companion",
                finding: "pid \(pid) is version \(version), this is \(Holdfast.version)",
                remedy: "holdfast down && holdfast up")
        }
        return Check(outcome: .ok, name: "companion", finding: "pid \(pid)")
    }

    private func dashboard() -> Check {
        let configuration = place.settings.configuration
        guard configuration.dashboardIsOn else {
            return Check(outcome: .ok, name: "dashboard", finding: "switched off (dashboard.enabled)")
        }
        let address = configuration.dashboardAddress
        guard let socket = LoopbackAddress(address), socket.isListenedOn else {
            return Check(
                outcome: .warn, name: "dashboard", finding: "nobody listens on \(address)",
                remedy: "holdfast up; if another program has the port, set dashboard.listen in holdfast.json")
        }
        return Check(outcome: .ok, name: "dashboard", finding: "listens on \(address); holdfast dashboard opens it")
    }

    private func provider() -> Check {
        guard status.llm_status.provider != "none" else {
            return Check(
                outcome: .ok, name: "provider", finding: "none: episodes are archived and searchable, no model is asked"
            )
        }
        let name = "\(status.llm_status.provider) \(status.llm_status.model)"
        do {
            try ModelConfiguration.check(place.settings)
        } catch {
            return Check(outcome: .fail, name: "provider", finding: "\(error)", remedy: "holdfast config check")
        }
        guard let error = status.llm_status.error else {
            return Check(outcome: .ok, name: "provider", finding: "\(name), circuit \(status.circuit.state)")
        }
        return Check(
            outcome: .warn, name: "provider", finding: "\(name), circuit \(status.circuit.state): \(error)",
            remedy: "holdfast circuit show")
    }

    private func archive() -> Check {
        let path = place.settings.archivePath(host: place.host)
        do {
            guard let archive = try Archive.openReadOnly(path: path) else {
                return Check(outcome: .warn, name: "archive", finding: "none yet at \(path)", remedy: "holdfast up")
            }
            try archive.quickCheck()
            let counts = try archive.counts()
            return Check(
                outcome: .ok, name: "archive",
                finding: "\(counts.episodes) episodes, \(counts.memories) memories, sound (\(path))")
        } catch {
            return Check(
                outcome: .fail, name: "archive", finding: "\(error)",
                remedy: "holdfast down && holdfast up (a damaged file is moved aside and made anew)")
        }
    }

    private func hooks() -> Check {
        do {
            guard try Plugin.isInstalled() else {
                return Check(
                    outcome: .warn, name: "hooks", finding: "the plugin is not installed in Claude Code",
                    remedy: "holdfast hooks install")
            }
            return Check(outcome: .ok, name: "hooks", finding: "installed")
        } catch {
            return Check(
                outcome: .warn, name: "hooks", finding: "not known: \(Failure(of: error).message)",
                remedy: "holdfast hooks status")
        }
    }

    private func firing() -> Check {
        guard let last = status.capture.last_hook else {
            return Check(
                outcome: .warn, name: "hooks fire", finding: "none was heard of yet",
                remedy: "start claude once, or holdfast doctor --self-test")
        }
        let long = status.observed_at.milliseconds - last.milliseconds > 7 * 86_400_000
        return Check(
            outcome: long ? .warn : .ok, name: "hooks fire", finding: "last \(last.ago(status.observed_at))",
            remedy: long ? "holdfast doctor --self-test" : "")
    }

    private func client() -> Check {
        guard let result = Program.run(["claude", "--version"]), result.exitCode == 0 else {
            return Check(
                outcome: .warn, name: "claude", finding: "not on PATH",
                remedy: "npm install -g @anthropic-ai/claude-code, or put claude on PATH")
        }
        return Check(outcome: .ok, name: "claude", finding: String(result.output.prefix { !$0.isNewline }))
    }

    private func spool() -> Check {
        let spool = Spool(folder: place.settings.state.spool)
        let waiting = spool.names()
        if spool.corruptCount > 0 {
            return Check(
                outcome: .warn, name: "spool", finding: "\(spool.corruptCount) notes are unreadable",
                remedy: "look at the *.corrupt files below \(place.settings.state.spool), then delete them")
        }
        let space = SpoolSpace(settings: place.settings)
        if space.pressure != .ample {
            return Check(
                outcome: space.pressure == .full ? .fail : .warn, name: "spool",
                finding: "\(space.bytes) bytes of notes, \(space.freeBytes >> 20) MB free",
                remedy: "see that Redis runs and has room; make room on the disk, or raise spool.max_bytes")
        }
        let oldest = waiting.first.flatMap { Int64($0.prefix { $0 != "-" }) }
        guard let oldest, HostClock.wallMilliseconds - oldest > 60_000 else {
            return Check(outcome: .ok, name: "spool", finding: "\(waiting.count) notes waiting")
        }
        return Check(
            outcome: .warn, name: "spool",
            finding: "\(waiting.count) notes waiting, the oldest from \(Terminal.ago(oldest))", remedy: "holdfast up")
    }

    /// What only its owner may read.
    private func modes() -> [Check] {
        let state = place.settings.state
        let paths = [
            state.path, state.spool, place.settings.archivePath(host: place.host), state.dashboardToken,
            state.redisSocket,
        ]
        let open = paths.filter { path in
            guard let status = try? Files.status(path) else { return false }
            return status.st_mode & 0o077 != 0 && status.st_mode & S_IFMT != S_IFSOCK || status.st_uid != getuid()
        }
        guard open.isEmpty else {
            return open.map {
                Check(outcome: .fail, name: "file modes", finding: "\($0) is open to others", remedy: "chmod go= \($0)")
            }
        }
        return [Check(outcome: .ok, name: "file modes", finding: "only you can read \(state.path)")]
    }

    private func disk() -> Check {
        let free = status.capture.disk_free_bytes >> 20
        let path = place.settings.state.path
        guard free > max(100, place.settings.configuration.spoolMinFreeBytes >> 20) else {
            return Check(
                outcome: .warn, name: "disk", finding: "\(free) MB free under \(path)",
                remedy: "make room: notes need it (du -xh \(path) | sort -h | tail)")
        }
        return Check(outcome: .ok, name: "disk", finding: "\(free) MB free")
    }

    /// Decisions go by the server's clock; ours is shown beside it, so a difference puzzles people.
    private func clock() -> Check {
        let offset = status.redis.clock_offset_seconds
        guard status.redis.available, abs(offset) > 2 else {
            return Check(outcome: .ok, name: "clock", finding: "within 2 s of Redis'")
        }
        return Check(
            outcome: .warn, name: "clock", finding: "Redis' clock is \(Int(offset)) s ahead of this host's",
            remedy: "timedatectl set-ntp true, on both")
    }
}

extension LoopbackAddress {
    /// Whether a connection is taken there.
    fileprivate var isListenedOn: Bool {
        let url: RedisURL.Endpoint =
            switch self {
            case .tcp(let host, let port): .tcp(host: host, port: port)
            case .unix(let path): .unix(path: path)
            }
        let deadlines = RedisDeadlines(connect: .milliseconds(200), reply: .milliseconds(200))
        do throws(RedisError) {
            // hiredis connects like anybody else; nothing is sent.
            _ = try RedisConnection(to: RedisURL(endpoint: url), deadlines: deadlines)
            return true
        } catch {
            return false
        }
    }
}
