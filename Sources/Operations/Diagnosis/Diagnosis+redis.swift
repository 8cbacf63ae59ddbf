internal import Domain
internal import Redis

/// Troubles of Redis, and of the archive beside it.
extension Diagnosis {
    var redis: Trouble? {
        guard let failure = clues.redisFailure else { return nil }
        let risk = "nothing, hooks leave notes (\(status.capture.notes) waiting) and lookups use this host's mirror"
        // Without a companion nobody runs the embedded server: that is the trouble to mend.
        if !clues.companionRuns, clues.usesEmbeddedRedis, clues.stoppedAt == nil {
            return Trouble(
                kind: .redis_down, severity: .error, what: "Redis is away, for no companion runs to serve it",
                since: nil, at_risk: risk, remedy: "holdfast up")
        }
        guard clues.stoppedAt == nil || !clues.usesEmbeddedRedis else { return nil }
        let (kind, what, remedy): (Trouble.Kind, String, String) =
            switch failure {
            case .unreachable:
                (
                    .redis_down, "Redis is away (\(failure))",
                    clues.usesEmbeddedRedis
                        ? "wait a moment, the companion starts it again; else see log/redis.log in the state folder"
                        : "start the server there, or mend redis.url"
                )
            case .timedOut:
                (
                    .redis_hung, "Redis hangs (\(failure))",
                    "see whether its process is stopped, swaps or runs a long script; restart it if it stays so"
                )
            case .notNow(let message)
            where message.hasPrefix("NOAUTH") || message.hasPrefix("WRONGPASS") || message.hasPrefix("NOPERM"):
                (.redis_refuses, "Redis refuses our login (\(failure))", "mend user and password in redis.url")
            case .notNow, .rejected, .unexpectedReply:
                (.redis_refuses, "Redis refuses to serve (\(failure))", "mend the server at \(status.redis.url)")
            }
        return Trouble(
            kind: kind, severity: .error, what: what, since: nil, at_risk: risk, remedy: remedy)
    }

    /// A server that throws keys away, or has no room for more.
    var redisMemory: Trouble? {
        let redis = status.redis
        guard redis.available, redis.memory_limit_bytes > 0 else { return nil }
        let policy = redis.eviction_policy
        if !policy.isEmpty, policy != "noeviction" {
            guard redis.evicted_keys > 0 else { return nil }
            return Trouble(
                kind: .redis_evicting, severity: .error,
                what: "Redis throws keys away (\(redis.evicted_keys) since it started, maxmemory-policy \(policy))",
                since: nil,
                at_risk:
                    "bindings, whose keys start fresh then, and \(status.queue_status.unarchived) episodes that are not archived yet",
                remedy: "raise maxmemory, then redis-cli CONFIG SET maxmemory-policy noeviction, and both in redis.conf"
            )
        }
        guard redis.memory_bytes >= redis.memory_limit_bytes / 100 * 95 else { return nil }
        return Trouble(
            kind: .redis_full, severity: .error,
            what: "Redis is at its memory limit (\(redis.memory_bytes >> 20) of \(redis.memory_limit_bytes >> 20) MB)",
            since: nil, at_risk: "nothing, what it does not take waits as notes (\(notes))",
            remedy: "raise maxmemory, or give Holdfast a Redis of its own")
    }

    var archive: Trouble? {
        if let error = status.archive.error {
            return Trouble(
                kind: .archive_failed, severity: .error, what: "The archive cannot be used (\(error))",
                since: status.archive.at,
                at_risk: "nothing, what is captured waits in Redis and in the transcripts",
                remedy: "holdfast doctor; 'holdfast down && holdfast up' moves a damaged file aside and rebuilds it")
        }
        guard let oldest = status.archive.oldest_unarchived, now.milliseconds - oldest.milliseconds > 60_000,
            clues.companionRuns
        else { return nil }
        return Trouble(
            kind: .archive_behind, severity: .warning,
            what: "\(status.queue_status.unarchived) episodes are not archived", since: oldest,
            at_risk: "nothing, they are in Redis", remedy: "see log/companion.log in the state folder")
    }
}
