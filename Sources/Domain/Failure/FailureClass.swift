/// A verdict over one failed call.
package struct FailureClass: Sendable, Equatable {
    package var category: FailureCategory
    /// Whether the same request may succeed later without anybody acting.
    package var isRetryable: Bool
    package var countsAgainstCircuit: Bool
    /// What the provider asked for, in seconds; nil where it said nothing.
    package var retryAfterSeconds: Double?

    /// It would be the same with any episode: an address or a parameter is wrong.
    package var isOfConfiguration = false

    /// On whose account the call failed: with a wrong address no episode is to blame.
    package var cause: FailureCause { isOfConfiguration ? .provider : category.cause }

    package init(
        category: FailureCategory, isRetryable: Bool, countsAgainstCircuit: Bool, retryAfterSeconds: Double? = nil
    ) {
        self.category = category
        self.isRetryable = isRetryable
        self.countsAgainstCircuit = countsAgainstCircuit
        self.retryAfterSeconds = retryAfterSeconds
    }
}
