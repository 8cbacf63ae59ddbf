internal import Domain

extension Status {
    /// Whether memories can be made.
    package struct Model: StatusSection {
        package var available = false
        @OrNull package var last_check: Timestamp?
        @OrNull package var last_success: Timestamp?
        /// As the configuration names it; none when no model is asked.
        package var provider = "none"
        package var model = ""
        /// What the provider said last, when that was not well.
        @OrNull package var error: String?

        package var isConfigured: Bool { provider != "none" }
    }

    /// Of this UTC day.
    package struct Budget: StatusSection {
        package var tokens_today: Int64 = 0
        package var calls_today: Int64 = 0
        package var cost_usd_today = 0.0
        /// 0 for none.
        package var daily_token_budget: Int64 = 0

        var isSpent: Bool { daily_token_budget > 0 && tokens_today >= daily_token_budget }
    }
}

// MARK: - On the surfaces

extension Status.Model {
    package func metrics(in status: Status) -> [Metric] {
        [
            .counter(
                "claude_episode_failures_total", "Model calls that failed, by class.", by: "class",
                FailureCategory.allCases.map(\.rawValue)),
            .counter("claude_model_calls_total", "Model calls that were answered."),
            .gauge(
                "holdfast_model_available",
                "Whether the model may be called and was well when it was asked last.", available),
            .gauge(
                "holdfast_model_last_success_timestamp_seconds", "When a model call succeeded last.",
                when: last_success),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        guard isConfigured else {
            return StatusRow("model", "none configured: episodes are archived and searchable")
        }
        let now = status.observed_at, circuit = status.circuit, budget = status.budget
        var text = "\(provider) \(model), circuit \(circuit.state)"
        if let since = circuit.since { text += " since \(since.ago(now))" }
        if let until = circuit.wait_until { text += ", asked to wait until \(until.clock(now))" }
        if let last_success { text += ", last success \(last_success.ago(now))" }
        if let error { text += ": \(error)" }
        if budget.daily_token_budget > 0 {
            text += "; \(budget.tokens_today) of \(budget.daily_token_budget) tokens today"
        }
        return StatusRow("model", text)
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact(
                "Provider",
                .quoted("llm_status.provider", isConfigured ? provider : nil, empty: "none configured"), " ",
                .quoted("llm_status.model", model)),
            Fact("Last success", .time("llm_status.last_success", last_success, empty: "never")).inRedis(),
        ] + status.budget.facts(in: status) + [
            Fact("Error", .quoted("llm_status.error", error)).hiddenWithoutValue()
        ]
    }
}

extension Status.Budget {
    package func metrics(in status: Status) -> [Metric] {
        [
            .counter(
                "claude_model_tokens_total", "Tokens that models read and wrote.", by: "direction",
                ["input", "output"]),
            .counter(
                "claude_model_cost_usd_total", "US dollars that models cost, at the configured prices.",
                from: "claude_model_cost_micro_usd_total", unit: 1_000_000),
            .gauge(
                "holdfast_budget_tokens", "Tokens that models may use in a day; 0 for no limit.", daily_token_budget),
            .gauge(
                "holdfast_budget_used_tokens", "Tokens that models have used on this UTC day.", tokens_today),
        ]
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact("Tokens today", .share(id: "tokens", Figure.Share(tokens_today, of: daily_token_budget))).inRedis(),
            Fact("Cost today", .dollars("budget.cost_usd_today", cost_usd_today)).inRedis(),
        ]
    }
}

// MARK: - Troubles

extension Status.Model {
    package func troubles(_ judgement: Judgement) -> [Trouble] {
        [misconfigured(judgement), behind(judgement)].compactMap { $0 }
    }

    /// Its key file, its address or its prompts are wrong: nobody is asked until somebody mends that.
    private func misconfigured(_ judgement: Judgement) -> Trouble? {
        let clues = judgement.clues
        guard !clues.providerError.isEmpty else { return nil }
        let provider = isConfigured ? provider : "the provider"
        return Trouble(
            .provider_misconfigured, "\(judgement.delay)\(provider) cannot be used (\(clues.providerError))",
            since: clues.providerErrorSince, atRisk: "nothing, \(judgement.searchable)",
            remedy: "'holdfast config check' names what to mend; the companion sees it within seconds")
    }

    /// The provider answers, and still something waits for long.
    private func behind(_ judgement: Judgement) -> Trouble? {
        let status = judgement.status
        guard isConfigured, judgement.clues.providerError.isEmpty, !status.circuit.isAgainstCalls,
            !status.circuit.isUnanswered, status.circuit.wait_until == nil, status.redis.available,
            !status.budget.isSpent,
            let oldest = status.queue_status.oldest_pending,
            judgement.now.milliseconds - oldest.milliseconds > 900_000
        else { return nil }
        return Trouble(
            .memory_behind, "Memory is behind: \(judgement.waiting)", since: oldest,
            atRisk: "nothing, they are archived and searchable",
            remedy: status.circuit.lastFailure == .rateLimit
                ? "let it work, \(provider) limits how often it is asked; 'holdfast episodes list' shows what waits"
                : "let it work, or raise concurrency and calls_per_minute; 'holdfast episodes list' shows what waits")
    }
}

extension Status.Budget {
    package func troubles(_ judgement: Judgement) -> [Trouble] {
        guard daily_token_budget > 0 else { return [] }
        let used = "\(tokens_today) of \(daily_token_budget) tokens"
        if isSpent {
            return [
                Trouble(
                    .budget_spent, "The day's token budget is spent (\(used))",
                    atRisk: "nothing, \(judgement.waiting) until midnight UTC",
                    remedy: "wait, or raise daily_token_budget")
            ]
        }
        guard Double(tokens_today) >= 0.8 * Double(daily_token_budget) else { return [] }
        return [
            Trouble(
                .budget_low, "The day's token budget is nearly spent (\(used))", atRisk: "nothing",
                remedy: "raise daily_token_budget, or let memories wait until midnight UTC")
        ]
    }
}
