internal import Domain
internal import Storage

extension Status.Redis {
    /// The companion's relay to a Redis to which hooks cannot go by themselves.
    package struct Relay: Codable, Sendable {
        package var servers = 0
        package var connections = 0
        package var clients = 0
        /// Servers that it does not reach, and why.
        package var unreached: [String] = []
        /// When the first of the servers' certificates ends; nil without TLS.
        @OrNull package var certificate_ends_at: Timestamp?
        /// Whose it is.
        package var certificate_of = ""

        package init() {}
    }
}

extension Status.Redis.Relay {
    init(_ report: RelayReport) {
        self.init()
        servers = report.servers.count
        connections = report.servers.reduce(0) { $0 + $1.connections }
        clients = report.clients
        unreached = report.servers.compactMap { server in server.failure.map { "\(server.role) \($0)" } }
        guard let first = report.firstToEnd, let end = first.certificateEnds else { return }
        certificate_ends_at = Timestamp(end * 1000)
        certificate_of = first.address
    }

    /// - Parameter relay: nil where there is none: its figures have no samples then.
    static func metrics(of relay: Self?) -> [Metric] {
        [
            .known(
                "holdfast_relay_connections", "Connections of the relay to servers of Redis; absent without a relay.",
                relay.map { Double($0.connections) }),
            .known(
                "holdfast_relay_clients", "Connections of hooks and programs to the relay; absent without one.",
                relay.map { Double($0.clients) }),
            .known(
                "holdfast_relay_servers_unreached",
                "Servers of Redis that the relay does not reach; absent without one.",
                relay.map { Double($0.unreached.count) }),
            .known(
                "holdfast_redis_certificate_end_timestamp_seconds",
                "When the first of the servers' certificates ends, since 1970; absent without TLS.",
                relay?.certificate_ends_at.map { Double($0.milliseconds) / 1000 }),
        ]
    }

    func facts() -> [Fact] {
        [
            Fact("Connections of the relay", .count("redis.relay.connections", connections)),
            Fact("Certificate ends", .time("redis.relay.certificate_ends_at", certificate_ends_at, empty: "none"))
                .hiddenWithoutValue(),
        ]
    }

    func troubles(_ judgement: Judgement) -> [Trouble] {
        [blindness, expiry(judgement.now)].compactMap { $0 }
    }

    /// A sentinel or a node that is away costs nothing as long as the others stay.
    private var blindness: Trouble? {
        guard let first = unreached.first else { return nil }
        return Trouble(
            .redis_degraded,
            "\(counted(unreached.count, "server")) of \(servers) behind the relay cannot be reached (\(first))",
            atRisk: "nothing while the others answer; should they fail, hooks leave notes",
            remedy: "mend the server there, or take it out of redis.url")
    }

    private func expiry(_ now: Timestamp) -> Trouble? {
        guard let end = certificate_ends_at,
            let days = CertificateTerm(ends: end.milliseconds, now: now.milliseconds)
                .daysToWorry
        else { return nil }
        return Trouble(
            .certificate_expiring,
            "The certificate of \(certificate_of) \(days < 0 ? "has expired" : "is valid for \(counted(days, "more day"))")",
            atRisk: "nothing before; then hooks leave notes, and lookups use this host's mirror",
            remedy: "renew it on the server; the relay takes the new one with its next connection")
    }
}
