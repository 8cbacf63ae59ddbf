internal import ArgumentParser
internal import Operations
internal import Storage

struct EpisodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "episodes",
        abstract: "Shows what has been captured and waits to become memory.",
        discussion: """
            Example:
              holdfast episodes list --state dead
            """,
        subcommands: [List.self, Show.self, Retry.self, Discard.self], defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists episodes, those due first.",
            discussion: """
                Example:
                  holdfast episodes list --state dead
                """)

        @Option(
            help: "scheduled, leased, dead or done; all but done when left out.",
            completion: .list(["scheduled", "leased", "dead", "done"]))
        var state: String?

        @Option(help: "How many at most, 1 to 10000.")
        var limit = 100

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let rows = try Workplace().episodes(state: state, limit: limit)
                if output.json { return try Terminal.printJSON(rows) }
                guard !rows.isEmpty else { return Terminal.say("no episodes") }
                let failed = rows.contains { !$0.lastError.isEmpty }
                Terminal.printTable(
                    rows.map { row in
                        [
                            row.episode_id, row.state, row.when, row.session_id.isEmpty ? "-" : row.session_id,
                            row.dispatch_key.isEmpty ? "-" : row.dispatch_key,
                            row.entries.map(String.init) ?? "-",
                        ] + (failed ? [row.lastError] : [])
                    },
                    head: ["EPISODE", "STATE", "WHEN", "SESSION", "KEY", "ENTRIES"] + (failed ? ["LAST ERROR"] : []))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Prints what an episode says.",
            discussion: """
                Example:
                  holdfast episodes show 3f2a9c…
                """)

        @Argument(help: "The episode's ID.", completion: Completing.episode)
        var id: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let episode = try Workplace().queuedEpisode(id)
                if output.json { return try Terminal.printJSON(episode) }
                if let discarded = episode.discardedAt { Terminal.complain("discarded \(Terminal.away(discarded))") }
                if let failure = episode.failure { Terminal.complain("failed: \(failure)") }
                Terminal.show(episode.text)
            }
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Makes episodes due now; the dead get all their retries anew.",
            discussion: """
                Exits 1 when none of them was there to retry.

                Example:
                  holdfast episodes retry --all-dead
                """)

        @Argument(help: "The IDs of episodes.", completion: Completing.episode)
        var ids: [String] = []

        @Flag(help: "All that failed for good.")
        var allDead = false

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                guard allDead || !ids.isEmpty else { throw Failure(.usage, "name episodes, or say --all-dead") }
                let answer = try Workplace().retry(ids, allDead: allDead)
                if output.json {
                    try Terminal.printJSON(answer)
                } else {
                    let counts = Dictionary(answer.episodes.map { ($0.state.rawValue, 1) }, uniquingKeysWith: +)
                    for (state, count) in counts.sorted(by: { $0.key < $1.key }) { Terminal.say("\(count) \(state)") }
                }
                if answer.dueCount == 0 { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard", abstract: "Gives up what episodes say; they never come back.",
            discussion: """
                The ledger keeps that they were there. Exits 1 when none of them was there to discard.

                Example:
                  holdfast episodes discard 3f2a9c…
                """)

        @Argument(help: "The IDs of episodes.", completion: Completing.episode)
        var ids: [String]

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let answer = try Workplace().discard(ids)
                if output.json {
                    try Terminal.printJSON(answer)
                } else {
                    Terminal.say("\(answer.discarded.count) of \(ids.count) discarded")
                }
                if answer.discarded.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }
}
