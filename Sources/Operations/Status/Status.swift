package import Domain

/// How things stand: the one read model that command line, tools, page and metrics show. As JSON it is described in
/// `status.schema.json`, which lies beside this file; names of the members are those of the JSON.
package struct Status: Codable, Sendable {
    package enum Service: String, Codable, Sendable { case running, degraded, stopped }
    /// Where the answers come from: Redis, or, while it is away, what lies on this host's disk.
    package enum Source: String, Codable, Sendable { case redis, files }

    /// Names the worst trouble, since when it is, what is at risk and what to do; or says that all is well.
    package internal(set) var sentence = ""
    package internal(set) var service_status = Service.running
    /// 0 full, 1 partial, 2 raw only.
    package var level = 2
    package var level_name = ""
    /// Why the level is not 0.
    package var level_reason = ""
    package var observed_at: Timestamp
    package var source = Source.redis
    package var host: String
    /// The worst first.
    package internal(set) var troubles: [Trouble] = []
    /// By which each promise is seen kept or broken.
    package internal(set) var evidence: [Evidence] = []
    package var llm_status = Model()
    package var queue_status = Queue()
    package var retry_queue = RetryQueue()
    package var recent_failures: [EpisodeFailure] = []
    package var circuit = ProviderCircuit()
    package var circuit_history: [CircuitChange] = []
    package var schedule: Schedule
    package var sessions = Sessions()
    package var saved = Saved()
    package var capture = Capture()
    @OrNull package var ledger: Ledger?
    package var archive = Archive()
    package var vault = Vault()
    package var reliability = Reliability()
    package var tools = Tools()
    package var sinks = Sinks()
    package var budget = Budget()
    package var companions: [Companion] = []
    package var unserved_pools = UnservedPools()
    package var redis = Redis()

    package init(host: String, observedAt: Timestamp) {
        self.host = host
        observed_at = observedAt
        schedule = Schedule(from: observedAt)
    }

    /// In the order of the table.
    var sections: [any StatusSection] {
        [
            redis, companions, sessions, saved, queue_status, retry_queue, llm_status, circuit, budget, archive,
            capture,
            ledger, vault, reliability, tools, sinks, unserved_pools,
        ]
    }

    /// The JSON schema of a status.
    package static let schema: JSONValue = {
        let text = String(decoding: PackageResources.status_schema_json, as: UTF8.self)
        // Ours, and read by a test.
        return (try? JSONValue(parsing: text)) ?? .object([:])
    }()
}

// MARK: - On the surfaces

extension Status {
    /// What the table says, row by row.
    package var rows: [StatusRow] {
        let reason = level_reason.isEmpty ? "" : ": \(level_reason)"
        return [StatusRow("service", "\(service_status.rawValue), level \(level) (\(level_name))\(reason)")]
            + sections.compactMap { $0.row(in: self) }
    }

    var metrics: [Metric] {
        [
            .gauge("holdfast_degradation_level", "0 full, 1 partial (one try at a time), 2 raw text only.", level),
            .gauge(
                "holdfast_stopped_by_hand", "Whether a person stopped this host's companion.",
                troubles.contains { $0.kind == .stopped_by_hand }
            ).ofHost,
        ] + sections.flatMap { $0.metrics(in: self) }
    }
}
