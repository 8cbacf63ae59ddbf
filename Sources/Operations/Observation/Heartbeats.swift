internal import Redis
internal import Storage

/// What companions say of themselves.
struct Heartbeats {
    private let hosts: [(host: String, beat: Int64)]
    private let tickets: [Inquiry.Ticket]

    init(_ inquiry: inout Inquiry, _ keys: Keys, _ hosts: [(host: String, beat: Int64)]) {
        self.hosts = hosts
        tickets = hosts.map { inquiry.ask("HGETALL", keys.companion($0.host)) }
    }

    func companions(_ answers: Inquiry) -> [Status.Companion] {
        zip(hosts, tickets).map { known, ticket in
            let fields = answers[ticket].fields
            return Status.Companion(
                host: known.host, state: fields.isEmpty ? .gone : .running, pid: fields["pid"].flatMap { Int($0) },
                version: fields["version"], started_at: Timestamp(orNever: fields["started_ms"].flatMap { Int64($0) }),
                beat_at: Timestamp(known.beat),
                archive: fields["archive"], leases: fields["leases"].flatMap { Int($0) } ?? 0,
                last_claim_at: fields["last_claim_at"].flatMap { $0.isEmpty ? nil : $0 })
        }
    }

    /// What the companion of a host tells beside that it lives.
    func facts(of host: String, _ answers: Inquiry) -> [String: String]? {
        guard let index = hosts.firstIndex(where: { $0.host == host }) else { return nil }
        let fields = answers[tickets[index]].fields
        return fields.isEmpty ? nil : fields
    }
}
