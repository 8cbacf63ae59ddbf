internal import Domain
internal import Redis
internal import Storage

/// What is asked of the registry.
struct SessionQuestions {
    private let recorded, bound, resumable, open: Inquiry.Ticket

    /// So many of the sessions used last are looked at for whether they are busy.
    private static let looked = 200

    init(_ inquiry: inout Inquiry, _ keys: Keys, now: Int64) {
        recorded = inquiry.ask("ZCARD", keys.sessions.name)
        // The score is the backstop expiry, a day after the end of what may be resumed.
        bound = inquiry.ask("ZCOUNT", keys.bindings.name, String(now), "+inf")
        resumable = inquiry.ask("ZCOUNT", keys.bindings.name, String(now + 86_400_000), "+inf")
        open = inquiry.ask("ZREVRANGE", keys.open.name, "0", String(Self.looked - 1))
    }

    func fill(_ status: inout Status, _ answers: Inquiry, counters: [String: String]) {
        func total(_ name: String) -> Int64 { counters[name].flatMap { Int64($0) } ?? 0 }
        status.sessions.recorded = answers.count(recorded)
        status.sessions.bound = answers.count(bound)
        status.sessions.resumable = answers.count(resumable)
        status.sessions.lookups = total("claude_session_lookups_total")
        status.sessions.resume_failures = total("claude_session_resume_failures_total")
        for reason in DropReason.allCases {
            status.sessions.dropped[reason.rawValue] = total(
                "claude_session_drops_total{reason=\"\(reason.rawValue)\"}")
        }
        status.saved = Status.Saved(resumes: total("claude_session_resumes_saved_total"))
    }

    func open(_ answers: Inquiry) -> [SessionID] { answers.texts(open).compactMap(SessionID.init) }
}
