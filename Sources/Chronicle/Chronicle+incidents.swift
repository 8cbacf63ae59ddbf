package import Domain
internal import GRDB

extension Chronicle {
    /// Notes that something failed. Of what fails already it is one more attempt.
    /// - Returns: how often it was tried in vain by now, this time included: 1 for one that is new.
    @discardableResult
    package func began(
        _ cause: Incident.Cause, of subject: String = "", at time: Int64, detail: String = ""
    ) throws(ChronicleError) -> Int64 {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE incident SET attempts = attempts + 1, detail = ?
                    WHERE cause = ? AND subject = ? AND ended_ms = 0
                    """, arguments: [detail, cause.rawValue, subject])
            guard database.changesCount == 0 else {
                return try Int64.fetchOne(
                    database,
                    sql: "SELECT attempts FROM incident WHERE cause = ? AND subject = ? AND ended_ms = 0",
                    arguments: [cause.rawValue, subject]) ?? 1
            }
            try database.execute(
                sql: """
                    INSERT INTO incident (cause, subject, began_ms, ended_ms, outcome, attempts, detail)
                    VALUES (?, ?, ?, 0, 'open', 1, ?)
                    """, arguments: [cause.rawValue, subject, time, detail])
            return 1
        }
    }

    /// Notes what came of what had failed. Where nothing had, nothing is noted.
    package func ended(
        _ cause: Incident.Cause, of subject: String = "", _ outcome: Incident.Outcome = .recovered, at time: Int64
    ) throws(ChronicleError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE incident SET ended_ms = max(?, began_ms + 1), outcome = ?
                    WHERE cause = ? AND subject = ? AND ended_ms = 0
                    """, arguments: [time, outcome.rawValue, cause.rawValue, subject])
        }
    }

    /// Notes one of which beginning and end are known.
    package func note(_ incident: Incident) throws(ChronicleError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO incident (cause, subject, began_ms, ended_ms, outcome, attempts, detail)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    incident.cause.rawValue, incident.subject, incident.beganMilliseconds,
                    incident.endedMilliseconds ?? 0, incident.outcome.rawValue, incident.attempts, incident.detail,
                ])
        }
    }

    /// Ends what an audit found before, and does not find any more.
    /// - Parameters:
    ///   - subjects: what is found now.
    ///   - isLookedFor: of what was found before, by its subject, whether it was looked for now.
    package func settle(
        but subjects: Set<String>, at now: Int64, isLookedFor: (String) -> Bool
    ) throws(ChronicleError) {
        for incident in try incidents(since: now) where incident.outcome == .open {
            guard incident.cause == .missing || incident.cause == .damage, isLookedFor(incident.subject),
                !subjects.contains(incident.subject)
            else { continue }
            try ended(incident.cause, of: incident.subject, at: now)
        }
    }

    /// Those that are open, and those that ended within a period; the latest first.
    package func incidents(since: Int64) throws(ChronicleError) -> [Incident] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM incident WHERE ended_ms = 0 OR ended_ms >= ? ORDER BY began_ms DESC, number DESC",
                arguments: [since]
            ).compactMap { row in
                guard let cause = Incident.Cause(rawValue: row["cause"]) else { return nil }
                let ended: Int64 = row["ended_ms"]
                return Incident(
                    cause, of: row["subject"], began: row["began_ms"], ended: ended > 0 ? ended : nil,
                    outcome: Incident.Outcome(rawValue: row["outcome"]) ?? .open, attempts: row["attempts"],
                    detail: row["detail"])
            }
        }
    }

    /// A trouble of the status, as people were told of it.
    package struct Trouble: Sendable, Equatable {
        package var kind: String
        package var severity: String
        package var beganMilliseconds: Int64
        /// nil while it lasts.
        package var endedMilliseconds: Int64?
        package var what: String

        package init(kind: String, severity: String, began: Int64, ended: Int64? = nil, what: String) {
            self.kind = kind
            self.severity = severity
            beganMilliseconds = began
            endedMilliseconds = ended
            self.what = what
        }
    }

    /// Notes which troubles there are now: others have ended.
    package func standing(_ troubles: [Trouble], at now: Int64) throws(ChronicleError) {
        let known = try read { try String.fetchSet($0, sql: "SELECT kind FROM trouble WHERE ended_ms = 0") }
        let standing = Set(troubles.map(\.kind))
        // Each minute, and mostly nothing has changed: nothing is written then.
        guard known != standing else { return }
        try write { database in
            for kind in known.subtracting(standing) {
                try database.execute(
                    sql: "UPDATE trouble SET ended_ms = max(?, began_ms + 1) WHERE kind = ? AND ended_ms = 0",
                    arguments: [now, kind])
            }
            for trouble in troubles where !known.contains(trouble.kind) {
                try database.execute(
                    sql: "INSERT INTO trouble (kind, severity, began_ms, ended_ms, what) VALUES (?, ?, ?, 0, ?)",
                    arguments: [trouble.kind, trouble.severity, trouble.beganMilliseconds, trouble.what])
            }
        }
    }

    /// Those that last, and those that ended within a period; the latest first.
    package func troubles(since: Int64) throws(ChronicleError) -> [Trouble] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM trouble WHERE ended_ms = 0 OR ended_ms >= ? ORDER BY began_ms DESC, number DESC",
                arguments: [since]
            ).map { row in
                let ended: Int64 = row["ended_ms"]
                return Trouble(
                    kind: row["kind"], severity: row["severity"], began: row["began_ms"],
                    ended: ended > 0 ? ended : nil, what: row["what"])
            }
        }
    }
}
