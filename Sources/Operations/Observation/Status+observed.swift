internal import Domain
internal import Redis
internal import Storage
internal import Vault

// What Redis answered, as the sections tell it.

extension Status.Redis {
    mutating func take(_ known: RegistryOverview.Answer, _ writeFailure: RedisError?, now: Int64) {
        let server = known.server
        writable = writeFailure == nil
        write_error = writeFailure.map { "\($0)" }
        version = server.version
        memory_bytes = server.memoryBytes
        memory_limit_bytes = server.memoryLimitBytes
        eviction_policy = server.evictionPolicy
        evicted_keys = server.evictedKeys
        let uptime = server.uptimeSeconds
        started_at = uptime > 0 ? Timestamp(now - uptime * 1000) : nil
        persistence =
            server.keepsAppendOnlyFile
            ? "append-only file" : known.snapshots.map { $0.isEmpty ? "none" : "snapshots" } ?? "unknown"
        clock_offset_seconds = Double(known.serverMilliseconds - now) / 1000
    }
}

extension Status.Vault {
    mutating func take(_ glance: VaultGlance) {
        let counts = glance.counts
        sessions = counts.sessions
        kept_bytes = counts.keptBytes
        stored_bytes = counts.packBytes
        dead_bytes = counts.deadBytes
        damaged_segments = counts.damagedSegments
        last_kept = Timestamp(orNever: counts.lastMilliseconds)
        last_reading = Timestamp(orNever: glance.reading?.doneMilliseconds)
        guard let safety = glance.safety else { return }
        transcripts_safe = safety.safe
        transcripts_pending = safety.pending
        transcripts_endangered = safety.endangered
        transcripts_excluded = safety.excluded
        transcripts_old = safety.old
        last_look = Timestamp(safety.lookedMilliseconds)
    }
}

extension Status {
    mutating func takeSessions(_ known: RegistryOverview.Answer) {
        func total(_ name: String) -> Int64 { known.counters[name] ?? 0 }
        sessions.recorded = known.recorded
        sessions.bound = known.bound
        sessions.resumable = known.resumable
        sessions.lookups = total("claude_session_lookups_total")
        sessions.resume_failures = total("claude_session_resume_failures_total")
        for reason in DropReason.allCases {
            sessions.dropped[reason.rawValue] = total("claude_session_drops_total{reason=\"\(reason.rawValue)\"}")
        }
        saved = Status.Saved(resumes: total("claude_session_resumes_saved_total"))
    }

    mutating func takeQueue(_ queued: QueueOverview.Answer, _ details: QueueDetails.Answer, now: Int64) {
        let today = queued.today, yesterday = queued.yesterday
        queue_status.scheduled = queued.scheduled
        queue_status.processing = queued.leased
        queue_status.dead = queued.dead
        queue_status.unarchived = queued.unarchived
        queue_status.captured_today = today.captured
        queue_status.completed_today = today.completed
        queue_status.failed_today = today.failed
        queue_status.captured_last_hour = Self.lastHour(today, yesterday, now: now) { $0.capturedByHour }
        queue_status.completed_last_hour = Self.lastHour(today, yesterday, now: now) { $0.completedByHour }
        queue_status.oldest_pending = queued.oldestPending.map { Timestamp($0) }
        queue_status.last_captured = Timestamp(
            orNever: max(today.lastCapturedMilliseconds ?? 0, yesterday.lastCapturedMilliseconds ?? 0))
        let completed = max(today.lastCompletedMilliseconds ?? 0, yesterday.lastCompletedMilliseconds ?? 0)
        // The set of what is done holds what was given up, too; before yesterday it is all that there is.
        let startOfYesterday = (now / 86_400_000 - 1) * 86_400_000
        let earlier = queued.lastDone.flatMap { $0 < startOfYesterday ? $0 : nil }
        queue_status.last_completed = Timestamp(orNever: completed > 0 ? completed : earlier)
        schedule.due_now = details.due.now
        schedule.counts = details.due.byInterval
        schedule.later = details.due.later
        budget.tokens_today = today.tokens
        budget.calls_today = today.calls
        budget.cost_usd_today = Double(today.costMicroDollars) / 1_000_000
        // Which of the failed are dead or being worked on is known by now.
        retry_queue.count = max(0, queued.failed - queued.dead - details.leasedRetries)
        retry_queue.next_retry = Timestamp(orNever: details.nextRetry)
        retry_queue.oldest_failure = Timestamp(orNever: details.oldestFailure)
        queue_status.pending = max(0, queued.scheduled - retry_queue.count)
        recent_failures = details.failures.compactMap { $0.map(EpisodeFailure.init) }
    }

    /// This hour's count, and of the hour before the share of what is left of it.
    private static func lastHour(
        _ today: DayRecord, _ yesterday: DayRecord, now: Int64, _ byHour: (DayRecord) -> [Int: Int64]
    ) -> Int64 {
        func count(_ milliseconds: Int64) -> Int64 {
            let isToday = milliseconds / 86_400_000 == now / 86_400_000
            return byHour(isToday ? today : yesterday)[Int(milliseconds / 3_600_000 % 24)] ?? 0
        }
        let left = 1 - Double(now % 3_600_000) / 3_600_000
        return count(now) + Int64((Double(count(now - 3_600_000)) * left).rounded())
    }
}

extension Status.CircuitChange {
    init(_ change: RegistryOverview.CircuitChange) {
        self.init(
            at: Timestamp(change.milliseconds), provider: change.record.provider, state: change.record.state,
            reason: change.record.reason, message: change.record.message)
    }
}

extension Status.Companion {
    /// - Parameter record: nil where it has not told for so long that its word is gone.
    init(_ known: RegistryOverview.Companion, _ record: HeartbeatRecord?) {
        self.init(
            host: known.host, state: record == nil ? .gone : .running, pid: record?.pid.map(Int.init),
            version: record?.version, started_at: Timestamp(orNever: record?.startedMilliseconds),
            beat_at: Timestamp(known.beatMilliseconds), archive: record?.report.role?.rawValue,
            leases: Int(record?.report.leases ?? 0), last_claim_at: record?.report.lastClaimAt)
    }
}
