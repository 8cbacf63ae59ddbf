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
            name: "claude_episodes_completed_total", type: "counter",
            help: "Episodes that left this pool's queue, by outcome.",
            always: EpisodeOutcome.allCases.filter { $0 != .discarded }.map { "{outcome=\"\($0.rawValue)\"}" }),
        Metric(
            name: "claude_episodes_dead_total", type: "counter", help: "Episodes that failed for good.", always: [""]),
        Metric(
            name: "claude_episode_failures_total", type: "counter", help: "Model calls that failed, by class.",
            always: FailureCategory.allCases.map { "{class=\"\($0.rawValue)\"}" }),
        Metric(
            name: "claude_leases_expired_total", type: "counter",
            help: "Leases that ran out because their worker died or hung.", always: [""]),
        Metric(
            name: "claude_circuit_changes_total", type: "counter", help: "Circuits opened and closed.",
            always: ["{state=\"opened\"}", "{state=\"closed\"}"]),
        Metric(
            name: "claude_model_tokens_total", type: "counter", help: "Tokens that models read and wrote.",
            always: ["{direction=\"input\"}", "{direction=\"output\"}"]),
        Metric(
            name: "claude_model_cost_micro_usd_total", type: "counter",
            help: "Millionths of a US dollar that models cost, at the configured prices.", always: [""]),
        Metric(
            name: "holdfast_episodes_unarchived", type: "gauge",
            help: "Episodes that the archive has not taken in yet.",
            always: [""]),
        Metric(
            name: "holdfast_backlog_episodes", type: "gauge",
            help: "Episodes that wait in the archive for room in the queue.", always: [""]),
        Metric(
            name: "holdfast_archive_bytes", type: "gauge", help: "Bytes of the archive's file.", always: [""]),
        Metric(
            name: "holdfast_degradation_level", type: "gauge",
            help: "0 full, 1 partial (one try at a time), 2 raw text only.", always: [""]),
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
