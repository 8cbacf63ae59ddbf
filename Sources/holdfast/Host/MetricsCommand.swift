internal import ArgumentParser
internal import Domain
internal import Redis
internal import Storage

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints what was counted, as Prometheus text.",
        discussion: """
            Example, for the textfile collector of the node exporter:
              holdfast metrics > /var/lib/prometheus/node-exporter/holdfast.prom
            """
    )

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            var connection = try place.connect()
            let replies = try connection.pipeline([
                ["HGETALL", place.settings.keys.counters], ["ZCARD", place.settings.keys.sessions],
            ])
            if case .error(let message) = replies[0] { throw RedisError(reply: message) }
            let sessions = replies[1].integer ?? 0
            let notes = Spool(folder: place.settings.state.spool).names().count
            let samples = Metric.samples(counters: replies[0].fields, sessions: sessions, notes: notes)
            if output.json {
                try Terminal.printJSON(Dictionary(samples.map { ($0.name, $0.value) }) { _, last in last })
            } else {
                print(Metric.text(samples), terminator: "")
            }
        }
    }
}
