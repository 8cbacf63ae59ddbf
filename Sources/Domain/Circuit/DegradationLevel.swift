/// How much of what Holdfast does with an episode is done now.
package enum DegradationLevel: Int, Sendable, CaseIterable {
    /// Digest and memory.
    case full = 0
    /// Raw text and digest, searchable; memories are tried one at a time.
    case partial = 1
    /// Raw text and digest, searchable; no model is asked.
    case rawOnly = 2

    /// - Parameter circuit: nil when no provider is configured.
    package init(circuit: Circuit.State?) {
        self =
            switch circuit {
            case .closed?: .full
            case .halfOpen?: .partial
            case .open?, nil: .rawOnly
            }
    }

    package var title: String {
        switch self {
        case .full: "full"
        case .partial: "partial"
        case .rawOnly: "raw only"
        }
    }
}

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
