internal import Domain

extension Status {
    /// The circuit of the provider that is configured here.
    package struct ProviderCircuit: StatusSection {
        /// `<provider>:<fingerprint>`.
        @OrNull package var provider: String?
        /// closed, open, half-open; none before a provider was used.
        package var state = "none"
        @OrNull package var since: Timestamp?
        /// A failure category, or forced.
        package var reason = ""
        package var message = ""
        /// nil while closed, and where a person must act first.
        @OrNull package var next_try: Timestamp?
        /// Until when the provider, which answers, asks us not to call it; nil where it does not.
        @OrNull package var wait_until: Timestamp?
        /// In a row.
        package var failures: Int64 = 0
        @OrNull package var last_check: Timestamp?
        @OrNull package var last_success: Timestamp?
        @OrNull package var last_failure: Timestamp?
        /// Why the last call failed that did: class and words.
        package var last_failure_reason = ""
        /// Calls that failed since one succeeded, of whatever class.
        package var unanswered: Int64 = 0

        /// None of the last calls succeeded.
        package var isUnanswered: Bool {
            CircuitPolicy().isUnanswered(failed: unanswered, hasEverSucceeded: last_success != nil)
        }

        var lastFailure: FailureCategory? {
            FailureCategory(rawValue: String(last_failure_reason.prefix { $0 != ":" }))
        }

        var unansweredWords: String {
            let calls = unanswered == 1 ? "not its last call" : "none of its last \(unanswered) calls"
            return last_failure_reason.isEmpty ? calls : "\(calls) (\(last_failure_reason))"
        }

        package var isOpen: Bool { state == Circuit.State.open.rawValue }
        /// Open, or tried with single calls.
        var isAgainstCalls: Bool { isOpen || state == Circuit.State.halfOpen.rawValue }
    }

    /// The beginning of a circuit's state.
    package struct CircuitChange: Codable, Sendable {
        package var at: Timestamp
        package var provider: String
        package var state: String
        package var reason: String
        package var message: String
    }
}

extension Status.ProviderCircuit {
    // MARK: - On the surfaces

    package func metrics(in status: Status) -> [Metric] {
        [
            .counter(
                "claude_circuit_changes_total", "Circuits opened and closed.", by: "state", ["opened", "closed"]),
            .gauge(
                "holdfast_circuit_state", "1 for the state of the configured provider's circuit.", by: "state",
                Circuit.State.allCases.map { ($0.rawValue, $0.rawValue == state ? 1 : 0) }),
            .gauge(
                "holdfast_circuit_since_timestamp_seconds",
                "Since when the circuit has been closed, or has not been; probes do not count.", when: since),
            .gauge(
                "holdfast_circuit_forced", "Whether a person opened the circuit.", isOpen && reason == "forced"),
            .gauge(
                "holdfast_model_retry_after_seconds",
                "Until the provider is called again: its circuit is open, or it asked us to wait.",
                (next_try ?? wait_until).map {
                    Double(max(0, $0.milliseconds - status.observed_at.milliseconds)) / 1000
                } ?? 0),
        ]
    }

    package func facts(in status: Status) -> [Fact] {
        [
            Fact("Provider", .quoted("circuit.provider", provider, empty: "none configured")),
            Fact("Next try", .time("circuit.next_try", next_try, empty: "none planned")),
            Fact("Failures in a row", .count("circuit.failures", failures)),
            Fact("Last success", .time("circuit.last_success", last_success, empty: "never")),
        ]
    }

    // MARK: - Troubles

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        let model = judgement.status.llm_status
        guard model.isConfigured else { return [] }
        guard isAgainstCalls else { return failing(judgement).map { [$0] } ?? [] }
        let (kind, what, remedy) = judged(model, key: judgement.clues.keyRemedy, judgement.now)
        return [
            Trouble(
                kind, judgement.delay + what, since: judgement.clues.providerDownSince ?? since,
                atRisk: "nothing, \(judgement.searchable)", remedy: remedy)
        ]
    }

    /// The circuit is closed, and yet nothing is answered: refusals for rate, or of another class that it does not count.
    private func failing(_ judgement: Judgement) -> Trouble? {
        let name = judgement.status.llm_status.provider
        if let wait_until {
            return Trouble(
                .provider_waits, "\(judgement.delay)\(name) asks us to wait until \(wait_until.clock(judgement.now))",
                atRisk: "nothing, \(judgement.searchable)",
                remedy: "nothing, it is called again then; 'holdfast circuit close' calls it at once")
        }
        guard unanswered > 0 else { return nil }
        return Trouble(
            isUnanswered ? .provider_failing : .not_remembered,
            "\(judgement.delay)\(name) answered \(unansweredWords)", since: last_success ?? last_failure,
            atRisk: "nothing, \(judgement.searchable)",
            remedy: !isUnanswered
                ? "nothing yet, failed episodes are tried again; 'holdfast episodes list' shows them"
                : lastFailure?.cause == .episode
                    ? "'holdfast episodes list --state dead' says which; then 'holdfast episodes retry --all-dead', or discard them by their IDs"
                    : "see its limits and its state, lower calls_per_minute, or configure another provider")
    }

    package func evidence(_ judgement: Judgement) -> [Evidence] {
        guard judgement.status.llm_status.isConfigured else { return [] }
        return [
            Evidence(
                .remembered, by: "model calls", "none succeeded since one failed", succeeded: last_success,
                failed: last_failure)
        ]
    }

    private func judged(
        _ model: Status.Model, key: String, _ now: Timestamp
    ) -> (Trouble.Kind, what: String, remedy: String) {
        let name = model.provider
        let words = message.isEmpty ? "" : " (\(message))"
        let again = next_try.map { "; the next try is in \(now.age($0))" } ?? ""
        // A provider that stopped is not asked for an hour unless its configuration changes.
        let orAtOnce =
            again.isEmpty ? "; then 'holdfast circuit close'" : "\(again), at once after 'holdfast circuit close'"
        return switch FailureCategory(rawValue: reason) {
        case .auth?:
            (
                .provider_auth, "\(name) refuses the API key\(words)",
                "\(key)\(orAtOnce)"
            )
        case .permission?:
            (
                .provider_auth, "\(name) does not permit the call\(words)",
                "give the key leave to use \(model.model)\(orAtOnce)"
            )
        case .quota?:
            (
                .provider_quota, "our account at \(name) is over its quota\(words)",
                "see its billing and limits, or configure another provider\(orAtOnce)"
            )
        case .modelNotFound?:
            (.provider_auth, "\(name) knows no model \(model.model)\(words)", "mend provider.model\(orAtOnce)")
        case .overloaded?, .rateLimit?:
            (
                .provider_overloaded, "\(name) is overloaded\(words)",
                "nothing yet\(again); if it lasts, configure another provider"
            )
        case .unknown?:
            (
                .provider_down, "\(name) answers, but with nothing that is a memory\(words)",
                "see whether provider.base_url leads to it (a network's login page answers too), and whether "
                    + "\(model.model) writes JSON\(again)"
            )
        case .contextLength?, .requestTooLarge?, .contentFilter?, .invalidRequest?:
            (
                .provider_down, "\(name) refuses whatever it is asked\(words)",
                "see whether provider.base_url and provider.model are what it knows\(again)"
            )
        case .serverError?:
            (
                .provider_down, "\(name) fails\(words)",
                "nothing yet\(again); if it lasts, configure another provider"
            )
        case _ where reason == "forced":
            (.circuit_forced, "\(name) is not called because a person opened the circuit", "'holdfast circuit close'")
        default:
            (.provider_down, "\(name) cannot be reached (\(reason))\(words)", "see whether it runs\(again)")
        }
    }
}
