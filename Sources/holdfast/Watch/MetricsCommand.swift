internal import ArgumentParser
internal import Domain
internal import Operations
internal import Redis
internal import Settings

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
            if output.json {
                try Terminal.printJSON(
                    Dictionary(try place.metrics().map { ($0.name, $0.value) }) { _, last in last })
            } else {
                print(try place.metricsText(), terminator: "")
            }
        }
    }
}
