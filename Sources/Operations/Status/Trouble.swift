internal import Domain

/// Something that a person should know of.
package struct Trouble: Codable, Sendable {
    /// The worst first: in this order they are told.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case configuration_broken
        case stopped_by_hand
        case redis_down, redis_hung, redis_refuses
        case state_unwritable
        case companion_gone, companion_hung
        case disk_full, spool_full
        case redis_evicting, redis_full
        case archive_failed, archive_unowned
        case vault_failed
        case words_missing
        case hooks_missing
        case pool_unserved
        case provider_misconfigured, provider_auth, provider_quota, provider_overloaded, provider_down,
            provider_failing, circuit_forced
        case queue_full
        case transcripts_endangered
        case reliability_critical
        // From here on warnings.
        case archive_behind
        case archive_damaged, archive_shrunk
        case vault_damaged
        case audit_findings
        /// Of a promise whose evidence fails without a trouble that says why.
        case not_recorded, not_captured, not_archived, not_remembered, not_kept
        case reliability_warning
        case provider_waits
        case budget_spent, budget_low
        case redis_degraded, certificate_expiring
        case restart_needed
        case dashboard_away
        case dead_letters
        case notes_corrupt
        case memory_behind
        case tool_unavailable
        case sink_failing
        case notes_waiting
        case spool_low
        case no_capture
    }

    package enum Severity: String, Codable, Sendable { case error, warning }

    package let kind: Kind
    package let severity: Severity
    /// What is wrong.
    package let what: String
    @OrNull package var since: Timestamp?
    /// What may be lost; begins with "nothing" where nothing can.
    package let at_risk: String
    /// What to do.
    package let remedy: String

    /// - Parameter since: nil where nothing tells when it began; who judges dates it then.
    init(_ kind: Kind, _ what: String, since: Timestamp? = nil, atRisk: String, remedy: String) {
        self.kind = kind
        severity = kind < .archive_behind ? .error : .warning
        self.what = what
        self.since = since
        at_risk = atRisk
        self.remedy = remedy
    }

    /// All of it in one sentence.
    package func sentence(now: Timestamp) -> String {
        let began = since.map { ", since \($0.clock(now)) (\($0.ago(now)))" } ?? ""
        return "\(what)\(began); at risk: \(at_risk); to do: \(remedy)."
    }
}

extension Trouble.Kind: Comparable {
    package static func < (one: Trouble.Kind, other: Trouble.Kind) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    static func failing(_ promise: Promise) -> Trouble.Kind {
        switch promise {
        case .recorded: .not_recorded
        case .captured: .not_captured
        case .archived: .not_archived
        case .remembered: .not_remembered
        case .kept: .not_kept
        }
    }

    /// Which promises it says something of: their failing evidence needs no words of its own beside it.
    var promises: Set<Promise> {
        switch self {
        case .configuration_broken: Set(Promise.allCases)
        // With the companion went its Redis; hooks leave notes.
        case .stopped_by_hand: Set(Promise.allCases)
        case .companion_gone, .companion_hung: [.captured, .archived, .remembered, .kept]
        case .redis_down, .redis_hung, .redis_refuses, .redis_full: Set(Promise.allCases)
        case .redis_evicting: [.recorded, .captured]
        case .state_unwritable, .disk_full: [.recorded, .captured, .kept]
        case .not_recorded, .hooks_missing: [.recorded]
        case .spool_full, .spool_low, .transcripts_endangered, .notes_corrupt, .notes_waiting, .no_capture,
            .words_missing, .not_captured:
            [.captured]
        case .archive_failed, .archive_unowned, .archive_behind, .archive_damaged, .archive_shrunk, .not_archived,
            .pool_unserved:
            [.archived]
        case .provider_misconfigured, .provider_auth, .provider_quota, .provider_overloaded, .provider_down,
            .provider_failing, .provider_waits, .circuit_forced, .budget_spent, .memory_behind, .not_remembered,
            .dead_letters,
            .queue_full:
            [.remembered]
        case .vault_failed, .vault_damaged, .not_kept: [.kept]
        case .budget_low, .restart_needed, .dashboard_away, .reliability_critical, .reliability_warning,
            .audit_findings, .tool_unavailable, .sink_failing, .redis_degraded, .certificate_expiring:
            []
        }
    }

    /// A provider that is overloaded, or a queue that is behind, mends itself.
    var isMendedByPerson: Bool {
        switch self {
        case .configuration_broken, .redis_refuses, .redis_full, .redis_evicting, .state_unwritable, .disk_full,
            .spool_full,
            .archive_failed, .archive_unowned, .archive_damaged, .archive_shrunk, .words_missing, .hooks_missing,
            .pool_unserved,
            .provider_misconfigured, .provider_auth,
            .provider_quota, .transcripts_endangered, .vault_failed, .vault_damaged, .certificate_expiring:
            true
        case .stopped_by_hand, .companion_gone, .companion_hung, .restart_needed, .dashboard_away, .redis_down,
            .redis_hung, .spool_low,
            .archive_behind, .provider_overloaded, .provider_down, .provider_failing, .provider_waits, .circuit_forced,
            .not_recorded,
            .not_captured, .not_archived, .not_remembered, .not_kept, .queue_full, .budget_spent,
            .budget_low,
            .memory_behind, .notes_corrupt, .notes_waiting, .no_capture, .dead_letters, .reliability_critical,
            .reliability_warning, .audit_findings, .tool_unavailable, .sink_failing, .redis_degraded:
            false
        }
    }
}

extension Promise {
    /// What may be lost where it is broken.
    var risk: String {
        switch self {
        case .recorded: "bindings; a key may start fresh"
        case .captured: "what was said, once its transcript is deleted"
        case .archived: "what was said, once Redis loses it"
        case .remembered: "nothing, what was said is searchable; no memory is made of it"
        case .kept: "resuming sessions whose transcripts are deleted; their words are captured all the same"
        }
    }
}

extension Status {
    /// What the user of a session should see: one line, only where something is wrong that a person can mend.
    package var notice: String? {
        guard let trouble = troubles.first(where: \.kind.isMendedByPerson) else { return nil }
        let what = VisibleText.line(trouble.what)
        let shown = what.count > 200 ? what.prefix(199) + "…" : what[...]
        let began = trouble.since.map { ", since \($0.ago(observed_at))" } ?? ""
        let lost = trouble.at_risk.hasPrefix("nothing") ? "nothing lost" : "at risk: \(trouble.at_risk)"
        return "holdfast: \(shown)\(began); \(lost); to do: \(trouble.remedy)"
    }
}
