internal import Domain

/// The values of `page.mustache`, as `Tests/DashboardTests/Fixtures/context-*.json` have them.
enum PageContext {
    static func reduced(_ status: JSONValue) -> JSONValue {
        let now = status.time("observed_at") ?? 0
        return .object(both(status)).adding([
            "full": .bool(false), "status": PublicStatus.of(status, now: now),
            "segments": CircuitBand.segments(status, now: now, tellsReasons: false),
        ])
    }

    static func full(_ status: JSONValue, _ query: PageQuery, _ lists: PageLists) -> JSONValue {
        let now = status.time("observed_at") ?? 0
        let general = JSONValue.object(both(status))
        return general.adding(ScheduleColumns.context(status, now: now)).adding(LedgerBar.context(status))
            .adding(EpisodeReader.context(lists.episode, now: now))
            .adding([
                "full": .bool(true), "status": StatusTexts.status(status, now: now),
                "shown": general.part("shown").adding(StatusTexts.shown(status)),
                "segments": CircuitBand.segments(status, now: now, tellsReasons: true),
                "any_trouble": .bool(!status.list("troubles").isEmpty),
                "any_change": .bool(!status.list("circuit_history").isEmpty),
                "any_companion": .bool(!status.list("companions").isEmpty),
                "sessions_page": SessionRows.context(lists.sessions, query, now: now),
                "failures_page": FailureRows.context(lists.failures, query, now: now),
                "memory_page": MemoryRows.context(lists.memory, query, now: now),
                "events_page": EventRows.context(lists.events, now: now),
            ])
    }

    /// What either form of the page has.
    private static func both(_ status: JSONValue) -> [String: JSONValue] {
        let queue = status.part("queue_status")
        // Those tried again, worked on and dead take room as well as those that wait.
        let held = queue.figure("scheduled") + queue.figure("processing") + queue.figure("dead")
        let limit = queue.figure("limit")
        let oldest = queue["oldest_pending_seconds"]?.number
        return [
            "tone": .string(tone(status)), "files_only": .bool(status.text("source") == "files"),
            "queue_percent": limit > 0 ? Words.rounded(min(100, 100 * held / limit)) : .number(0),
            "shown": .object([
                "oldest_pending": .string(oldest.map(Words.duration) ?? "none"),
                "circuit": .string(circuit(status.part("circuit").text("state"))),
                "queue": .string(Words.share(held, of: limit, in: Words.count)),
            ]),
        ]
    }

    private static func tone(_ status: JSONValue) -> String {
        let troubles = status.list("troubles")
        let service = status.text("service_status")
        if service == "stopped" || troubles.contains(where: { $0.text("severity") == "error" }) { return "bad" }
        return service == "running" && troubles.isEmpty ? "good" : "warn"
    }

    private static func circuit(_ state: String) -> String {
        switch state {
        case "closed", "open", "half-open": state
        case "none": "no provider"
        default: "unknown"
        }
    }
}
