internal import Domain
package import Storage
internal import Transcripts

extension Account {
    /// More are not looked into: they are read each time the ledger is added up.
    private static let mostNotes = 1000

    /// The accounts of answers that a hook reported and that are in no archive yet: pending, whatever became of their
    /// transcripts. Their notes go when the archive has them.
    /// - Parameter session: only this one's; nil for all.
    package static func ofReportedAnswers(in spool: Spool, session: String? = nil) -> [Account] {
        let notes: [Note] = spool.notes(limit: mostNotes) + spool.waiting.notes(limit: mostNotes)
        return notes.compactMap { note -> Account? in
            guard let capture = note.capture, let answer = capture.answer,
                session == nil || note.news.sessionID.rawValue == session
            else { return nil }
            var account = Account(
                of: TranscriptFile(
                    path: capture.path, configDirectory: capture.configDirectory, session: note.news.sessionID,
                    agentID: capture.agentID))
            account.bytes = Int64(answer.utf8.count)
            account.pending = account.bytes
            return account
        }
    }
}
