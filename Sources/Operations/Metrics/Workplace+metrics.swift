internal import Domain
internal import Redis
internal import Settings
internal import Storage

extension Workplace {
    /// What was counted and how things stand, as numbers. With Redis away what it would have told is left out: counters at
    /// zero would look as if they had begun anew, gauges as if all were well.
    /// - Parameter status: nil looks anew.
    package func metrics(of status: Status? = nil) throws -> [MetricSample] {
        let status = try status ?? self.status()
        var values = status.gauges
        guard status.redis.available else { return gauges(values) }
        do {
            var connection = try connect()
            let replies = try connection.pipeline([
                ["HGETALL", queue.keys.counters.name], ["HGETALL", settings.keys.counters.name],
            ])
            for reply in replies {
                for (name, value) in reply.fields { values[name] = Double(value) }
            }
        } catch is RedisError {
            return gauges(values)
        }
        let cost = values["claude_model_cost_micro_usd_total"] ?? 0
        values["claude_model_cost_usd_total"] = cost / 1_000_000
        return Metric.all.flatMap { $0.samples(values) }
    }

    private func gauges(_ values: [String: Double]) -> [MetricSample] {
        Metric.all.filter(\.isOfHost).flatMap { $0.samples(values) }
    }

    /// Which host and registry this is: hosts that share a Redis repeat its counters, and a query may count them once.
    private var information: String {
        let metric = Metric.gauge("holdfast_info", "1; its labels say whose metrics these are.")
        let labels = [
            ("host", host), ("pool", String(queue.keys.prefix.drop { $0 != ":" }.dropFirst().prefix { $0 != "}" })),
            ("version", Holdfast.version),
        ]
        let text = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        return metric.head + "holdfast_info{\(text)} 1\n"
    }

    /// The same as Prometheus' text, with the histograms of this host.
    package func metricsText(of status: Status? = nil) throws -> String {
        let samples = Dictionary(grouping: try metrics(of: status)) { $0.name.prefix { $0 != "{" } }
        let text = Metric.all.map { metric in
            samples[metric.name[...]].map { metric.head + $0.map(\.text).joined() } ?? ""
        }
        return text.joined() + information + Latencies.metricsText(settings.state)
    }
}
