internal import Domain

extension Status {
    /// Episodes on their way to memory.
    package struct Queue: StatusSection {
        /// Waiting in Redis, not failed yet.
        package var pending: Int64 = 0
        /// The same with those that have failed and are tried again.
        package var scheduled: Int64 = 0
        package var processing: Int64 = 0
        package var captured_today: Int64 = 0
        package var completed_today: Int64 = 0
        /// Given up for good.
        package var failed_today: Int64 = 0
        package var dead: Int64 = 0
        /// From counts by the hour: the hour before counts by what is left of it.
        package var captured_last_hour: Int64 = 0
        package var completed_last_hour: Int64 = 0
        /// Not yet in the archive.
        package var unarchived: Int64 = 0
        /// In the archive, waiting for room in the queue.
        package var backlog: Int64 = 0
        /// What the queue in Redis may hold.
        package var limit: Int64 = 0
        /// When the oldest was captured that is no memory yet, in Redis or backlog; failed ones that are tried again too.
        @OrNull package var oldest_pending: Timestamp?
        @OrNull package var oldest_pending_seconds: Double?
        @OrNull package var last_captured: Timestamp?
        @OrNull package var last_completed: Timestamp?

        /// Those tried again, worked on and dead take room as well as those that wait.
        package var count: Int64 { scheduled + processing + dead }
        package var isFull: Bool { limit > 0 && count >= limit }
    }

    /// How many episodes become due when, over the next six hours.
    package struct Schedule: Codable, Sendable {
        package static let intervals = 36
        package static let intervalSeconds: Int64 = 600

        package var due_now: Int64 = 0
        package var interval_seconds = Schedule.intervalSeconds
        package var from: Timestamp
        package var counts = [Int64](repeating: 0, count: Schedule.intervals)
        package var later: Int64 = 0

        init(from: Timestamp) { self.from = from }
    }
}

extension Status.Queue {
    // MARK: - On the surfaces

    package func metrics(in status: Status) -> [Metric] {
        [
            .counter("claude_episodes_captured_total", "Episodes put on the schedule of this pool."),
            .counter("claude_episodes_discarded_total", "Episodes that a person gave up."),
            .counter(
                "claude_episodes_completed_total", "Episodes that left this pool's queue, by outcome.", by: "outcome",
                EpisodeOutcome.allCases.filter { $0 != .discarded }.map(\.rawValue)),
            .counter("claude_episodes_dead_total", "Episodes that failed for good."),
            .counter("claude_leases_expired_total", "Leases that ran out because their worker died or hung."),
            .gauge(
                "holdfast_episodes", "Episodes in this pool's queue, by state.", by: "state",
                [("scheduled", scheduled), ("leased", processing), ("dead", dead)]),
            .gauge("holdfast_queue_limit_episodes", "Episodes that the queue may hold.", limit),
            .gauge("holdfast_episodes_unarchived", "Episodes that the archive has not taken in yet.", unarchived),
            .gauge("holdfast_backlog_episodes", "Episodes that wait in the archive for room in the queue.", backlog),
            .gauge(
                "holdfast_oldest_pending_age_seconds",
                "Age of the oldest episode that waits for its memory; 0 when none does.",
                since: oldest_pending, status.observed_at),
            .gauge(
                "holdfast_last_captured_timestamp_seconds",
                "When an episode was captured last; 0 for not lately.", when: last_captured),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        var text = "\(scheduled) scheduled, \(processing) leased, \(dead) dead"
        if backlog > 0 { text += ", \(backlog) in the backlog" }
        if unarchived > 0 { text += ", \(unarchived) not yet archived" }
        if let oldest_pending { text += ", the oldest \(oldest_pending.age(status.observed_at)) old" }
        text += "; today \(captured_today) captured, \(completed_today) completed, \(failed_today) failed"
        return StatusRow("queue", text)
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact("Given up today", .count("queue_status.failed_today", failed_today)),
            Fact("Dead, no more tries", .count("queue_status.dead", dead)),
            Fact("Not yet archived", .count("queue_status.unarchived", unarchived)),
            Fact(
                "No memory for want of a provider", .count("archive.without_memory", status.archive.without_memory)),
        ]
    }

    // MARK: - Troubles

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        [full(judgement), deadLetters(judgement)].compactMap { $0 }
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        guard judgement.status.llm_status.isConfigured else { return [] }
        let failed = judgement.status.recent_failures.compactMap(\.failed_at).max()
        return [
            Evidence(
                .remembered, by: "episodes", "none became a memory since one failed",
                succeeded: [last_completed, judgement.status.circuit.last_success].compactMap { $0 }.max(),
                failed: failed),
            Evidence(.remembered, by: "dead letters", "some failed for good", isWell: dead == 0, at: judgement.now),
        ]
    }

    private func full(_ judgement: Judgement) -> Trouble? {
        guard isFull else { return nil }
        return Trouble(
            .queue_full, "The queue is full (\(counted(count, "episode")), room for \(limit))",
            atRisk:
                "nothing, what comes next waits on disk (\(judgement.notes)) and in the archive's backlog (\(backlog))",
            remedy: dead * 2 > count
                ? "'holdfast episodes list --state dead' says why; then 'holdfast episodes retry --all-dead', or discard them by their IDs"
                : "'holdfast circuit show' says why no memory is made; if they are, raise retry_queue_max_size")
    }

    private func deadLetters(_ judgement: Judgement) -> Trouble? {
        guard dead > 0 else { return nil }
        let (plural, them) = dead == 1 ? ("", "it") : ("s", "them")
        return Trouble(
            .dead_letters, "\(dead) episode\(plural) failed for good, no memory is made of \(them)",
            since: judgement.clues.oldestDead,
            atRisk: "only memories; what was said is archived and searchable",
            remedy:
                "'holdfast episodes list --state dead' says why; then 'holdfast episodes retry --all-dead', or discard \(them) by ID"
        )
    }
}
