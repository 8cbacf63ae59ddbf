package import Domain

extension Status {
    /// How the tools do that agents call, and programs of people's own.
    package struct Tools: StatusSection {
        /// Heard of within a week, two hundred at most.
        package var known = 0
        package var unavailable = 0
        package var recovering = 0
        package var degraded = 0
        /// Those that fail first, fifty at most.
        package var list: [Tool] = []
        /// In words: which fail.
        @OrNull package var shown: String?
    }

    package struct Tool: Codable, Sendable {
        package var name: String
        package var state: ToolHealth.State
        /// Since when it is not available.
        @OrNull package var since: Timestamp?
        /// Of the last 15 minutes.
        package var calls: Int64
        @OrNull package var failed_percent: Double?
        @OrNull package var p50_ms: Double?
        @OrNull package var p95_ms: Double?
        /// Since it was first heard of.
        package var calls_total: Int64
        package var failures_total: Int64
        package var failures_in_a_row: Int64
        /// Of the last failure.
        package var last_error_class: String
        /// When one that is unavailable is tried again.
        @OrNull package var retry_at: Timestamp?
    }
}

extension Status.Tools {
    init(_ tools: [(ToolName, ToolHealth)], at now: Int64) {
        let all = tools.map { Status.Tool($0.0, $0.1, at: now) }.sorted { one, other in
            (one.rank, one.name) < (other.rank, other.name)
        }
        known = all.count
        unavailable = all.count { $0.state == .unavailable }
        recovering = all.count { $0.state == .recovering }
        degraded = all.count { $0.state == .degraded }
        list = Array(all.prefix(50))
        let failing = all.prefix { $0.state != .available }
        guard !failing.isEmpty else { return }
        let more = failing.count > 5 ? " and \(failing.count - 5) more" : ""
        shown = failing.prefix(5).map { "\($0.name) \($0.state.rawValue)" }.joined(separator: ", ") + more
    }
}

extension Status.Tool {
    init(_ tool: ToolName, _ health: ToolHealth, at now: Int64) {
        let quarter = health.quarter(at: now)
        name = tool.rawValue
        state = health.state(at: now)
        calls = quarter.calls
        calls_total = health.calls
        failures_total = health.failures
        failures_in_a_row = health.failuresInARow
        last_error_class = health.lastFailure?.rawValue ?? ""
        since = health.stored == .available ? nil : Timestamp(orNever: health.sinceMilliseconds)
        failed_percent = quarter.failedPercent
        (p50_ms, p95_ms) = (quarter.p50, quarter.p95)
        retry_at = health.stored == .unavailable ? Timestamp(orNever: health.retryAtMilliseconds) : nil
    }

    /// Those that fail worst first.
    fileprivate var rank: Int {
        switch state {
        case .unavailable: 0
        case .recovering: 1
        case .degraded: 2
        case .available: 3
        }
    }
}

// MARK: - On the surfaces

extension Status.Tools {
    package func metrics(in status: Status) -> [Metric] {
        [
            .gauge("holdfast_tools", "Tools that were heard of within a week.", known),
            .shares(
                "holdfast_tool_state", "0 available, 1 degraded, 2 recovering, 3 unavailable.", by: "tool",
                list.map { ($0.name, Double(3 - $0.rank)) }),
            .shares(
                "holdfast_tool_failed_percent",
                "Of a tool's calls of the last 15 minutes; absent where there was none.",
                by: "tool", list.map { ($0.name, $0.failed_percent) }),
            .shares(
                "holdfast_tool_p95_seconds",
                "What 95 of 100 calls of the last 15 minutes did not exceed; absent where none was measured.",
                by: "tool", list.map { ($0.name, $0.p95_ms.map { $0 / 1000 }) }),
            .shares(
                "holdfast_tool_calls", "Calls since a tool was first heard of, as long as it is called once a week.",
                by: "tool", list.map { ($0.name, Double($0.calls_total)) }),
            .shares(
                "holdfast_tool_failures", "Of these, those that failed.", by: "tool",
                list.map { ($0.name, Double($0.failures_total)) }),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        guard known > 0 else { return nil }
        return StatusRow("tools", shown.map { "\($0); \(works)" } ?? "\(counted(known, "tool")), none fails")
    }

    /// What still works.
    private var works: String {
        let rest = known - unavailable - recovering - degraded
        return rest == 0 ? "no other was heard of" : "\(counted(rest, "other")) \(rest == 1 ? "works" : "work")"
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact("Tools", .count("tools.known", known)).inRedis(),
            Fact("Unavailable", .count("tools.unavailable", unavailable)).inRedis(),
            Fact("Recovering", .count("tools.recovering", recovering)).inRedis(),
            Fact("Degraded", .count("tools.degraded", degraded)).inRedis(),
            Fact("Failing", .quoted("tools.shown", shown)).hiddenWithoutValue(),
        ]
    }
}

// MARK: - Troubles

extension Status.Tools {
    package func troubles(_ judgement: Judgement) -> [Trouble] {
        // What we call ourselves has troubles of its own.
        let failing = list.filter { $0.state == .unavailable && ToolName(rawValue: $0.name)?.isOwn != true }
        guard let first = failing.first else { return [] }
        let names =
            failing.prefix(3).map { $0.last_error_class.isEmpty ? $0.name : "\($0.name): \($0.last_error_class)" }
            .joined(separator: ", ") + (failing.count > 3 ? " and \(failing.count - 3) more" : "")
        return [
            Trouble(
                .tool_unavailable,
                "\(counted(failing.count, "tool")) \(failing.count == 1 ? "is" : "are") unavailable (\(names)); \(works)",
                since: failing.compactMap(\.since).min(), atRisk: "nothing that is kept; agents go on without",
                remedy: "'holdfast tools show \(Remedy.word(first.name))' says why and when it is tried again")
        ]
    }
}
