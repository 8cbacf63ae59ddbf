internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// How a tool does, for people and programs.
package struct ToolView: Encodable, Sendable {
    package let name: String
    /// available, degraded, unavailable, recovering.
    package let state: String
    @OrNull package var since: Timestamp?
    package let quarter: Figures
    package let day: Figures
    /// Since it was first heard of, as long as it is called once a week.
    package let calls: Int64
    package let failures: Int64
    package let failures_in_a_row: Int64
    /// Sessions in which it failed within the last 15 minutes.
    package let failing_sessions: Int
    @OrNull package var last_success: Timestamp?
    @OrNull package var last_failure: Timestamp?
    package let last_error_class: String
    package let last_error: String
    /// When an unavailable one is tried again.
    @OrNull package var retry_at: Timestamp?
    package let policy: Policy

    /// Of the last 15 minutes, or 24 hours.
    package struct Figures: Encodable, Sendable {
        package let calls: Int64
        package let failures: Int64
        @OrNull package var failed_percent: Double?
        /// To the class of durations, each half as long again as the one before.
        @OrNull package var p50_ms: Double?
        @OrNull package var p95_ms: Double?

        init(_ figures: ToolHealth.Figures) {
            (calls, failures) = (figures.calls, figures.failures)
            (failed_percent, p50_ms, p95_ms) = (figures.failedPercent, figures.p50, figures.p95)
        }
    }

    package struct Policy: Encodable, Sendable {
        package let max_retries: Int64
        package let delay_seconds: Double
        package let backoff: Double
        package let unavailable_after: Int64
        package let retry_after_seconds: Double

        init(_ policy: ToolPolicy) {
            (max_retries, backoff, unavailable_after) = (policy.maxRetries, policy.backoff, policy.unavailableAfter)
            delay_seconds = Double(policy.delayMilliseconds) / 1000
            retry_after_seconds = Double(policy.retryAfterMilliseconds) / 1000
        }
    }

    init(_ tool: ToolName, _ health: ToolHealth, _ policy: ToolPolicy, at now: Int64) {
        name = tool.rawValue
        state = health.state(at: now).rawValue
        since = health.stored == .available ? nil : Timestamp(orNever: health.sinceMilliseconds)
        (quarter, day) = (Figures(health.quarter(at: now)), Figures(health.day(at: now)))
        (calls, failures) = (health.calls, health.failures)
        failures_in_a_row = health.failuresInARow
        failing_sessions = health.failingSessions(besides: "", at: now)
        last_success = Timestamp(orNever: health.lastSuccessMilliseconds)
        last_failure = Timestamp(orNever: health.lastFailureMilliseconds)
        last_error_class = health.lastFailure?.rawValue ?? ""
        last_error = health.lastMessage
        retry_at = health.stored == .unavailable ? Timestamp(orNever: health.retryAtMilliseconds) : nil
        self.policy = Policy(policy)
    }
}

/// Tools, and what of them matters in a sentence.
package struct ToolList: Encodable, Sendable {
    package let sentence: String
    package let tools: [ToolView]

    init(_ tools: [ToolView]) {
        self.tools = tools
        let failing = tools.filter { $0.state != ToolHealth.State.available.rawValue }
        guard !tools.isEmpty else {
            sentence = "No tool was heard of within a week."
            return
        }
        let names = failing.prefix(5).map { "\($0.name) is \($0.state)" }.joined(separator: ", ")
        let more = failing.count > 5 ? " and \(failing.count - 5) more" : ""
        sentence =
            failing.isEmpty
            ? "\(counted(tools.count, "tool")) \(tools.count == 1 ? "was" : "were") heard of, none fails."
            : "\(names)\(more); \(counted(tools.count - failing.count, "other")) \(tools.count - failing.count == 1 ? "works" : "work")."
    }
}

extension Workplace {
    /// - Parameter name: nil for all.
    package func toolList(only name: String?) throws -> ToolList {
        ToolList(try name.map { [try tool($0)] } ?? tools())
    }

    /// Whether calls of tools that are unavailable are to be refused.
    package var guardsTools: Bool { settings.configuration.toolGuard == .deny }

    /// Those that were heard of within a week, those that fail first.
    package func tools() throws -> [ToolView] {
        let policies = try settings.toolPolicies()
        var connection = try connect()
        let (tools, now) = try connection.tools(settings.keys)
        let worst: [ToolHealth.State] = [.unavailable, .recovering, .degraded, .available]
        return tools.sorted { one, other in
            let first = worst.firstIndex(of: one.1.state(at: now)) ?? 0
            let second = worst.firstIndex(of: other.1.state(at: now)) ?? 0
            return (first, one.0) < (second, other.0)
        }.map { ToolView($0.0, $0.1, policies[$0.0], at: now) }
    }

    package func tool(_ name: String) throws -> ToolView {
        let tool = try toolName(name), policies = try settings.toolPolicies()
        var connection = try connect()
        guard let (health, now) = try connection.tool(ToolStore(keys: settings.keys, tool: tool)) else {
            throw Failure(
                .no, "\(tool) was not heard of within a week", remedy: "'holdfast tools list' shows those that were",
                category: .not_found)
        }
        return ToolView(tool, health, policies[tool], at: now)
    }

    /// What is to be known before a tool is called: whether it is worth it, and what to say in its place.
    package func advice(on name: String) throws -> ToolCallAdvice {
        let tool = try toolName(name)
        let calls = try ToolCalls(self, of: tool)
        return ToolCallAdvice(tool: tool.rawValue, calls.advice(), fallback: calls.fallback(nil), calls.policy)
    }

    /// Records what became of a call that a program made.
    /// - Returns: how the tool does since.
    package func record(_ outcome: OfferedOutcome, of name: String) throws -> ToolView {
        let tool = try toolName(name)
        guard !tool.isOwn else {
            throw Failure(
                .badInput, "'\(tool)' is what Holdfast calls itself, and counts itself", remedy: "give it another name")
        }
        try ToolCalls(self, of: tool).record(outcome)
        return try self.tool(name)
    }

    /// - Returns: its name.
    package func resetTool(_ name: String) throws -> String {
        let tool = try toolName(name)
        try ToolCalls(self, of: tool).reset()
        return tool.rawValue
    }

    private func toolName(_ name: String) throws(Failure) -> ToolName {
        guard let tool = ToolName(rawValue: name) else {
            throw Failure(
                .badInput, "\"\(name)\" is no name of a tool",
                remedy: "1 to \(ToolName.longest) letters, digits and _-.:/@")
        }
        return tool
    }
}
