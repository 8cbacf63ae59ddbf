internal import Domain

extension Status {
    /// The values of gauges, named as Prometheus spells them.
    var gauges: [String: Double] {
        func seconds(_ time: Timestamp?) -> Double { Double(time?.milliseconds ?? 0) / 1000 }
        func age(_ time: Timestamp?) -> Double {
            time.map { Double(max(0, observed_at.milliseconds - $0.milliseconds)) / 1000 } ?? 0
        }
        var values: [String: Double] = [
            "holdfast_sessions": Double(sessions.recorded),
            "holdfast_bindings{state=\"bound\"}": Double(sessions.bound),
            "holdfast_bindings{state=\"resumable\"}": Double(sessions.resumable),
            "holdfast_sessions_busy": Double(sessions.busy),
            "holdfast_episodes{state=\"scheduled\"}": Double(queue_status.scheduled),
            "holdfast_episodes{state=\"leased\"}": Double(queue_status.processing),
            "holdfast_episodes{state=\"dead\"}": Double(queue_status.dead),
            "holdfast_queue_limit_episodes": Double(queue_status.limit),
            "holdfast_retry_episodes": Double(retry_queue.count),
            "holdfast_episodes_unarchived": Double(queue_status.unarchived),
            "holdfast_backlog_episodes": Double(queue_status.backlog),
            "holdfast_oldest_pending_age_seconds": age(queue_status.oldest_pending),
            "holdfast_last_captured_timestamp_seconds": seconds(queue_status.last_captured),
            "holdfast_archive_bytes": Double(archive.bytes),
            "holdfast_archive_episodes": Double(archive.episodes),
            "holdfast_archive_memories": Double(archive.memories),
            "holdfast_degradation_level": Double(level),
            "holdfast_circuit_state{state=\"\(circuit.state)\"}": 1,
            "holdfast_circuit_since_timestamp_seconds": seconds(circuit.since),
            "holdfast_model_available": llm_status.available ? 1 : 0,
            "holdfast_model_retry_after_seconds": circuit.next_try.map {
                Double(max(0, $0.milliseconds - observed_at.milliseconds)) / 1000
            } ?? 0,
            "holdfast_model_last_success_timestamp_seconds": seconds(llm_status.last_success),
            "holdfast_budget_tokens": Double(budget.daily_token_budget),
            "holdfast_budget_used_tokens": Double(budget.tokens_today),
            "holdfast_spool_notes": Double(capture.notes),
            "holdfast_spool_corrupt_notes": Double(capture.corrupt_notes),
            "holdfast_spool_bytes": Double(capture.spool_bytes),
            "holdfast_spool_limit_bytes": Double(capture.spool_limit_bytes),
            "holdfast_disk_free_bytes": Double(capture.disk_free_bytes),
            "holdfast_companion_up": service_status == .stopped ? 0 : 1,
            "holdfast_stopped_by_hand": troubles.contains { $0.kind == .stopped_by_hand } ? 1 : 0,
            "holdfast_oldest_unarchived_age_seconds": age(archive.oldest_unarchived),
            "holdfast_archive_failed": archive.error == nil ? 0 : 1,
            "holdfast_ledger_timestamp_seconds": seconds(ledger?.at),
            "holdfast_circuit_forced": circuit.isOpen && circuit.reason == "forced" ? 1 : 0,
            "holdfast_oldest_note_age_seconds": age(capture.oldest_note),
            "holdfast_transcripts_endangered": Double(capture.transcripts_endangered),
            "holdfast_last_hook_timestamp_seconds": seconds(capture.last_hook),
            "holdfast_companions": Double(companions.filter { $0.state == .running }.count),
            "holdfast_companion_start_timestamp_seconds": seconds(companionStart),
            "holdfast_redis_up": redis.available ? 1 : 0,
            "holdfast_redis_latency_seconds": redis.latency_seconds ?? 0,
            "holdfast_redis_memory_bytes": Double(redis.memory_bytes),
            "holdfast_redis_memory_limit_bytes": Double(redis.memory_limit_bytes),
            "holdfast_redis_evicted_keys_total": Double(redis.evicted_keys),
        ]
        if let ledger {
            values["holdfast_ledger_bytes{state=\"captured\"}"] = Double(ledger.captured)
            values["holdfast_ledger_bytes{state=\"pending\"}"] = Double(ledger.pending)
            values["holdfast_ledger_bytes{state=\"excluded\"}"] = Double(ledger.excluded)
            values["holdfast_ledger_bytes{state=\"missing\"}"] = Double(ledger.missing)
        }
        return values
    }

    private var companionStart: Timestamp? { companions.first { $0.host == host }?.started_at }
}
