internal import Domain
internal import Platform
internal import Redis

extension Status {
    /// The server.
    package struct Redis: StatusSection {
        package var available = true
        /// Judged by a write.
        package var writable = true
        /// Why it takes no writes.
        @OrNull package var write_error: String?
        package var url = ""
        package var version = ""
        @OrNull package var error: String?
        /// There and back once.
        @OrNull package var latency_seconds: Double?
        package var memory_bytes: Int64 = 0
        /// 0 for none.
        package var memory_limit_bytes: Int64 = 0
        package var eviction_policy = ""
        package var evicted_keys: Int64 = 0
        /// append-only file, snapshots, none, unknown.
        package var persistence = "unknown"
        @OrNull package var started_at: Timestamp?
        /// The server's clock against ours.
        package var clock_offset_seconds = 0.0
        /// nil where everybody goes to the server itself, or it is away.
        @OrNull package var relay: Relay?
    }
}

// MARK: - On the surfaces

extension Status.Redis {
    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge("holdfast_redis_up", "Whether Redis answers.", available).ofHost,
            .gauge("holdfast_redis_writable", "Whether Redis takes writes.", available && writable).ofHost,
            .gauge("holdfast_redis_latency_seconds", "One command there and back.", latency_seconds ?? 0),
            .gauge("holdfast_redis_memory_bytes", "Bytes that Redis uses.", memory_bytes),
            .gauge(
                "holdfast_redis_memory_limit_bytes", "Bytes that Redis may use; 0 for no limit.", memory_limit_bytes),
            .counter(
                "holdfast_redis_evicted_keys_total", "Keys that Redis threw away for want of memory.", evicted_keys),
        ] + Relay.metrics(of: relay)
    }

    package func row(in status: Status) -> StatusRow? {
        guard available else { return StatusRow("redis", "away: \(error ?? "") (\(url))") }
        let memory = "\(memory_bytes >> 20) MB\(memory_limit_bytes > 0 ? " of \(memory_limit_bytes >> 20)" : "")"
        guard writable else { return StatusRow("redis", "takes no writes: \(write_error ?? "") (\(url))") }
        return StatusRow("redis", "ok, \(version), \(memory), \(persistence) (\(url))")
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact("Answers", .seconds("redis.latency_seconds", latency_seconds, empty: "no")),
            Fact(
                "Memory",
                .share(
                    id: "redis-memory",
                    available ? Figure.Share(memory_bytes, of: memory_limit_bytes, .bytes) : nil, empty: "not known")),
            Fact("Eviction", .words("redis.eviction_policy", eviction_policy, empty: "not known")),
            Fact("Persistence", .words("redis.persistence", persistence, empty: "not known")),
            Fact("Started", .time("redis.started_at", started_at, empty: "not known")),
            Fact("Error", .quoted("redis.error", error)).hiddenWithoutValue(),
            Fact("Takes no writes", .quoted("redis.write_error", write_error)).hiddenWithoutValue(),
        ] + (relay?.facts() ?? [])
    }
}

// MARK: - Troubles

extension Status.Redis {
    package func troubles(_ judgement: Judgement) -> [Trouble] {
        [away(judgement), readOnly(judgement), memory(judgement)].compactMap { $0 }
            + (relay?.troubles(judgement) ?? [])
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        let now = judgement.now
        return [
            Evidence(
                .recorded, by: "Redis' answers", "it cannot be asked", isWell: available, at: now),
            Evidence(.recorded, by: "a write to Redis", "it is refused", isWell: available && writable, at: now),
            Evidence(.recorded, by: "Redis' keys", "some were thrown away", isWell: evicted_keys == 0, at: now),
        ]
    }

    /// It answers, and takes nothing: a replica after a failover, a disk to which it cannot save, too few replicas.
    private func readOnly(_ judgement: Judgement) -> Trouble? {
        guard available, let failure = judgement.clues.writeFailure else { return nil }
        let notes = judgement.status.capture.notes
        let risk = "nothing, hooks leave notes (\(notes) waiting) and lookups use this host's mirror"
        let client = judgement.clues.redisClient
        let (kind, remedy): (Trouble.Kind, String) =
            switch failure.code {
            case "OOM": (.redis_full, "raise maxmemory, or give Holdfast a Redis of its own")
            case "READONLY" where judgement.clues.isRelayed:
                (.redis_refuses, "let redis.url name the primary, or its sentinels (redis+sentinel://)")
            case "READONLY":
                (.redis_refuses, "let redis.url name the primary, or make this one: '\(client) REPLICAOF NO ONE'")
            case "NOREPLICAS": (.redis_refuses, "start its replicas, or lower min-replicas-to-write")
            case "MISCONF":
                (.redis_refuses, "free its disk and mend its folder ('\(client) CONFIG GET dir'); its log says more")
            case "NOPERM":
                (.redis_refuses, "let the user of redis.url run scripts and write all keys of Holdfast (ACL SETUSER)")
            default: (.redis_refuses, "mend the server at \(url)")
            }
        return Trouble(kind, "Redis refuses writes (\(failure))", atRisk: risk, remedy: remedy)
    }

    /// Whether the server is away for want of a companion, which would run it or lead to it: then one trouble says both.
    func waitsForCompanion(_ clues: Clues) -> Bool {
        // A companion serves nothing in a place that is somebody else's.
        if case .foreign = clues.redisFailure { return false }
        if case .newer = clues.redisFailure { return false }
        return clues.redisFailure != nil && !clues.companionRuns && clues.reachesRedisByCompanion
            && clues.stoppedAt == nil
    }

    private func away(_ judgement: Judgement) -> Trouble? {
        let clues = judgement.clues
        guard let failure = clues.redisFailure else { return nil }
        let notes = judgement.status.capture.notes
        let risk = "nothing, hooks leave notes (\(notes) waiting) and lookups use this host's mirror"
        if waitsForCompanion(clues) {
            return Trouble(
                .redis_down, "Redis is away, for no companion runs to serve it\(clues.startClause)",
                atRisk: risk,
                remedy: clues.startRemedy)
        }
        // Who stopped the companion stopped our server.
        guard clues.stoppedAt == nil || !clues.reachesRedisByCompanion else { return nil }
        let (kind, what, remedy): (Trouble.Kind, String, String) =
            switch failure {
            case .unreachable:
                (
                    .redis_down, "Redis is away (\(clues.startFailure ?? "\(failure)"))",
                    clues.usesEmbeddedRedis && clues.startFailure != nil
                        ? "mend that; the companion goes on trying, \(clues.statePath)/log/redis.log says more"
                        : clues.usesEmbeddedRedis
                            ? "wait a moment, the companion starts it again; else see \(clues.statePath)/log/redis.log"
                            : "start the server there, or mend redis.url"
                )
            case .foreign(let fault):
                (.redis_refuses, "Redis is not spoken to (\(fault.path): \(fault.reason))", fault.remedy)
            case .newer:
                (.redis_refuses, "This version is too old for Redis (\(failure))", "update Holdfast on this host")
            case .timedOut:
                (
                    .redis_hung, "Redis hangs (\(failure))",
                    clues.usesEmbeddedRedis
                        ? "'holdfast down && holdfast up' starts it anew; \(clues.statePath)/log/redis.log says more"
                        : "see whether its process is stopped, swaps or runs a long script; restart it if it stays so"
                )
            case .notNow(let message)
            where message.hasPrefix("NOAUTH") || message.hasPrefix("WRONGPASS") || message.hasPrefix("NOPERM"):
                (.redis_refuses, "Redis refuses our login (\(failure))", "mend user and password in redis.url")
            case .notNow, .rejected, .unexpectedReply:
                (.redis_refuses, "Redis refuses to serve (\(failure))", "mend the server at \(url)")
            }
        return Trouble(kind, what, atRisk: risk, remedy: remedy)
    }

    /// A server that throws keys away, or has no room for more.
    private func memory(_ judgement: Judgement) -> Trouble? {
        guard available else { return nil }
        if evicted_keys > 0 {
            let unarchived = judgement.status.queue_status.unarchived
            return Trouble(
                .redis_evicting,
                "Redis throws keys away (\(evicted_keys) since it started, maxmemory-policy \(eviction_policy))",
                atRisk:
                    "bindings, whose keys start fresh then, and \(unarchived) episodes that are not archived yet",
                remedy: eviction_policy == "noeviction"
                    ? "'holdfast verify --repair' brings back what transcripts hold; then '\(judgement.clues.redisClient) CONFIG RESETSTAT'"
                    : "raise maxmemory, then '\(judgement.clues.redisClient) CONFIG SET maxmemory-policy noeviction', and both in redis.conf"
            )
        }
        guard memory_limit_bytes > 0, judgement.clues.writeFailure == nil, memory_bytes >= memory_limit_bytes / 100 * 95
        else { return nil }
        return Trouble(
            .redis_full,
            "Redis is at its memory limit (\(memory_bytes >> 20) of \(memory_limit_bytes >> 20) MB)",
            atRisk: "nothing, what it does not take waits as notes (\(judgement.notes))",
            remedy: "raise maxmemory, or give Holdfast a Redis of its own")
    }
}
