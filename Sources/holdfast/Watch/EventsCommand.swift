internal import ArgumentParser
internal import Domain
internal import Operations
internal import Settings

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract:
            "Shows what changed last: sessions bound and dropped, episodes captured and finished, circuits opened.",
        discussion: """
            The oldest first, so that the latest stands at the end. With --follow it goes on until interrupted.

            Example:
              holdfast events --follow
            """
    )

    @Flag(name: .shortAndLong, help: "Go on with what is told next.")
    var follow = false

    @Option(help: "How many of the last at most.")
    var limit = 50

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            // Before the look back, so that nothing falls between the two.
            var tail = try EventTail(place)
            let last = try place.events(limit: limit).events
            if output.json, !follow { return try Terminal.printJSON(last.reversed() as [Event]) }
            guard !last.isEmpty || follow else { return Terminal.say("no events yet") }
            try show(last.reversed())
            guard follow else { return }
            var shown = Set(last.map { "\($0.scope) \($0.id)" })
            while true {
                let events = try tail.next().filter { shown.insert("\($0.scope) \($0.id)").inserted }
                try show(events)
                if shown.count > 20_000 { shown = Set(events.map { "\($0.scope) \($0.id)" }) }
            }
        }
    }

    private func show(_ events: [Event]) throws {
        for event in events {
            if output.json {
                try Terminal.printJSONLine(event)
            } else {
                let key = event.dispatch_key.isEmpty ? "" : "  \(event.dispatch_key)"
                try Terminal.printLine("\(event.at.text)  \(event.words + key)")
            }
        }
    }
}

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints what was counted, as Prometheus text.",
        discussion: """
            Example, for the textfile collector of the node exporter:
              holdfast metrics > /var/lib/prometheus/node-exporter/holdfast.prom
            """
    )

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            if output.json {
                try Terminal.printJSON(
                    Dictionary(try place.metrics().map { ($0.name, $0.value) }) { _, last in last })
            } else {
                Terminal.show(try place.metricsText())
            }
        }
    }
}
