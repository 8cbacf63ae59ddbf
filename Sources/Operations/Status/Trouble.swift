/// Something that a person should know of.
package struct Trouble: Encodable, Sendable {
    package enum Kind: String, Encodable, Sendable, CaseIterable {
        case stopped_by_hand, companion_gone, companion_hung, restart_needed
        case redis_down, redis_hung, redis_refuses, redis_full, redis_evicting
        case disk_full, spool_full, spool_low
        case archive_failed, archive_behind
        case provider_misconfigured, provider_auth, provider_quota, provider_overloaded, provider_down, circuit_forced
        case queue_full, budget_spent, budget_low, memory_behind
        case transcripts_endangered, notes_corrupt, notes_waiting, no_capture, dead_letters
    }

    package enum Severity: String, Encodable, Sendable { case error, warning }

    package let kind: Kind
    package let severity: Severity
    /// What is wrong.
    package let what: String
    @OrNull package var since: Timestamp?
    /// What may be lost; begins with "nothing" where nothing can.
    package let at_risk: String
    /// What to do.
    package let remedy: String

    /// All of it in one sentence.
    package func sentence(now: Timestamp) -> String {
        let began = since.map { ", since \($0.clock(now)) (\($0.ago(now)))" } ?? ""
        return "\(what)\(began); at risk: \(at_risk); to do: \(remedy)."
    }
}
