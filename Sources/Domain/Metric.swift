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
            name: "holdfast_spool_notes", type: "gauge", help: "Notes on this host that Redis has not taken yet.",
            always: [""]),
    ]

    /// - Parameter counters: the registry's `counters` hash: names as Prometheus spells them, labels included.
    package static func samples(counters: [String: String], sessions: Int64, notes: Int) -> [Sample] {
        var values = counters.compactMapValues { Int64($0) }
        values["holdfast_sessions"] = sessions
        values["holdfast_spool_notes"] = Int64(notes)
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
