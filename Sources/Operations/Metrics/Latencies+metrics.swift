internal import Settings
internal import Storage

extension Latencies {
    /// Histograms in seconds, as Prometheus' text.
    static func metricsText(_ state: StateFolder) -> String {
        let all = Latencies(state, of: .hooks).read()
        let hooks = Metric(
            name: "holdfast_hook_duration_seconds", kind: .histogram,
            help: "Time of this host's hooks that recorded something, from the start of the program to its end.",
            samples: [])
        let lookups = Metric(
            name: "holdfast_lookup_duration_seconds", kind: .histogram,
            help: "Time of lookups made on this host, by command line, tools and HTTP.", samples: [])
        let events = Series.allCases.map { lines(hooks.name, "event=\"\($0.name)\"", all[$0]) }
        let lookup = lines(lookups.name, "", Latencies(state, of: .lookups).read()[.sessionStart])
        return hooks.head + events.joined() + lookups.head + lookup
    }

    private static func lines(_ name: String, _ label: String, _ histogram: Histogram?) -> String {
        guard let histogram else { return "" }
        var count: UInt64 = 0
        var text = ""
        let bounds = bounds.map { "\(Double($0) / 1_000_000)" } + ["+Inf"]
        for (bound, inBucket) in zip(bounds, histogram.counts) {
            count += inBucket
            text += "\(name)_bucket{\(label.isEmpty ? "" : label + ",")le=\"\(bound)\"} \(count)\n"
        }
        let braces = label.isEmpty ? "" : "{\(label)}"
        text += "\(name)_sum\(braces) \(Double(histogram.sumMicroseconds) / 1_000_000)\n"
        return text + "\(name)_count\(braces) \(count)\n"
    }
}

extension Latencies.Series {
    /// As hooks call the event.
    var name: String {
        switch self {
        case .sessionStart: "SessionStart"
        case .userPromptSubmit: "UserPromptSubmit"
        case .stop: "Stop"
        case .stopFailure: "StopFailure"
        case .subagentStop: "SubagentStop"
        case .preCompact: "PreCompact"
        case .sessionEnd: "SessionEnd"
        case .postToolUseFailure: "PostToolUseFailure"
        case .preToolUse: "PreToolUse"
        }
    }
}
