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
            let pool = place.queue.keys
            let replies = try connection.pipeline(
                [
                    ["HGETALL", place.settings.keys.counters], ["HGETALL", pool.counters],
                    ["ZCARD", place.settings.keys.sessions],
                ] + [pool.schedule, pool.leases, pool.dead, pool.unarchived].map { ["ZCARD", $0] })
            for case .error(let message) in replies { throw RedisError(reply: message) }
            let memory = try MemoryStanding(place, &connection)
            let spool = Spool(folder: place.settings.state.spool)
            let samples = Metric.samples(
                counters: replies[0].fields.merging(replies[1].fields) { registry, _ in registry },
                gauges: [
                    "holdfast_sessions": replies[2].integer ?? 0,
                    "holdfast_episodes{state=\"scheduled\"}": replies[3].integer ?? 0,
                    "holdfast_episodes{state=\"leased\"}": replies[4].integer ?? 0,
                    "holdfast_episodes{state=\"dead\"}": replies[5].integer ?? 0,
                    "holdfast_episodes_unarchived": replies[6].integer ?? 0,
                    "holdfast_backlog_episodes": Int64(memory.backlog),
                    "holdfast_archive_bytes": memory.archive_bytes,
                    "holdfast_degradation_level": Int64(memory.level),
                    "holdfast_spool_notes": Int64(spool.count),
                    "holdfast_spool_corrupt_notes": Int64(spool.corruptCount),
                    "holdfast_spool_bytes": SpoolSpace(settings: place.settings).bytes,
                ])
            if output.json {
                try Terminal.printJSON(Dictionary(samples.map { ($0.name, $0.value) }) { _, last in last })
            } else {
                print(Metric.text(samples), terminator: "")
            }
        }
    }
}
