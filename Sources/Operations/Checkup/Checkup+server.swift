internal import Domain
internal import Platform
internal import Redis
internal import Storage

/// Which server Redis is among others, and how the relay to it does.
extension Checkup {
    func server() -> [Check] {
        guard let answer = try? look() else { return [] }
        return (status.redis.available ? [role(answer)] : [])
            + (answer.relay.map { [relay($0)] + certificates($0) } ?? [])
    }

    private func look() throws -> LookAtServer.Answer {
        var connection = try place.connect()
        return try connection.ask(LookAtServer())
    }

    private func role(_ answer: LookAtServer.Answer) -> Check {
        guard answer.role != "slave" else {
            return Check(
                outcome: .fail, name: "redis role", finding: "a replica, which takes no writes",
                remedy: "let redis.url name the primary, or its sentinels (redis+sentinel://)")
        }
        let replicas = answer.replicas == 1 ? "1 replica" : "\(answer.replicas) replicas"
        return Check(
            outcome: .ok, name: "redis role",
            finding: answer.role.isEmpty ? "not told" : "\(answer.role), \(replicas)")
    }

    private func relay(_ report: RelayReport) -> Check {
        let count = report.servers.reduce(0) { $0 + $1.connections }
        guard let failing = report.servers.first(where: { $0.failure != nil }) else {
            return Check(
                outcome: .ok, name: "redis relay",
                finding: "\(count) connections to \(report.servers.count) servers, \(report.clients) clients")
        }
        return Check(
            outcome: .warn, name: "redis relay", finding: "\(failing.role) \(failing.failure ?? "")",
            remedy: "mend the server there, or redis.url")
    }

    private func certificates(_ report: RelayReport) -> [Check] {
        guard let first = report.firstToEnd, let end = first.certificateEnds else { return [] }
        let term = CertificateTerm(ends: end * 1000, now: HostClock.wallMilliseconds)
        let finding =
            "of \(first.address), "
            + (term.days < 0 ? "has expired" : "valid for \(counted(term.days, "more day"))")
        guard term.daysToWorry != nil else {
            return [Check(outcome: .ok, name: "redis certificate", finding: finding)]
        }
        return [
            Check(
                outcome: term.isUrgent ? .fail : .warn, name: "redis certificate", finding: finding,
                remedy: "renew it on the server; the relay takes the new one with its next connection")
        ]
    }
}
