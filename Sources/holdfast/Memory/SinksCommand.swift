internal import ArgumentParser
internal import Domain
internal import Operations

struct SinksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sinks",
        abstract: "Where memories are handed on to: what waits, what was given up.",
        discussion: """
            Example:
              holdfast sinks show graphiti
            """,
        subcommands: [List.self, Show.self, Retry.self, Backfill.self],
        defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "All that are configured.",
            discussion: """
                Example:
                  holdfast sinks list --json
                """)

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let sinks = try Workplace().sinks()
                if output.json { return try Terminal.printJSON(sinks) }
                guard !sinks.isEmpty else { return Terminal.say("no sink is configured; see 'sinks' in holdfast.json") }
                Terminal.printTable(
                    sinks.map { sink in
                        [
                            sink.name, sink.kind, sink.circuit, "\(sink.waiting)", "\(sink.sent)", "\(sink.done)",
                            "\(sink.dead)", Terminal.away(sink.last_done),
                        ]
                    }, head: ["SINK", "KIND", "CIRCUIT", "WAITING", "SENT", "DONE", "GIVEN UP", "LAST"])
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "One sink, with what failed last.",
            discussion: """
                Example:
                  holdfast sinks show graphiti
                """)

        @Argument(help: "The sink's name.")
        var name: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let sink = try Workplace().sink(name)
                if output.json { return try Terminal.printJSON(sink) }
                var rows = [
                    ["sink", sink.name], ["kind", sink.kind], ["place", sink.place], ["circuit", sink.circuit],
                    ["waiting", "\(sink.waiting)"], ["handed over, not confirmed", "\(sink.sent)"],
                    ["done", "\(sink.done)"], ["given up", "\(sink.dead)"],
                    ["last done", Terminal.away(sink.last_done)],
                ]
                if let oldest = sink.oldest { rows.append(["oldest that waits", Terminal.away(oldest)]) }
                if !sink.last_error.isEmpty { rows.append(["last error", sink.last_error]) }
                Terminal.printTable(rows)
            }
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Hands on at once what waits to be tried again, and what was given up.",
            discussion: """
                The companion does it, within seconds.

                Example:
                  holdfast sinks retry graphiti
                """)

        @Argument(help: "The sink's name.")
        var name: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let sink = try Workplace().retrySink(name)
                if output.json { return try Terminal.printJSON(sink) }
                Terminal.say("asked for: \(sink.waiting + sink.dead) are tried again")
            }
        }
    }

    struct Backfill: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backfill",
            abstract: "Hands on what was remembered before the sink was there.",
            discussion: """
                What is there already is not handed on again. With --dry-run it only says what it comes to.

                Example:
                  holdfast sinks backfill graphiti --since 30d --dry-run
                """)

        @Argument(help: "The sink's name.")
        var name: String

        @Option(help: "Only of the last hours, days or weeks: 12h, 30d, 2w; all where it is left out.")
        var since: String?

        @Flag(help: "Only say what it comes to.")
        var dryRun = false

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let since = try Period.beginning(since) ?? 0
                let found = try Workplace().backfillSink(name, sinceMilliseconds: since, isDryRun: dryRun)
                if output.json { return try Terminal.printJSON(found) }
                Terminal.say(
                    "\(counted(found.memories, "memory")), \(found.characters) characters, about \(found.tokens) tokens\(dryRun ? "" : "; asked for, the companion does it")"
                )
            }
        }
    }
}
