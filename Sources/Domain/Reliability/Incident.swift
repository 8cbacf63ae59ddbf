/// Something that failed and that Holdfast is to get over by itself: from when to when, why, and what came of it.
package struct Incident: Sendable, Equatable {
    package enum Cause: String, Sendable, CaseIterable {
        /// Redis did not take the companion's word.
        case redisAway = "redis_away"
        /// The companion ended, and nobody had stopped it.
        case companionGone = "companion_gone"
        /// The provider's circuit was open.
        case providerDown = "provider_down"
        /// The archive was not sound.
        case archiveDamaged = "archive_damaged"
        /// The queue had no room, and episodes waited in the archive.
        case queueFull = "queue_full"
        /// The vault was nearly full, and sessions left for the second copy.
        case vaultFull = "vault_full"
        /// The second copy could not be brought up to date.
        case syncFailed = "sync_failed"
        /// No checkpoint could be made.
        case checkpointFailed = "checkpoint_failed"
        /// Something that is kept was not what it was.
        case damage
        /// Something that is named was not there.
        case missing
    }

    package enum Outcome: String, Sendable {
        case open
        case recovered
        /// It could not be got over.
        case failed
    }

    package var cause: Cause
    /// Of which thing; empty where there is only one.
    package var subject: String
    package var beganMilliseconds: Int64
    package var endedMilliseconds: Int64?
    package var outcome: Outcome
    /// How often it was tried to get over it.
    package var attempts: Int64
    package var detail: String

    package init(
        _ cause: Cause, of subject: String = "", began: Int64, ended: Int64? = nil, outcome: Outcome = .open,
        attempts: Int64 = 0, detail: String = ""
    ) {
        self.cause = cause
        self.subject = subject
        beganMilliseconds = began
        endedMilliseconds = ended
        self.outcome = outcome
        self.attempts = attempts
        self.detail = detail
    }
}
