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
        subcommands: [List.self, Show.self, Drop.self, Sweep.self, Rebuild.self],
        defaultSubcommand: List.self
    )

    struct Rebuild: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: "Puts a session together from whatever has parts of it, and says what is missing.",
            discussion: """
                Its transcript, the vault, the archive's words, a checkpoint, what was said last under its key: in this order.

                Example:
                  holdfast sessions rebuild 0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01 --project ~/src/app
                """)

        @Argument(help: "A session ID, or its first digits.", completion: Completing.session)
        var session: String

        @Option(help: "The folder in which the client will be started.", completion: .directory)
        var project = "."

        @Option(help: "The dispatch key that is to have it; left out: the one it had.", completion: Completing.key)
        var key: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let place = try Workplace()
                let id = try place.sessionID(session)
                // Where it does not come, something else may have parts of it.
                do { try Waiting.run { try await place.fetchIfAway(id) } } catch { Terminal.complain("\(error)") }
                let answer = try place.rebuild(
                    id, for: Files.realPath(project) ?? project, key: try key.map { try DispatchKey($0) })
                if output.json { return try Terminal.printJSON(answer) }
                Terminal.say("\(answer.session_id): \(answer.outcome), from its \(answer.source): \(answer.path)")
                for part in answer.missing { Terminal.say("missing: \(part)") }
            }
        }
    }

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
                let place = try Workplace()
                let record = try place.session(name), summary = try place.summary(ofSession: name)
                if output.json {
                    let told = summary.map { ["summary": $0.sections(level: "##").joined(separator: "\n")] } ?? [:]
                    return try Terminal.printJSON(record.merging(told) { $1 })
                }
                Terminal.printTable(record.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })
                if let summary {
                    Terminal.show((["", summary.title] + summary.sections(level: "##")).joined(separator: "\n"))
                }
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
