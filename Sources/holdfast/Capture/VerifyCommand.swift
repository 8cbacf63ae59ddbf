internal import ArgumentParser
internal import Capture
internal import Domain
internal import Operations
internal import Settings
internal import Storage

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Proves that no word is lost: accounts for every byte of every transcript.",
        discussion: """
            Bytes on disk = captured + pending + excluded, each exclusion with its reason. Exits 1 when anything is missing:
            bytes that count as captured and are in no episode, or transcripts or notes that cannot be read.

            Example:
              holdfast verify --session 0f3c1a52-…
            """
    )

    @Option(help: "Only this session and its sub-agents.")
    var session: String?

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            let files = Transcripts(settings: place.settings).files.filter {
                session == nil || $0.session?.rawValue == session
            }
            if let session, files.isEmpty {
                throw Failure(.no, "no transcript of session \(session); see 'holdfast sessions list'")
            }
            let accounts = try place.accounts(of: files)
            let balance = Balance(accounts, Spool(folder: place.settings.state.spool))
            if output.json { try Terminal.printJSON(balance) } else { balance.show() }
            if !balance.is_complete { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

/// The accounts of sessions, and what waits in the spool.
private struct Balance: Encodable {
    struct Session: Encodable {
        var session_id: String
        var files = 0
        var bytes: Int64 = 0
        var captured: Int64 = 0
        var pending: Int64 = 0
        var excluded: [String: Int64] = [:]
        var missing: Int64 = 0
        var troubles: [String] = []
    }

    let is_complete: Bool
    let sessions: [Session]
    let notes_waiting: Int
    let notes_corrupt: Int

    init(_ accounts: [Account], _ spool: Spool) {
        var sessions: [String: Session] = [:]
        for account in accounts {
            let id = account.session?.rawValue ?? account.path
            var session = sessions[id] ?? Session(session_id: id)
            session.files += 1
            session.bytes += account.bytes
            session.captured += account.captured
            session.pending += account.pending
            session.missing += account.missing
            session.excluded.merge(account.excluded, uniquingKeysWith: +)
            if let trouble = account.trouble { session.troubles.append(trouble) }
            sessions[id] = session
        }
        self.sessions = sessions.values.sorted { $0.session_id < $1.session_id }
        notes_waiting = spool.count
        notes_corrupt = spool.corruptCount
        is_complete = notes_corrupt == 0 && !accounts.contains { $0.missing > 0 || $0.trouble != nil }
    }

    func show() {
        for session in sessions {
            let excluded = session.excluded.values.reduce(0, +)
            print(
                "\(session.session_id)  \(session.bytes) bytes = \(session.captured) captured + \(session.pending) pending + \(excluded) excluded"
                    + (session.missing > 0 ? " + \(session.missing) MISSING" : ""))
            for (reason, bytes) in session.excluded.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                print("    excluded \(bytes): \(reason)")
            }
            for trouble in session.troubles { print("    trouble: \(trouble)") }
        }
        let captured = sessions.reduce(0) { $0 + $1.captured }, pending = sessions.reduce(0) { $0 + $1.pending }
        let missing = sessions.reduce(0) { $0 + $1.missing }
        print(
            """
            \(sessions.count) sessions: \(captured) bytes captured, \(pending) pending, \(missing) missing; \
            \(notes_waiting) notes wait, \(notes_corrupt) cannot be read
            """)
    }
}
