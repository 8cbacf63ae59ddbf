extension Status {
    /// Whether memories can be made.
    package struct Model: Encodable, Sendable {
        package var available = false
        @OrNull package var last_check: Timestamp?
        @OrNull package var last_success: Timestamp?
        /// As the configuration names it; none when no model is asked.
        package var provider = "none"
        package var model = ""
        /// What the provider said last, when that was not well.
        @OrNull package var error: String?
    }

    /// The circuit of the provider that is configured here.
    package struct CircuitView: Encodable, Sendable {
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
        /// In a row.
        package var failures: Int64 = 0
        @OrNull package var last_check: Timestamp?
        @OrNull package var last_success: Timestamp?

        package var isOpen: Bool { state == "open" }
    }

    /// The beginning of a circuit's state.
    package struct CircuitChange: Encodable, Sendable {
        package var at: Timestamp
        package var provider: String
        package var state: String
        package var reason: String
        package var message: String
    }

    /// Of this UTC day.
    package struct Budget: Encodable, Sendable {
        package var tokens_today: Int64 = 0
        package var calls_today: Int64 = 0
        package var cost_usd_today = 0.0
        /// 0 for none.
        package var daily_token_budget: Int64 = 0
    }
}
