internal import Domain
internal import Storage

extension Metric {
    /// All but the histograms. The counters' names, labels included, are those of the `counters` hashes in Redis, but for
    /// the cost, which stands there in millionths.
    static let all = sessions + episodes + model + host.map(\.ofHost) + server

    private static let sessions: [Metric] = [
        .counter(
            "claude_session_resume_failures_total",
            "Resumes that were tried and failed because the session does not exist."),
        .counter(
            "claude_session_drops_total", "Bindings dropped, by reason.",
            labels("reason", DropReason.allCases.map(\.rawValue))),
        .counter(
            "claude_session_resumes_saved_total",
            "Resumes not tried because a lookup saw that the transcript is missing."),
        .counter("claude_session_lookups_total", "Lookups of a dispatch key."),
        .counter("claude_session_bindings_total", "Bindings of a dispatch key to another session."),
        .gauge("holdfast_sessions", "Sessions on record."),
        .gauge(
            "holdfast_bindings",
            "Dispatch keys that have a session, and those of them that were used within their maximum age.",
            labels("state", ["bound", "resumable"])),
        .gauge("holdfast_sessions_busy", "Sessions at work, of the 200 used last."),
    ]

    private static let episodes: [Metric] = [
        .counter("claude_episodes_captured_total", "Episodes put on the schedule of this pool."),
        .counter("claude_episodes_discarded_total", "Episodes that a person gave up."),
        .counter(
            "claude_episodes_completed_total", "Episodes that left this pool's queue, by outcome.",
            labels("outcome", EpisodeOutcome.allCases.filter { $0 != .discarded }.map(\.rawValue))),
        .counter("claude_episodes_dead_total", "Episodes that failed for good."),
        .counter("claude_leases_expired_total", "Leases that ran out because their worker died or hung."),
        .gauge(
            "holdfast_episodes", "Episodes in this pool's queue, by state.",
            labels("state", ["scheduled", "leased", "dead"])),
        .gauge("holdfast_queue_limit_episodes", "Episodes that the queue may hold."),
        .gauge("holdfast_retry_episodes", "Episodes that have failed and are tried again."),
        .gauge("holdfast_episodes_unarchived", "Episodes that the archive has not taken in yet."),
        .gauge(
            "holdfast_oldest_unarchived_age_seconds",
            "Age of the oldest episode that the archive has not taken in yet; 0 when there is none."),
        .gauge("holdfast_archive_failed", "Whether the archive could not be used when it was looked at last."),
        .gauge("holdfast_backlog_episodes", "Episodes that wait in the archive for room in the queue."),
        .gauge(
            "holdfast_oldest_pending_age_seconds",
            "Age of the oldest episode that waits for its memory; 0 when none does."),
        .gauge("holdfast_last_captured_timestamp_seconds", "When an episode was captured last; 0 for not lately."),
        .gauge("holdfast_archive_bytes", "Bytes of the archive's file."),
        .gauge("holdfast_archive_episodes", "Episodes in the archive."),
        .gauge("holdfast_archive_memories", "Memories in the archive."),
        .gauge(
            "holdfast_ledger_bytes", "Bytes of the transcripts of the rolling period, by what became of them.",
            labels("state", ["captured", "pending", "excluded", "missing"])),
        .gauge("holdfast_ledger_timestamp_seconds", "When the ledger was added up last; 0 for not yet."),
        .gauge("holdfast_degradation_level", "0 full, 1 partial (one try at a time), 2 raw text only."),
    ]

    private static let model: [Metric] = [
        .counter(
            "claude_episode_failures_total", "Model calls that failed, by class.",
            labels("class", FailureCategory.allCases.map(\.rawValue))),
        .counter("claude_model_calls_total", "Model calls that were answered."),
        .counter(
            "claude_model_tokens_total", "Tokens that models read and wrote.",
            labels("direction", ["input", "output"])),
        .counter("claude_model_cost_usd_total", "US dollars that models cost, at the configured prices."),
        .counter(
            "claude_circuit_changes_total", "Circuits opened and closed.", labels("state", ["opened", "closed"])),
        .gauge(
            "holdfast_circuit_state", "1 for the state of the configured provider's circuit.",
            labels("state", Circuit.State.allCases.map(\.rawValue))),
        .gauge(
            "holdfast_circuit_since_timestamp_seconds",
            "Since when the circuit has been closed, or has not been; probes do not count."),
        .gauge("holdfast_circuit_forced", "Whether a person opened the circuit."),
        .gauge("holdfast_model_available", "Whether the model may be called and was well when it was asked last."),
        .gauge("holdfast_model_retry_after_seconds", "Until an open circuit is tried again."),
        .gauge("holdfast_model_last_success_timestamp_seconds", "When a model call succeeded last."),
        .gauge("holdfast_budget_tokens", "Tokens that models may use in a day; 0 for no limit."),
        .gauge("holdfast_budget_used_tokens", "Tokens that models have used on this UTC day."),
    ]

    private static let host: [Metric] = [
        .gauge("holdfast_spool_notes", "Notes on this host that Redis has not taken yet."),
        .gauge("holdfast_spool_corrupt_notes", "Notes on this host that cannot be read."),
        .gauge("holdfast_spool_bytes", "Bytes of all notes on this host."),
        .gauge("holdfast_spool_limit_bytes", "Bytes that notes may take."),
        .gauge("holdfast_disk_free_bytes", "Bytes free on the disk of the state folder."),
        .gauge("holdfast_oldest_note_age_seconds", "Age of the oldest note that is no history."),
        .gauge("holdfast_last_hook_timestamp_seconds", "When a hook of this host recorded something last."),
        .gauge("holdfast_companion_up", "Whether this host's companion runs."),
        .gauge("holdfast_stopped_by_hand", "Whether a person stopped this host's companion."),
        .gauge("holdfast_redis_up", "Whether Redis answers."),
    ]

    private static let server: [Metric] = [
        .gauge(
            "holdfast_transcripts_endangered",
            "Transcripts that Claude Code deletes within three days and that are not captured."),
        .gauge("holdfast_companions", "Companions that live, on all hosts that use this Redis."),
        .gauge("holdfast_companion_start_timestamp_seconds", "When this host's companion was started."),
        .gauge("holdfast_redis_latency_seconds", "One command there and back."),
        .gauge("holdfast_redis_memory_bytes", "Bytes that Redis uses."),
        .gauge("holdfast_redis_memory_limit_bytes", "Bytes that Redis may use; 0 for no limit."),
        .counter("holdfast_redis_evicted_keys_total", "Keys that Redis threw away for want of memory."),
    ]
}
