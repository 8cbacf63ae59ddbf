internal import Operations

/// A status for people: the sentence, then what it is made of, a row each.
struct StatusTable {
    private let status: Status
    private let hasColour: Bool

    init(_ status: Status, hasColour: Bool) {
        self.status = status
        self.hasColour = hasColour
    }

    private var now: Timestamp { status.observed_at }

    var text: String {
        let others = status.troubles.dropFirst().map { "  also: \(Terminal.plain($0.sentence(now: now)))" }
        let table = rows.map { name, value in
            "  \(name)\(String(repeating: " ", count: 12 - name.count))\(Terminal.plain(value))"
        }
        return ([coloured(Terminal.plain(status.sentence))] + others + table).joined(separator: "\n")
    }

    /// Green, yellow or red, beside what the words say.
    private func coloured(_ sentence: String) -> String {
        guard hasColour else { return sentence }
        let colour = status.troubles.isEmpty ? 32 : status.troubles[0].severity == .warning ? 33 : 31
        return "\u{1b}[1;\(colour)m\(sentence)\u{1b}[0m"
    }

    private var rows: [(String, String)] {
        [
            ("service", "\(status.service_status.rawValue), level \(status.level) (\(status.level_name))\(reason)"),
            ("redis", redis), ("companion", companion), ("sessions", sessions), ("saved", saved), ("queue", queue),
            ("retries", retries), ("model", model), ("archive", archive), ("capture", capture), ("ledger", ledger),
        ]
    }

    private var reason: String { status.level_reason.isEmpty ? "" : ": \(status.level_reason)" }

    private var redis: String {
        let redis = status.redis
        guard redis.available else { return "away: \(redis.error ?? "") (\(redis.url))" }
        let memory =
            "\(redis.memory_bytes >> 20) MB\(redis.memory_limit_bytes > 0 ? " of \(redis.memory_limit_bytes >> 20)" : "")"
        return "ok, \(redis.version), \(memory), \(redis.persistence) (\(redis.url))"
    }

    private var companion: String {
        guard status.service_status != .stopped else { return "not running on this host" }
        let others = status.companions.filter { $0.host != status.host && $0.state == .running }.count
        let own = status.companions.first { $0.host == status.host }
        let started = own?.started_at.map { ", started \($0.ago(now))" } ?? ""
        return "running\(started)\(others > 0 ? ", \(others) on other hosts" : "")"
    }

    private var sessions: String {
        let sessions = status.sessions
        return
            "\(sessions.recorded) recorded, \(sessions.bound) bound, \(sessions.resumable) resumable, \(sessions.busy) busy; \(sessions.lookups) lookups, \(sessions.dropped.values.reduce(0, +)) dropped, \(sessions.resume_failures) resume failures"
    }

    private var saved: String {
        let saved = status.saved
        return
            "\(saved.resumes) resumes not wasted: \(saved.calls) calls and \(saved.seconds_low) to \(saved.seconds_high) s"
    }

    private var queue: String {
        let queue = status.queue_status
        var text = "\(queue.scheduled) scheduled, \(queue.processing) leased, \(queue.dead) dead"
        if queue.backlog > 0 { text += ", \(queue.backlog) in the backlog" }
        if queue.unarchived > 0 { text += ", \(queue.unarchived) not yet archived" }
        if let oldest = queue.oldest_pending { text += ", the oldest \(oldest.age(now)) old" }
        return text
            + "; today \(queue.captured_today) captured, \(queue.completed_today) completed, \(queue.failed_today) failed"
    }

    private var retries: String {
        let retries = status.retry_queue
        guard retries.count > 0 else { return "none" }
        let next = retries.next_retry.map { $0 > now ? "next in \(now.age($0))" : "due now" } ?? "none due"
        return "\(retries.count) episodes, \(next)"
    }

    private var model: String {
        let model = status.llm_status
        guard model.provider != "none" else { return "none configured: episodes are archived and searchable" }
        var text = "\(model.provider) \(model.model), circuit \(status.circuit.state)"
        if let since = status.circuit.since { text += " since \(since.ago(now))" }
        if let success = model.last_success { text += ", last success \(success.ago(now))" }
        if let error = model.error { text += ": \(error)" }
        if status.budget.daily_token_budget > 0 {
            text += "; \(status.budget.tokens_today) of \(status.budget.daily_token_budget) tokens today"
        }
        return text
    }

    private var archive: String {
        let archive = status.archive
        if let error = archive.error { return error }
        var text = "\(archive.episodes) episodes, \(archive.memories) memories, \(archive.bytes >> 20) MB"
        if archive.without_memory > 0 { text += ", \(archive.without_memory) without a memory for want of a provider" }
        return text
    }

    private var capture: String {
        let capture = status.capture
        var text = "\(capture.notes) notes waiting"
        if let oldest = capture.oldest_note { text += ", the oldest \(oldest.age(now)) old" }
        if capture.corrupt_notes > 0 { text += ", \(capture.corrupt_notes) corrupt" }
        return text + (capture.last_hook.map { "; last hook \($0.ago(now))" } ?? "; no hook yet")
    }

    private var ledger: String {
        guard let ledger = status.ledger else { return "not counted yet; 'holdfast verify' counts now" }
        return
            "\(ledger.bytes) bytes = \(ledger.captured) captured + \(ledger.pending) pending + \(ledger.excluded) excluded + \(ledger.missing) missing"
    }
}
