/// The answer to "may this key be resumed?", with the reason and the way out.
package enum LookupVerdict: String, Sendable, CaseIterable, Codable {
    /// The session exists here and nobody drives it.
    case resumable
    /// A process drives the session now.
    case busy
    /// The session was made on another host, or under another config folder; whether it resumes there is not known here.
    case elsewhere
    /// It was unused for too long and has been dropped.
    case expired
    /// Its transcript is gone and it has been dropped.
    case missing
    /// Its transcript is not here, but in the vault: put back, it resumes.
    case restorable
    /// The API refuses its conversation each time: it is kept, and not offered.
    case retired
    /// The account has reached its usage limit: no client is started until that ends.
    case limited
    /// The key has no session.
    case none

    /// What one sees of a session when one looks.
    package struct Sighting: Sendable, Equatable {
        package var presence: TranscriptPresence
        package var isOwnHost: Bool
        /// Whether the client to be started would look for the transcript where it is.
        package var isInReach: Bool
        package var isDriven: Bool
        package var isRetired: Bool
        /// Whether it can be put back from the vault.
        package var isKept: Bool

        package init(
            presence: TranscriptPresence, isOwnHost: Bool, isInReach: Bool, isDriven: Bool, isRetired: Bool = false,
            isKept: Bool = false
        ) {
            self.presence = presence
            self.isOwnHost = isOwnHost
            self.isInReach = isInReach
            self.isDriven = isDriven
            self.isRetired = isRetired
            self.isKept = isKept
        }
    }

    /// Judges the session a key has.
    /// - Parameter isLocked: another dispatch holds the key.
    package static func judge(_ sighting: Sighting?, wasExpired: Bool, isLocked: Bool) -> LookupVerdict {
        if isLocked { return .busy }
        guard let sighting else { return wasExpired ? .expired : .none }
        if sighting.isDriven { return .busy }
        if sighting.isRetired, sighting.presence != .absent || sighting.isKept { return .retired }
        switch sighting.presence {
        case .found: return sighting.isInReach ? .resumable : .elsewhere
        case .absent where sighting.isKept: return .restorable
        case .absent: return sighting.isOwnHost ? .missing : .elsewhere
        case .unknown where sighting.isKept: return .restorable
        // A folder that cannot be read says nothing about what is in it: the session is believed to be there.
        case .unknown: return sighting.isOwnHost && sighting.isInReach ? .resumable : .elsewhere
        }
    }

    /// What to do about it; one sentence.
    package func remedy(key: DispatchKey, host: String = "", configDirectory: String = "") -> String {
        switch self {
        case .resumable: "claude --resume continues it"
        case .busy: "wait until the other run ends, or use holdfast dispatch --wait"
        case .elsewhere where !configDirectory.isEmpty: "set CLAUDE_CONFIG_DIR=\(configDirectory) to continue it"
        case .elsewhere: "continue it on \(host); tried here it is dropped after one failure"
        case .expired: "start fresh; a longer max_session_age_ms in agents.json keeps sessions longer"
        case .missing: "start fresh; the transcript was deleted"
        case .restorable: "dispatch it, or 'holdfast lookup' it: its transcript is put back from the vault first"
        case .retired:
            "start fresh; an answer to 'claude --resume ID' by hand, after a /compact or a rewind, makes it resumable again"
        case .limited: "wait until the usage limit ends, or use holdfast dispatch --wait"
        case .none: "start fresh under HOLDFAST_KEY=\(key), or with holdfast dispatch"
        }
    }
}
