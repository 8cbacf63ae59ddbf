/// A metric of Prometheus' text format (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
package struct Metric: Sendable {
    package struct Sample: Sendable, Equatable {
        /// With its labels.
        package var name: String
        package var value: Int64
    }

    let name: String
    let type: String
    let help: String
    /// Samples that stand there from the start, at zero, so that a rate over the first event is not lost.
    let always: [String]

    static let all = [
        Metric(
            name: "claude_session_resume_failures_total", type: "counter",
            help: "Resumes that were tried and failed because the session does not exist.", always: [""]),
        Metric(
            name: "claude_session_drops_total", type: "counter", help: "Bindings dropped, by reason.",
            always: DropReason.allCases.map { "{reason=\"\($0.rawValue)\"}" }),
        Metric(
            name: "claude_session_resumes_saved_total", type: "counter",
            help: "Resumes not tried because a lookup saw that the transcript is missing.", always: [""]),
        Metric(name: "claude_session_lookups_total", type: "counter", help: "Lookups of a dispatch key.", always: [""]),
        Metric(name: "holdfast_sessions", type: "gauge", help: "Sessions on record.", always: [""]),
        Metric(
            name: "claude_episodes_captured_total", type: "counter", help: "Episodes put on the schedule of this pool.",
            always: [""]),
        Metric(
            name: "claude_episodes_discarded_total", type: "counter", help: "Episodes that a person gave up.",
            always: [""]),
        Metric(
            name: "holdfast_episodes", type: "gauge", help: "Episodes in this pool's queue, by state.",
            always: ["{state=\"scheduled\"}", "{state=\"leased\"}", "{state=\"dead\"}"]),
        Metric(
            name: "holdfast_spool_notes", type: "gauge", help: "Notes on this host that Redis has not taken yet.",
            always: [""]),
        Metric(
            name: "holdfast_spool_corrupt_notes", type: "gauge", help: "Notes on this host that cannot be read.",
            always: [""]),
        Metric(
            name: "holdfast_spool_bytes", type: "gauge", help: "Bytes of all notes on this host.", always: [""]),
    ]

    /// - Parameters:
    ///   - counters: the `counters` hashes of registry and pool: names as Prometheus spells them, labels included.
    ///   - gauges: named in the same way.
    package static func samples(counters: [String: String], gauges: [String: Int64]) -> [Sample] {
        let values = counters.compactMapValues { Int64($0) }.merging(gauges) { _, gauge in gauge }
        return all.flatMap { metric in
            metric.always.map { Sample(name: metric.name + $0, value: values[metric.name + $0] ?? 0) }
        }
    }

    package static func text(_ samples: [Sample]) -> String {
        all.map { metric in
            let own = samples.filter { $0.name.prefix { $0 != "{" } == metric.name }
            let lines = own.map { "\($0.name) \($0.value)\n" }.joined()
            return "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.type)\n\(lines)"
        }.joined()
    }
}
