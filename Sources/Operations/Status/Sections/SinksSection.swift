internal import Domain

extension Status {
    /// One that memories are handed on to.
    package struct Sink: Codable, Sendable {
        package var name: String
        /// closed, open or half-open.
        package var circuit: String
        package var waiting: Int64
        /// Handed over and not confirmed.
        package var sent: Int64
        package var done: Int64
        /// Given up.
        package var dead: Int64
        /// When the oldest that is not done was made.
        @OrNull package var oldest: Timestamp?
        /// Since when nothing was done of what waits.
        @OrNull package var stalled: Timestamp?
    }

    /// As JSON a list.
    package struct Sinks: StatusSection {
        package var all: [Sink] = []

        init(_ all: [Sink] = []) { self.all = all }

        package init(from decoder: any Decoder) throws { all = try [Sink](from: decoder) }
        package func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
    }
}

extension Status.Sink {
    init(_ figures: SinkFigures) {
        name = figures.name
        circuit = figures.circuit.rawValue
        (waiting, sent, done, dead) = (figures.waiting, figures.sent, figures.done, figures.dead)
        oldest = Timestamp(orNever: figures.oldestMilliseconds)
        stalled = Timestamp(orNever: figures.stalledMilliseconds)
    }

    /// What is wrong with it; nil where nothing is.
    fileprivate func fault(_ now: Timestamp) -> String? {
        var faults: [String] = []
        if circuit != Circuit.State.closed.rawValue { faults.append("circuit \(circuit)") }
        let isLate = stalled.map { now.milliseconds - $0.milliseconds > Status.Sinks.patience } ?? false
        if waiting + sent > 0, isLate || !faults.isEmpty { faults.append("\(waiting + sent) waiting") }
        if dead > 0 { faults.append("\(dead) given up") }
        return faults.isEmpty ? nil : "\(name): \(faults.joined(separator: ", "))"
    }
}

extension Status.Sinks {
    /// Where nothing is done for longer it is late, ms: Graphiti works on one episode after the other, with a model.
    fileprivate static let patience: Int64 = 3_600_000

    package func metrics(in status: Status) -> [Metric] {
        func series(_ value: (Status.Sink) -> Double?) -> [(String, Double?)] { all.map { ($0.name, value($0)) } }
        return [
            .shares(
                "holdfast_sink_waiting", "Memories that wait to be handed on to a sink, or to be confirmed by it.",
                by: "sink", series { Double($0.waiting + $0.sent) }),
            .shares("holdfast_sink_done", "Memories that a sink has.", by: "sink", series { Double($0.done) }),
            .shares(
                "holdfast_sink_dead", "Memories that were given up for a sink.", by: "sink", series { Double($0.dead) }),
            .shares(
                "holdfast_sink_stalled_seconds",
                "How long nothing was done of what waits for a sink; absent for none.",
                by: "sink",
                series { $0.stalled.map { Double(status.observed_at.milliseconds - $0.milliseconds) / 1000 } }),
            .shares(
                "holdfast_sink_circuit", "0 closed, 1 half-open, 2 open.", by: "sink",
                series { $0.circuit == "closed" ? 0 : $0.circuit == "open" ? 2 : 1 }),
        ]
    }

    package func row(in status: Status) -> StatusRow? {
        guard !all.isEmpty else { return nil }
        return StatusRow(
            "sinks",
            all.map { $0.fault(status.observed_at) ?? "\($0.name): \($0.done) done, \($0.waiting + $0.sent) waiting" }
                .joined(separator: "; "))
    }

    package func facts(in status: Status) -> [Fact] {
        let faults = all.compactMap { $0.fault(status.observed_at) }
        return [
            Fact("Sinks", .count("sinks.count", all.count)).inRedis(),
            Fact("Failing sinks", .quoted("sinks.shown", faults.isEmpty ? nil : faults.joined(separator: "; ")))
                .hiddenWithoutValue(),
        ]
    }

    package func troubles(_ judgement: Judgement) -> [Trouble] {
        let failing = all.compactMap { sink in sink.fault(judgement.now).map { (sink, $0) } }
        guard let first = failing.first?.0 else { return [] }
        return [
            Trouble(
                .sink_failing,
                "\(counted(failing.count, "sink")) \(failing.count == 1 ? "does" : "do") not get what is handed on (\(failing.prefix(3).map(\.1).joined(separator: "; ")))",
                since: failing.compactMap(\.0.stalled).min(),
                atRisk: "nothing, the archive has it; it waits, and what was given up is handed on when asked for",
                remedy: "'holdfast sinks show \(first.name)' says why; mended, 'holdfast sinks retry \(first.name)'")
        ]
    }
}
