/// Why a binding went: the label of `claude_session_drops_total`.
package enum DropReason: String, Sendable, CaseIterable, Codable {
    /// Unused for longer than the maximum session age, found at a lookup.
    case expired
    /// The transcript is nowhere on the binding's own host.
    case missing
    /// A resume was tried and failed.
    case failed
    /// As `expired`, found by the sweep.
    case swept
    /// `/clear`.
    case cleared
    /// By hand.
    case manual
}
