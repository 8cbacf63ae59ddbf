package import Domain

/// Something that is not as it should be, as an audit found it.
package struct Finding: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        // Not what was stored.
        case episode_damaged, memory_damaged, archive_damaged
        case segment_damaged, segment_locked, vault_damaged, mark_damaged, chronicle_damaged
        case block_damaged, checkpoint_damaged, file_damaged
        case copy_damaged, copy_key_damaged
        // A name behind which nothing stands.
        case member_without_episode, episode_without_set
        case member_without_session, member_without_binding, binding_without_session, conversation_without_session
        case session_without_index, binding_without_index
        case session_without_artefact, cursor_without_file, words_missing
        case block_without_checkpoint
        // What the second copy alone is to have.
        case away_missing, away_unlisted
        // A file that is named, and is not there or cannot be read.
        case archive_missing, episode_missing, vault_missing, pack_missing, block_missing, file_missing, binding_missing
    }

    package enum Outcome: String, Codable, Sendable {
        /// Nothing was done.
        case found
        case mended
        /// No source has it.
        case lost
        /// What is left over goes when it has been so for a while.
        case orphan
        /// It was left over for long, and is gone.
        case collected
    }

    package var kind: Kind
    /// Which: an episode's ID, a key, a file.
    package var thing: String
    package var detail: String
    /// What may be lost by it; begins with "nothing" where nothing can.
    package var at_risk: String
    package var outcome: Outcome
    /// Where it was mended from; empty where it was not.
    package var source: String
    /// Whose, where that is known.
    package var session: String
    package var bytes: Int64
    package var episodes: Int64

    package init(
        _ kind: Kind, _ thing: String, _ detail: String = "", session: String = "", bytes: Int64 = 0,
        episodes: Int64 = 0
    ) {
        self.kind = kind
        self.thing = thing
        self.detail = detail
        at_risk = kind.risk
        outcome = .found
        source = ""
        self.session = session
        self.bytes = bytes
        self.episodes = episodes
    }

    /// The second witness of a cursor whose file is gone.
    package static let isArchived = "its words are archived"

    /// By what it is known again.
    package var name: String { "\(kind.rawValue) \(thing)" }

    /// Whether something was not as it should be. What is only left over is no failure, nor is that it goes; what was
    /// damaged is one, though nobody has it any more.
    package var isBad: Bool {
        switch outcome {
        case .found, .mended, .lost: true
        case .orphan: false
        case .collected: cause == .damage
        }
    }

    /// What it is in the chronicle.
    package var cause: Incident.Cause { kind.rawValue.hasSuffix("damaged") ? .damage : .missing }

    /// The same, got over.
    package func mended(from source: String) -> Finding {
        var finding = self
        finding.outcome = .mended
        finding.source = source
        return finding
    }

    package func with(_ outcome: Outcome) -> Finding {
        var finding = self
        finding.outcome = outcome
        return finding
    }
}

extension Finding.Kind {
    /// Whether deep audits alone look for it.
    var isDeep: Bool {
        switch self {
        case .words_missing, .episode_missing, .away_missing, .away_unlisted, .segment_locked: true
        default: rawValue.hasSuffix("damaged")
        }
    }

    var risk: String {
        switch self {
        case .episode_damaged: "what was said, once its transcript is deleted"
        case .memory_damaged: "what a model made of an episode; its words are kept"
        case .archive_damaged, .archive_missing, .episode_missing, .words_missing:
            "what was said and is in no transcript any more"
        case .segment_damaged, .pack_missing, .vault_missing, .away_missing:
            "resuming a session whose transcript is deleted; its words are archived"
        case .segment_locked: "nothing while the key comes back"
        case .vault_damaged: "nothing: its index is made anew from the packs"
        case .block_damaged, .block_missing, .checkpoint_damaged: "going back to that checkpoint"
        case .member_without_episode: "what was said, if it is in no archive"
        case .episode_without_set: "a memory: nobody works on the episode"
        case .member_without_session, .member_without_binding: "nothing: it is a name in an index"
        case .binding_without_session: "a resume, if the session cannot be found"
        case .conversation_without_session: "nothing: what was said is there"
        case .session_without_artefact: "resuming the session"
        case .block_without_checkpoint: "nothing, but a checkpoint may be gone"
        case .cursor_without_file: "nothing: what it was of is gone"
        case .chronicle_damaged: "what is known of how reliable it was"
        case .file_damaged, .file_missing:
            "what it says: keys' sessions, what is forgotten, what was not to be recorded"
        case .binding_missing: "a resume"
        case .copy_damaged: "what comes back of the second copy"
        case .away_unlisted: "nothing: the second copy has it"
        case .copy_key_damaged: "all that only the second copy has"
        case .session_without_index, .binding_without_index: "nothing: it is not listed"
        case .mark_damaged: "nothing while the archive is there"
        }
    }
}

/// What an audit looked at and found.
package struct AuditReport: Codable, Sendable {
    package var is_deep: Bool
    package var began_ms: Int64
    package var took_ms: Int64 = 0
    /// Things looked at, by what they are.
    package var looked_at: [String: Int64] = [:]
    /// Bytes that were read and compared with their sums.
    package var bytes: Int64 = 0
    package var findings: [Finding] = []
    /// What is known to be lost, and was said.
    package var known_lost: Int64 = 0
    /// What could not be looked at, and why.
    package var unseen: [String] = []

    package init(isDeep: Bool, began: Int64) {
        is_deep = isDeep
        began_ms = began
    }

    package var items: Int64 { looked_at.values.reduce(0, +) }
    package var mended: Int64 { Int64(findings.count { $0.outcome == .mended }) }
    /// What is neither mended nor only left over.
    package var open: [Finding] { findings.filter { $0.outcome == .found || $0.outcome == .lost } }

    /// Whether something of a name (`Finding.name`) would have been found now: what was not looked for is not over.
    package func looksFor(_ name: String) -> Bool {
        guard unseen.isEmpty else { return false }
        return is_deep || Finding.Kind(rawValue: String(name.prefix { $0 != " " })).map { !$0.isDeep } ?? false
    }

    package mutating func looked(_ what: String, _ count: Int) { looked_at[what, default: 0] += Int64(count) }
}
