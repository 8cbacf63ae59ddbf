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
