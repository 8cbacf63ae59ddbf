internal import Domain
internal import Operations

/// The values of `page.mustache`; the lists of facts come beside them, as HTML.
enum PageContext {
    static func reduced(_ status: Status) -> JSONValue {
        .object(both(status)).adding(Head.reduced(status)).adding([
            "is_new": .bool(false), "full": .bool(false), "status": PublicStatus.of(status),
            "segments": CircuitBand.segments(status, tellsReasons: false),
        ])
    }

    static func full(_ status: Status, _ query: PageQuery, _ lists: PageLists) -> JSONValue {
        let now = status.observed_at
        let general = JSONValue.object(both(status))
        return general.adding(Head.context(status)).adding(ScheduleColumns.context(status.schedule, now: now))
            .adding(LedgerBar.context(status.ledger))
            .adding(FirstSteps.context(status, hasHooks: lists.hasHooks))
            .adding(ActivityChart.context(lists.activity))
            .adding(EpisodeReader.context(lists.episode, now: now))
            .adding([
                "full": .bool(true), "status": shown(status),
                "segments": CircuitBand.segments(status, tellsReasons: true),
                "any_saved": .bool(status.saved.resumes > 0), "any_change": .bool(!status.circuit_history.isEmpty),
                "any_companion": .bool(!status.companions.isEmpty),
                "sessions_page": SessionRows.context(lists.sessions, query, now: now),
                "failures_page": FailureRows.context(lists.failures, query, status),
                "groups": FailureRows.groups(lists.groups, query, status),
                "memory_page": MemoryRows.context(lists.memory, query, now: now),
                "events_page": EventRows.context(lists.events, now: now),
            ])
    }

    /// What the sections list. Everybody may see numbers and times.
    /// - Parameter isFull: for who has the token.
    static func facts(_ status: Status, isFull: Bool) -> [String: String] {
        let markup = FactMarkup(now: status.observed_at)
        func list(_ section: some StatusSection, indent: Int) -> String {
            markup.html(section.facts(in: status).filter { isFull || $0.isPublic }, indent: indent)
        }
        let open = ["flow": list(status.queue_status, indent: 4), "circuit": list(status.circuit, indent: 4)]
        guard isFull else { return open }
        return open.merging([
            "ledger": list(status.ledger, indent: 6), "model": list(status.llm_status, indent: 6),
            "redis": list(status.redis, indent: 6), "capture": list(status.capture, indent: 6),
            "archive": list(status.archive, indent: 6), "vault": list(status.vault, indent: 6),
            "reliability": list(status.reliability, indent: 6), "tools": list(status.tools, indent: 6),
        ]) { _, closed in closed }
    }

    /// What either form of the page has.
    private static func both(_ status: Status) -> [String: JSONValue] {
        let queue = status.queue_status, saved = status.saved
        let percent = queue.limit > 0 ? min(100, 100 * Double(queue.count) / Double(queue.limit)) : 0
        return [
            "tone": .string(Head.tone(status).rawValue), "files_only": .bool(status.source == .files),
            "queue_percent": Words.rounded(percent),
            "shown": .object([
                "oldest_pending": .string(queue.oldest_pending_seconds.map(Words.duration) ?? "none"),
                "span": .string(CircuitBand.span(status).words),
                "circuit": .string(circuit(status.circuit.state)),
                "queue": .string(Words.share(Figure.Share(queue.count, of: queue.limit))),
                "failed": .string(Words.count(Double(status.retry_queue.count + queue.dead))),
                "saved": .string(
                    "\(Words.count(Double(saved.seconds_low))) to \(Words.count(Double(saved.seconds_high))) s"),
            ]),
        ]
    }

    private static func circuit(_ state: String) -> String {
        if state == "none" { return "no provider" }
        return Circuit.State(rawValue: state)?.rawValue ?? "unknown"
    }

    private static func shown(_ status: Status) -> JSONValue {
        let companions = status.companions.map { companion in
            let words = [companion.state.rawValue, companion.archive ?? ""].filter { !$0.isEmpty }
            return ShownValue.of(companion, now: status.observed_at).adding([
                "words": .string(VisibleText.of(words.joined(separator: ", ")))
            ])
        }
        return ShownValue.of(status, now: status.observed_at).adding(["companions": .array(companions)])
    }
}
