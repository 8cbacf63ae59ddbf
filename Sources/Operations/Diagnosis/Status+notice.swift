internal import Domain

extension Status {
    /// What the user of a session should see: one line, only where something is wrong that a person can mend.
    package var notice: String? {
        guard let trouble = troubles.first(where: \.isMendedByPerson) else { return nil }
        let what = VisibleText.line(trouble.what)
        let shown = what.count > 200 ? what.prefix(199) + "…" : what[...]
        let began = trouble.since.map { ", since \($0.ago(observed_at))" } ?? ""
        let lost = trouble.at_risk.hasPrefix("nothing") ? "nothing lost" : "at risk: \(trouble.at_risk)"
        return "holdfast: \(shown)\(began); \(lost); to do: \(trouble.remedy)"
    }
}

extension Trouble {
    /// A provider that is overloaded, or a queue that is behind, mends itself.
    var isMendedByPerson: Bool {
        switch kind {
        case .redis_refuses, .redis_full, .redis_evicting, .disk_full, .spool_full, .archive_failed,
            .provider_misconfigured, .provider_auth, .provider_quota, .transcripts_endangered:
            true
        case .stopped_by_hand, .companion_gone, .companion_hung, .restart_needed, .redis_down, .redis_hung, .spool_low,
            .archive_behind,
            .provider_overloaded, .provider_down, .circuit_forced, .queue_full, .budget_spent, .budget_low,
            .memory_behind, .notes_corrupt, .notes_waiting, .no_capture, .dead_letters:
            false
        }
    }
}
