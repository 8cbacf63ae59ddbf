internal import Domain

/// Troubles on the way to memories.
extension Diagnosis {
    var provider: Trouble? {
        let circuit = status.circuit
        guard status.llm_status.provider != "none", circuit.state == "open" || circuit.state == "half-open" else {
            return nil
        }
        let name = status.llm_status.provider
        let words = circuit.message.isEmpty ? "" : " (\(circuit.message))"
        let again = circuit.next_try.map { "; the next try is in \(now.age($0))" } ?? ""
        // A provider that stopped is not asked for an hour unless its configuration changes.
        let orAtOnce =
            again.isEmpty ? "; then 'holdfast circuit close'" : "\(again), at once after 'holdfast circuit close'"
        let (kind, what, remedy): (Trouble.Kind, String, String) =
            switch FailureCategory(rawValue: circuit.reason) {
            case .auth?:
                (
                    .provider_auth, "\(name) refuses the API key\(words)",
                    "put a valid key where 'holdfast config show' says it is read from\(orAtOnce)"
                )
            case .permission?:
                (
                    .provider_auth, "\(name) does not permit the call\(words)",
                    "give the key leave to use \(status.llm_status.model)\(orAtOnce)"
                )
            case .quota?:
                (
                    .provider_quota, "our account at \(name) is over its quota\(words)",
                    "see its billing and limits, or configure another provider\(orAtOnce)"
                )
            case .modelNotFound?:
                (
                    .provider_auth, "\(name) knows no model \(status.llm_status.model)\(words)",
                    "mend provider.model\(orAtOnce)"
                )
            case .overloaded?, .rateLimit?:
                (
                    .provider_overloaded, "\(name) is overloaded\(words)",
                    "nothing yet\(again); if it lasts, configure another provider"
                )
            case _ where circuit.reason == "forced":
                (.circuit_forced, "\(name) is not called because a person opened the circuit", "holdfast circuit close")
            default:
                (.provider_down, "\(name) cannot be reached (\(circuit.reason))\(words)", "see whether it runs\(again)")
            }
        return Trouble(
            kind: kind, severity: .error, what: behind + what, since: clues.providerDownSince ?? circuit.since,
            at_risk: "nothing, \(searchable)", remedy: remedy)
    }

    /// Its key file, its address or its prompts are wrong: nobody is asked until somebody mends that.
    var misconfigured: Trouble? {
        guard !clues.providerError.isEmpty, status.llm_status.provider != "none" else { return nil }
        return Trouble(
            kind: .provider_misconfigured, severity: .error,
            what: "\(behind)\(status.llm_status.provider) cannot be used (\(clues.providerError))",
            since: clues.providerErrorSince, at_risk: "nothing, \(searchable)",
            remedy: "holdfast config check names what to mend; the companion sees it within seconds")
    }

    /// `Memory is 3 h behind: `, where something has waited for a minute.
    private var behind: String {
        let retried = status.retry_queue.count > 0 ? clues.providerDownSince : nil
        guard let oldest = [status.queue_status.oldest_pending, retried].compactMap({ $0 }).min(),
            now.milliseconds - oldest.milliseconds >= 60_000
        else { return "" }
        return "Memory is \(oldest.age(now)) behind: "
    }

    private var searchable: String {
        waitingCount == 1
            ? "\(waiting) and is searchable already" : "\(waiting) and are searchable already"
    }

    var queueFull: Trouble? {
        let queue = status.queue_status
        guard queue.isFull else { return nil }
        return Trouble(
            kind: .queue_full, severity: .error,
            what: "The queue is full (\(queue.count) episodes, room for \(queue.limit))",
            since: nil,
            at_risk:
                "nothing, what comes next waits on disk (\(notes)) and in the archive's backlog (\(queue.backlog))",
            remedy: queue.dead * 2 > queue.count
                ? "holdfast episodes list --state dead, then retry or discard them"
                : "'holdfast circuit show' says why no memory is made; if they are, raise retry_queue_max_size")
    }

    var budget: Trouble? {
        let budget = status.budget
        guard budget.daily_token_budget > 0 else { return nil }
        let used = "\(budget.tokens_today) of \(budget.daily_token_budget) tokens"
        if budget.tokens_today >= budget.daily_token_budget {
            return Trouble(
                kind: .budget_spent, severity: .warning, what: "The day's token budget is spent (\(used))",
                since: nil,
                at_risk: "nothing, \(waiting) until midnight UTC", remedy: "wait, or raise daily_token_budget")
        }
        guard Double(budget.tokens_today) >= 0.8 * Double(budget.daily_token_budget) else { return nil }
        return Trouble(
            kind: .budget_low, severity: .warning, what: "The day's token budget is nearly spent (\(used))",
            since: nil,
            at_risk: "nothing", remedy: "raise daily_token_budget, or let memories wait until midnight UTC")
    }

    var deadLetters: Trouble? {
        let dead = status.queue_status.dead
        guard dead > 0 else { return nil }
        return Trouble(
            kind: .dead_letters, severity: .warning,
            what:
                "\(dead) episode\(dead == 1 ? "" : "s") failed for good, no memory is made of \(dead == 1 ? "it" : "them")",
            since: clues.oldestDead,
            at_risk: "only memories; what was said is archived and searchable",
            remedy: "holdfast episodes list --state dead says why; then holdfast episodes retry ID, or discard ID")
    }

    /// The provider answers, and still something waits for long.
    var memoryBehind: Trouble? {
        guard status.llm_status.provider != "none", provider == nil, misconfigured == nil, status.redis.available,
            status.budget.daily_token_budget == 0 || status.budget.tokens_today < status.budget.daily_token_budget,
            let oldest = status.queue_status.oldest_pending, now.milliseconds - oldest.milliseconds > 900_000
        else { return nil }
        return Trouble(
            kind: .memory_behind, severity: .warning, what: "Memory is behind: \(waiting)", since: oldest,
            at_risk: "nothing, they are archived and searchable",
            remedy: "let it work, or raise concurrency and calls_per_minute; holdfast episodes list shows what waits")
    }
}
