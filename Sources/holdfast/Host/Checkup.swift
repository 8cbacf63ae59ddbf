internal import Archive
internal import Domain
internal import Glibc
internal import LanguageModel
internal import Redis
internal import Storage

/// The doctor's checks.
struct Checkup {
    private let place: Workplace

    init(_ place: Workplace) {
        self.place = place
    }

    func run() -> [Check] {
        redis() + [companion(), provider(), archive(), hooks(), client(), spool(), modes(), disk()]
    }

    private func redis() -> [Check] {
        do {
            var connection = try place.connect()
            let info = try connection.send(["INFO"]).text ?? ""
            func field(_ name: String) -> String {
                info.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }.map {
                    String($0.dropFirst(name.count + 1))
                } ?? ""
            }
            let version = field("redis_version")
            let major = Int(version.prefix { $0 != "." }) ?? 0
            let policy = field("maxmemory_policy")
            return [
                Check(outcome: .ok, name: "redis", finding: "answers at \(try place.settings.redisURL())"),
                major >= 7
                    ? Check(outcome: .ok, name: "redis version", finding: version)
                    : Check(
                        outcome: .fail, name: "redis version", finding: version,
                        remedy: "install Redis 7.0 or later, or Valkey"),
                policy == "noeviction" || policy.isEmpty
                    ? Check(outcome: .ok, name: "redis eviction", finding: policy.isEmpty ? "not told" : policy)
                    : Check(
                        outcome: .warn, name: "redis eviction", finding: "\(policy) may throw sessions away",
                        remedy: "redis-cli CONFIG SET maxmemory-policy noeviction"),
                field("aof_enabled") == "1"
                    ? Check(outcome: .ok, name: "redis persistence", finding: "append-only file")
                    : Check(
                        outcome: .warn, name: "redis persistence",
                        finding: "no append-only file: a restart may forget sessions",
                        remedy: "redis-cli CONFIG SET appendonly yes"),
            ]
        } catch {
            return [Check(outcome: .fail, name: "redis", finding: "\(error)", remedy: "holdfast up")]
        }
    }

    private func companion() -> Check {
        guard let pid = CompanionStarter(settings: place.settings).companionID else {
            return Check(outcome: .warn, name: "companion", finding: "not running on this host", remedy: "holdfast up")
        }
        return Check(outcome: .ok, name: "companion", finding: "pid \(pid)")
    }

    private func provider() -> Check {
        let kind = place.settings.configuration.provider.kind
        guard kind != .none else {
            return Check(
                outcome: .ok, name: "provider", finding: "none: episodes are archived and searchable, no model is asked"
            )
        }
        do {
            try ModelConfiguration.check(place.settings)
            var connection = try place.connect()
            let memory = try MemoryStanding(place, &connection)
            guard memory.circuit == "open" else {
                return Check(outcome: .ok, name: "provider", finding: memory.text)
            }
            return Check(
                outcome: .warn, name: "provider", finding: "\(memory.text): \(memory.circuit_message)",
                remedy: "holdfast circuit show")
        } catch {
            return Check(outcome: .fail, name: "provider", finding: "\(error)", remedy: "holdfast config check")
        }
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
        let last = Terminal.ago(try? HooksCommand.lastUse(place))
        do {
            guard try Plugin.isInstalled() else {
                return Check(
                    outcome: .warn, name: "hooks", finding: "not installed, last fired \(last)",
                    remedy: "holdfast hooks install")
            }
            return Check(outcome: .ok, name: "hooks", finding: "installed, last fired \(last)")
        } catch {
            let reason = (error as? Failure)?.message ?? "\(error)"
            return Check(outcome: .warn, name: "hooks", finding: "not known: \(reason)")
        }
    }

    private func client() -> Check {
        guard let result = Program.run(["claude", "--version"]), result.exitCode == 0 else {
            return Check(outcome: .warn, name: "claude", finding: "not on PATH", remedy: "install Claude Code")
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

    private func modes() -> Check {
        let path = place.settings.state.path
        guard let status = try? Files.status(path), status.st_mode & 0o077 == 0, status.st_uid == getuid() else {
            return Check(
                outcome: .fail, name: "state folder", finding: "\(path) is open to others", remedy: "chmod 700 \(path)")
        }
        return Check(outcome: .ok, name: "state folder", finding: path)
    }

    private func disk() -> Check {
        var space = statvfs()
        let path = place.settings.state.path
        guard unsafe statvfs(path, &space) == 0 else {
            return Check(outcome: .warn, name: "disk", finding: "\(FileError(path: path, number: errno))")
        }
        let free = (UInt64(space.f_bavail) * UInt64(space.f_frsize)) >> 20
        guard free > 100 else {
            return Check(
                outcome: .warn, name: "disk", finding: "\(free) MB free under \(path)",
                remedy: "make room: notes need it")
        }
        return Check(outcome: .ok, name: "disk", finding: "\(free) MB free")
    }
}
