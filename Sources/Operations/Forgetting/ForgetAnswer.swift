internal import Domain

/// What was found of what is to be forgotten, what became of it, and how that is known.
package struct ForgetAnswer: Encodable, Sendable {
    package enum Outcome: String, Encodable, Sendable {
        /// Nothing was removed, as was asked.
        case found
        /// It is gone wherever this host can look.
        case forgotten
        /// Something is left, or lies where nobody here can look.
        case unproven
    }

    package struct Place: Encodable, Sendable, Equatable {
        package let place: String
        /// What of it, in the plural.
        package let what: String
        package let count: Int
    }

    /// How it was made sure of.
    package struct Proof: Encodable, Sendable {
        /// Files of this host that were read to their end, each byte.
        package var files = 0
        package var bytes: Int64 = 0
        /// Pieces of what was removed that were looked for.
        package var pieces = 0
        /// What holds something still, a sentence each.
        package var remains: [String] = []
        /// Where nobody here can look, a sentence each.
        package var unseen: [String] = []
    }

    package var outcome: Outcome
    /// Of which nothing is recorded any more.
    package let sessions: [String]
    package let found: [Place]
    /// Sessions of which damaged segments go along, since nobody can say what stands in them.
    package let damaged_sessions: [String]
    /// Transcripts that hold it, the client's own: they stay, and are not captured again.
    package let transcripts: [String]
    /// nil where nothing was to be removed.
    @OrNull package var proof: Proof?

    /// What nobody can read is no sign of it.
    package var isEmpty: Bool {
        found.allSatisfy { $0.what == ForgetFinding.damagedSegments } && transcripts.isEmpty
    }

    /// For people.
    package var lines: [String] {
        var lines = found.map { "\($0.count) \($0.what) in \($0.place)" }
        if !sessions.isEmpty {
            lines.append("sessions of which nothing is recorded from now on: \(sessions.joined(separator: ", "))")
        }
        if !damaged_sessions.isEmpty {
            lines.append(
                "sessions whose damaged segments go with it: \(damaged_sessions.joined(separator: ", "))")
        }
        if !transcripts.isEmpty {
            lines.append(
                "the client's own transcripts hold it, too; they are yours to delete, and are not captured again:")
            lines += transcripts.map { "    \($0)" }
        }
        guard let proof else { return lines }
        lines += proof.remains.map { "STILL THERE: \($0)" } + proof.unseen.map { "not known: \($0)" }
        lines.append(
            "\(outcome == .forgotten ? "forgotten" : "removed, and not proven"): \(counted(proof.pieces, "piece")) looked for in \(counted(proof.files, "file")), \(counted(proof.bytes, "byte")), in Redis and in the archive"
        )
        return lines
    }
}
