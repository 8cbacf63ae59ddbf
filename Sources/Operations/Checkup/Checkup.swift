internal import Domain
internal import Settings

/// One line of the doctor's.
package struct Check: Encodable, Sendable {
    package enum Outcome: String, Encodable, Sendable { case ok, warn, fail }

    package var outcome: Outcome
    package var name: String
    package var finding: String
    /// Empty where nothing is to be mended.
    package var remedy = ""
}

extension Workplace {
    /// Looks at each part of the house.
    /// - Throws: `ConfigurationError`.
    package func checkUp() throws -> [Check] { Checkup(place: self, status: try status()).run() }
}

/// The doctor's checks.
struct Checkup {
    let place: Workplace
    let status: Status

    func run() -> [Check] {
        let parts = [companion(), dashboard(), provider(), archive(), vault(), hooks(), firing(), client()]
        let checks = redis() + server() + parts + recall() + [spool(), disk(), clock()] + modes()
        return checks + unspoken(by: checks)
    }

    /// What the status calls an error and no check has failed for: a doctor must not be content where the status is not.
    private func unspoken(by checks: [Check]) -> [Check] {
        let told = Set(checks.filter { $0.outcome == .fail }.map(\.finding))
        return status.troubles.filter { trouble in
            trouble.severity == .error && !told.contains(trouble.what)
                && ![.companion_gone, .stopped_by_hand].contains(trouble.kind)
                && !(trouble.kind.rawValue.hasPrefix("redis") && !status.redis.available)
        }.map {
            Check(
                outcome: .fail, name: $0.kind.rawValue.replacing("_", with: " "), finding: $0.what, remedy: $0.remedy)
        }
    }

    /// A check of something the status judges.
    func judged(_ name: String, by kinds: [Trouble.Kind], well finding: String) -> Check {
        guard let trouble = status.troubles.first(where: { kinds.contains($0.kind) }) else {
            return Check(outcome: .ok, name: name, finding: finding)
        }
        return Check(
            outcome: trouble.severity == .error ? .fail : .warn, name: name, finding: trouble.what,
            remedy: trouble.remedy)
    }
}

extension Checkup {
    func redis() -> [Check] {
        let redis = status.redis
        guard redis.available else {
            let trouble = status.troubles.first { $0.kind.rawValue.hasPrefix("redis") }
            return [
                Check(
                    outcome: .fail, name: "redis", finding: trouble?.what ?? redis.error ?? "away",
                    remedy: trouble?.remedy ?? "'holdfast up'")
            ]
        }
        let client = (try? place.settings.redisURL()).map { Remedy.redisClient($0) } ?? "redis-cli"
        let major = Int(redis.version.prefix { $0 != "." })
        let policy = redis.eviction_policy
        let used = "\(redis.memory_bytes >> 20) MB"
        return [
            Check(outcome: .ok, name: "redis", finding: "answers at \(redis.url)"),
            major.map { $0 >= 7 } ?? true
                ? Check(
                    outcome: .ok, name: "redis version", finding: redis.version.isEmpty ? "not told" : redis.version)
                : Check(
                    outcome: .fail, name: "redis version", finding: redis.version,
                    remedy: "install Redis 7.0 or later, or Valkey"),
            policy == "noeviction" || policy.isEmpty
                ? Check(outcome: .ok, name: "redis eviction", finding: policy.isEmpty ? "not told" : policy)
                : Check(
                    outcome: redis.evicted_keys > 0 ? .fail : .warn, name: "redis eviction",
                    finding: "\(policy) may throw sessions away (\(redis.evicted_keys) keys so far)",
                    remedy: "'\(client) CONFIG SET maxmemory-policy noeviction'"),
            redis.persistence == "append-only file"
                ? Check(outcome: .ok, name: "redis persistence", finding: redis.persistence)
                : Check(
                    outcome: .warn, name: "redis persistence",
                    finding: "\(redis.persistence): a restart may forget sessions",
                    remedy: "'\(client) CONFIG SET appendonly yes'"),
            redis.memory_limit_bytes == 0 || redis.memory_bytes < redis.memory_limit_bytes / 10 * 9
                ? Check(
                    outcome: .ok, name: "redis memory",
                    finding: used + (redis.memory_limit_bytes > 0 ? " of \(redis.memory_limit_bytes >> 20) MB" : ""))
                : Check(
                    outcome: .warn, name: "redis memory",
                    finding: "\(used) of \(redis.memory_limit_bytes >> 20) MB: it takes no more soon",
                    remedy: "'\(client) CONFIG SET maxmemory \(redis.memory_limit_bytes * 2)'"),
        ]
    }

    /// Decisions go by the server's clock; ours is shown beside it, so a difference puzzles people.
    func clock() -> Check {
        let offset = status.redis.clock_offset_seconds
        guard status.redis.available, abs(offset) > 2 else {
            return Check(outcome: .ok, name: "clock", finding: "within 2 s of Redis'")
        }
        return Check(
            outcome: .warn, name: "clock", finding: "Redis' clock is \(Int(offset)) s ahead of this host's",
            remedy: "'timedatectl set-ntp true', on both")
    }
}
