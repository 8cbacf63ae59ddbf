internal import Domain

/// How things stand: the one read model that command line, tools, page and metrics show. As JSON it is described in
/// `docs/status.schema.json`; names of the members are those of the JSON.
package struct Status: Encodable, Sendable {
    package enum Service: String, Encodable, Sendable { case running, degraded, stopped }
    /// Where the answers come from: Redis, or, while it is away, what lies on this host's disk.
    package enum Source: String, Encodable, Sendable { case redis, files }

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
    package var llm_status = Model()
    package var queue_status = Queue()
    package var retry_queue = RetryQueue()
    package var recent_failures: [EpisodeFailure] = []
    package var circuit = CircuitView()
    package var circuit_history: [CircuitChange] = []
    package var schedule: Schedule
    package var sessions = Sessions()
    package var saved = Saved()
    package var capture = Capture()
    @OrNull package var ledger: Ledger?
    package var archive = Archive()
    package var budget = Budget()
    package var companions: [Companion] = []
    package var redis = Redis()

    package init(host: String, observedAt: Timestamp) {
        self.host = host
        observed_at = observedAt
        schedule = Schedule(from: observedAt)
    }
}
