internal import Domain
internal import Platform
internal import Redis
internal import Storage

/// What is asked of sessions that have not ended.
struct OpenSessionQuestions {
    private static let names = ["host", "pid", "pid_start", "last_event", "state", "last_used_ms"]
    private let tickets: [Inquiry.Ticket]

    init(_ inquiry: inout Inquiry, _ keys: Keys, _ sessions: [SessionID]) {
        tickets = sessions.map { inquiry.ask(["HMGET", keys.session($0).name] + Self.names) }
    }

    /// How long a session of another host counts as at work after it was heard of, ms: its process cannot be looked for.
    private static let credit: Int64 = 3_600_000

    func busyCount(_ answers: Inquiry, host: String, now: Int64) -> Int64 {
        let boot = HostClock.now().bootID
        return tickets.reduce(0) { count, ticket in
            let session = answers.fields(ticket, Self.names)
            guard session["host"] == host else {
                let age = now - (session["last_used_ms"].flatMap { Int64($0) } ?? 0)
                return count + (session["state"] == "active" && age < Self.credit ? 1 : 0)
            }
            guard session["last_event"]?.hasPrefix(boot) ?? false, let pid = session["pid"].flatMap({ Int32($0) }),
                let start = session["pid_start"].flatMap({ UInt64($0) })
            else { return count }
            return count + (ProcessTable.isAlive(ClientProcess(pid: pid, startTicks: start)) ? 1 : 0)
        }
    }
}
