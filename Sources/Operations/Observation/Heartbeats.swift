internal import Domain
internal import Redis
internal import Storage

/// What companions say of themselves.
struct Heartbeats {
    private let hosts: [(host: String, beat: Int64)]
    private let tickets: [Inquiry.Ticket]

    init(_ inquiry: inout Inquiry, _ keys: Keys, _ hosts: [(host: String, beat: Int64)]) {
        self.hosts = hosts
        tickets = hosts.map { inquiry.ask("HGETALL", keys.companion($0.host).name) }
    }

    func companions(_ answers: Inquiry) -> [Status.Companion] {
        zip(hosts, tickets).map { known, ticket in
            let fields = answers[ticket].fields
            let record = HeartbeatRecord(fields: fields)
            return Status.Companion(
                host: known.host, state: fields.isEmpty ? .gone : .running, pid: record.pid.map(Int.init),
                version: record.version, started_at: Timestamp(orNever: record.startedMilliseconds),
                beat_at: Timestamp(known.beat), archive: record.report.role?.rawValue,
                leases: Int(record.report.leases), last_claim_at: record.report.lastClaimAt)
        }
    }

    /// What the companion of a host tells beside that it lives.
    func report(of host: String, _ answers: Inquiry) -> CompanionReport? {
        guard let index = hosts.firstIndex(where: { $0.host == host }) else { return nil }
        let fields = answers[tickets[index]].fields
        return fields.isEmpty ? nil : HeartbeatRecord(fields: fields).report
    }
}
