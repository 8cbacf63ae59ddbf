/// Decides when somebody is told of failures: after so many in a row, once, until they are over or become another.
package struct IncidentRule: Sendable, Equatable {
    /// Failures in a row.
    package var threshold: Int64
    private var failures: Int64 = 0
    /// The class of failure that somebody was told of.
    private var told: String?

    package init(threshold: Int64) { self.threshold = threshold }

    /// - Returns: whether to tell.
    package mutating func failed(_ kind: String) -> Bool {
        failures += 1
        guard failures >= threshold, told != kind else { return false }
        told = kind
        return true
    }

    /// - Returns: whether to tell that it is over.
    package mutating func succeeded() -> Bool {
        defer {
            failures = 0
            told = nil
        }
        return told != nil
    }
}
