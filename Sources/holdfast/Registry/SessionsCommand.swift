internal import ArgumentParser
internal import Domain
internal import Operations
internal import Platform

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Lists, shows, drops and sweeps sessions.",
        discussion: """
            Example:
              holdfast sessions list
            """,
        subcommands: [List.self, Show.self, Drop.self, Sweep.self],
        defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "The sessions last used, newest first.",
            discussion: """
                Example:
                  holdfast sessions list --limit 50 --json
                """)

        @Argument(
            help:
                "Only this session, this dispatch key, or keys that begin so: those bound, by key, and those at work; of a path, '.' too: all that were in that folder or below.",
            completion: Completing.key)
        var search = ""

        @Option(help: "How many at most, 1 to 10000.")
        var limit = 20

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...10_000).contains(limit) else {
                throw ValidationError("--limit is \(limit); allowed: 1 to 10000")
            }
        }

        func run() throws {
            try reporting {
                let isRelative = [".", ".."].contains(search) || ["./", "../"].contains(where: search.hasPrefix)
                let listed = try Workplace().sessions(
                    search: isRelative ? Files.realPath(search) ?? search : search, limit: limit
                ).sessions
                if output.json { return try Terminal.printJSON(listed.map(\.fields)) }
                guard !listed.isEmpty else {
                    return Terminal.say(search.isEmpty ? "no sessions recorded yet" : "no session of \(search)")
                }
                let rows = listed.map { row in
                    [
                        row.session_id, row.state, row.retired != nil ? "retired" : row.bound ? "bound" : "-",
                        Terminal.away(row.last_used_at),
                        String(row.turns), row.dispatch_key ?? "-",
                    ]
                }
                Terminal.printTable(
                    rows, head: ["SESSION", "STATE", "BINDING", "LAST USED", "TURNS", "DISPATCH KEY"])
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "All that is known of one session, or of the session a key has.",
            discussion: """
                Example:
                  holdfast sessions show coder/issue-430
                """)

        @Argument(help: "A session ID or a dispatch key.", completion: Completing.keyOrSession)
        var name: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let record = try Workplace().session(name)
                if output.json { return try Terminal.printJSON(record) }
                Terminal.printTable(record.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })
            }
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop",
            abstract: "Forgets the session of a key: the next dispatch starts fresh.",
            discussion: """
                Exits 75 and drops nothing while a process drives it.

                Example:
                  holdfast sessions drop coder/issue-430
                """)

        @Argument(help: "A dispatch key or a session ID.", completion: Completing.keyOrSession)
        var name: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let dropped = try Workplace().drop(name)
                if output.json { return try Terminal.printJSON(dropped) }
                Terminal.say("dropped session \(dropped.session_id) of \(dropped.dispatch_key)")
            }
        }
    }

    struct Sweep: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sweep",
            abstract: "Drops every binding that was unused for longer than its maximum age; says how many.",
            discussion: """
                The companion does this at start and hourly. Example, at the top of an orchestrator:
                  holdfast sessions sweep
                """)

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let answer = try Workplace().sweep()
                if output.json { return try Terminal.printJSON(answer) }
                Terminal.say("dropped \(counted(answer.dropped, "session"))")
            }
        }
    }
}
