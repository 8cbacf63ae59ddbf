internal import Domain
internal import Platform
internal import Settings
internal import Transcripts
internal import Vault

/// How the vault stands.
package struct VaultStatus: Encodable, Sendable {
    package let folder: String
    package let enabled: Bool
    /// All that the vault has taken in, and what it takes in from now on.
    package let encrypted: Bool
    /// What it takes in from now on: a key is set.
    package let encrypts: Bool
    package let encrypted_segments: Int64
    /// In the packs, as those of the plain ones.
    package let encrypted_bytes: Int64
    package let plain_segments: Int64
    package let plain_bytes: Int64
    package let sessions: Int64
    package let files: Int64
    package let segments: Int64
    /// Of the clients' files, bytes that are kept.
    package let kept_bytes: Int64
    /// Of those files, bytes that are not, for a reason.
    package let excluded_bytes: Int64
    /// On the disk.
    package let stored_bytes: Int64
    package let damaged_segments: Int64
    /// Such as lie in the second copy alone, and their bytes.
    package let away_sessions: Int
    package let away_bytes: Int64
    /// Sessions that wait to be sent there.
    package let leaving_sessions: Int
    /// What capturers kept and the vault has not taken in yet.
    package let waiting_parts: Int
    @OrNull package var last_kept_at: Timestamp?
    /// Of this host's transcripts, as the companion's last walk found them; nil before the first.
    @OrNull package var transcripts: Transcripts?

    package struct Transcripts: Encodable, Sendable {
        package let safe: Int
        package let pending: Int
        package let endangered: Int
        package let excluded: Int
        /// Older than the rolling period: 'holdfast sync' keeps them.
        package let old: Int
        package let looked_at: Timestamp
    }
}

/// A session in a list of the vault.
package struct KeptRow: Encodable, Sendable {
    package let session_id: String
    package let last_kept_at: Timestamp
    package let files: Int
    package let kept_bytes: Int64
    package let stored_bytes: Int64
    /// Whether its transcript is here byte for byte.
    package let is_whole: Bool
    /// vault; or second_copy, from where 'holdfast vault fetch' brings it back.
    package let place: String
    package let cwd: String
    package let branch: String
    package let commit: String
    package let host: String

    init(_ session: KeptSession) {
        session_id = session.id.rawValue
        last_kept_at = Timestamp(session.lastMilliseconds)
        files = session.files.count
        kept_bytes = session.keptBytes
        stored_bytes = session.storedBytes
        is_whole = session.transcript?.isWhole ?? false
        place = "vault"
        let lay = session.transcript?.generation ?? session.files[0].generation
        (cwd, branch, commit, host) = (lay.cwd, lay.branch, lay.commit, lay.host)
    }

    init(_ away: AwaySession, host: String) {
        session_id = away.session.rawValue
        last_kept_at = Timestamp(away.lastMilliseconds)
        (files, kept_bytes, stored_bytes) = (away.files, away.keptBytes, 0)
        (is_whole, place) = (true, "second_copy")
        (cwd, branch, commit, self.host) = (away.cwd, "", "", host)
    }
}

/// All that is kept of a session.
package struct KeptDetail: Encodable, Sendable {
    package let session_id: String
    package let files: [File]
    /// What lies beside its transcript, where that is still on disk, and can be kept by nobody.
    package let passed_over: [PassedOver]

    package struct PassedOver: Encodable, Sendable, Equatable {
        package let path: String
        package let reason: String
    }

    package struct File: Encodable, Sendable {
        package let name: String
        package let path: String
        /// Counts how often another file stood under the name.
        package let generation: Int
        /// Up to where it is kept.
        package let bytes: Int64
        package let kept_bytes: Int64
        package let stored_bytes: Int64
        package let segments: Int
        package let damaged: [String]
        package let holes: [Stretch]
        package let excluded: [Stretch]
    }

    package struct Stretch: Encodable, Sendable {
        package let from: Int64
        package let to: Int64
        package let reason: String
    }

    init(_ session: KeptSession, _ sources: TranscriptSources = .standard) {
        session_id = session.id.rawValue
        let path = session.transcript?.generation.path ?? ""
        let beside = sources.source(of: path).sessionFiles(of: path)
        passed_over =
            beside.passedOver.map { PassedOver(path: $0.path, reason: $0.reason) }
            + beside.files.filter { $0.size == 0 }.map {
                PassedOver(path: beside.folder + "/" + $0.name, reason: "it is empty: there is nothing to keep")
            }
        files = session.files.map { file in
            File(
                name: file.name, path: file.generation.path, generation: file.generation.generation,
                bytes: file.generation.end, kept_bytes: file.keptBytes, stored_bytes: file.storedBytes,
                segments: file.segments.count,
                damaged: file.segments.filter { !$0.damage.isEmpty }.map { "\($0.name): \($0.damage)" },
                holes: file.unexplained.map { Stretch(from: $0.lowerBound, to: $0.upperBound, reason: "not kept") },
                excluded: file.cuts.map { Stretch(from: $0.from, to: $0.to, reason: $0.reason) })
        }
    }
}

/// What a look through all segments found.
package struct VaultCheck: Encodable, Sendable {
    package let checked: Int
    package let bytes: Int64
    package let damaged: [Damage]
    /// Such as nobody can say anything of: the key that they are encrypted with is not here.
    package let locked: [Damage]

    init(_ check: SegmentCheck) {
        checked = check.checked
        bytes = check.bytes
        damaged = check.damaged.map(Damage.init)
        locked = check.locked.map(Damage.init)
    }

    package struct Damage: Encodable, Sendable {
        package let segment: String
        package let session_id: String
        package let file: String
        package let from: Int64
        package let to: Int64
        package let reason: String

        init(_ segment: DamagedSegment) {
            self.segment = segment.segment
            session_id = segment.session?.rawValue ?? ""
            file = segment.file
            from = segment.range.lowerBound
            to = segment.range.upperBound
            reason = segment.reason
        }
    }
}

/// What pruning took out.
package struct PruneAnswer: Encodable, Sendable {
    package let session_ids: [String]
    package let freed_bytes: Int64
    /// Sessions that leave for the second copy with the next sync.
    package let leaving_sessions: Int
    /// Segments that nobody could read, and were taken out for that.
    package let damaged: [VaultCheck.Damage]

    init(_ outcome: PruneOutcome, leaving: Int = 0) {
        leaving_sessions = leaving
        damaged = outcome.damaged.map(VaultCheck.Damage.init)
        session_ids = outcome.sessions.map(\.rawValue)
        freed_bytes = outcome.freedBytes
    }
}

/// What an import brought.
package struct KeptImport: Encodable, Sendable {
    package let session_id: String
    package let files: Int
    /// That the vault had not.
    package let new_bytes: Int64
    /// Files of it that were not taken in.
    package let left_out: [LeftOut]

    package struct LeftOut: Encodable, Sendable {
        package let name: String
        package let reason: String
    }

    /// What a person should know of it; a sentence without its point. Nil where all was taken in.
    package var sentence: String? {
        guard !left_out.isEmpty else { return nil }
        let told = left_out.prefix(3).map { "'\(VisibleText.line($0.name))': \($0.reason)" }
        let more = left_out.count > told.count ? "; and \(left_out.count - told.count) more" : ""
        return
            "\(counted(left_out.count, "file")) of the archive could not be imported, the rest was (\(told.joined(separator: "; "))\(more))"
    }

    init(_ imported: ImportedSession) {
        session_id = imported.session.rawValue
        files = imported.files
        new_bytes = imported.bytes
        left_out = imported.left.sorted { $0.key < $1.key }.map { LeftOut(name: $0.key, reason: $0.value) }
    }
}
