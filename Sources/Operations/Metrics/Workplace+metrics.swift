internal import Domain
internal import Redis
internal import Settings
internal import Storage

extension Workplace {
    /// What was counted and how things stand, as numbers. With Redis away what it would have told is left out: counters at
    /// zero would look as if they had begun anew, gauges as if all were well.
    /// - Parameter status: nil looks anew.
    package func metrics(of status: Status? = nil) throws -> [MetricSample] {
        try known(status).flatMap(\.samples)
    }

    private func known(_ status: Status?) throws -> [(metric: Metric, samples: [MetricSample])] {
        let status = try status ?? self.status()
        let counters = status.redis.available ? counters() : nil
        let metrics = counters == nil ? status.metrics.filter(\.isOfHost) : status.metrics
        return metrics.map { ($0, $0.samples(counters ?? [:])) }
    }

    /// - Returns: nil while Redis is away.
    private func counters() -> [String: Int64]? {
        do throws(RedisError) {
            var connection = try connect()
            let (ofPool, ofRegistry) = try connection.ask(queue.counters, registry.counters)
            return ofPool.merging(ofRegistry) { _, ofRegistry in ofRegistry }
        } catch {
            return nil
        }
    }

    /// Which host and registry this is: hosts that share a Redis repeat its counters, and a query may count them once.
    private var information: String {
        let metric = Metric.gauge("holdfast_info", "1; its labels say whose metrics these are.", 1)
        let labels = [
            ("host", host), ("pool", settings.pool(host: host)),
            ("version", Holdfast.version),
        ]
        let text = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        return metric.head + "holdfast_info{\(text)} 1\n"
    }

    /// The same as Prometheus' text, with the histograms of this host.
    package func metricsText(of status: Status? = nil) throws -> String {
        let text = try known(status).map { metric, samples in metric.head + samples.map(\.text).joined() }
        return text.joined() + information + Latencies.metricsText(settings.state)
    }
}
