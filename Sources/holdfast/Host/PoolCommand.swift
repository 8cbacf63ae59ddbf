internal import ArgumentParser
internal import Domain
internal import Operations

struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool",
        abstract: "Lists the pools of this Redis, and takes over one that no companion serves.",
        discussion: """
            Example:
              holdfast pool list
            """,
        subcommands: [List.self, Adopt.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "The pools that have a queue, and who serves them.",
            discussion: """
                Example:
                  holdfast pool list --json
                """)

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let pools = try Workplace().pools()
                if output.json { return try Terminal.printJSON(pools) }
                guard !pools.isEmpty else { return Terminal.say("no pool has a queue in this Redis") }
                let rows = pools.map { pool in
                    [
                        pool.name + (pool.is_own ? " (this host's)" : ""), String(pool.episodes),
                        String(pool.unarchived), pool.owner ?? "nobody",
                    ]
                }
                Terminal.printTable(rows, head: ["POOL", "EPISODES", "NOT ARCHIVED", "SERVED BY"])
            }
        }
    }

    struct Adopt: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "adopt",
            abstract: "Moves the queue of a pool that nobody serves into this host's.",
            discussion: """
                Interrupted it goes on when it is run again. Exits 1 when the pool has no episodes, 75 when a companion serves it
                or this host's queue is full. Of this host's own pool, whose archive is gone: goes on with an archive here.
                More: holdfast help pools.

                Example:
                  holdfast pool adopt build-7-1a2b3c4d
                """)

        @Argument(help: "The pool's name, as 'holdfast pool list' shows it.", completion: Completing.pool)
        var name: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let answer = try Workplace().adoptPool(name)
                if output.json {
                    try Terminal.printJSON(answer)
                } else if answer.archive != nil {
                    Terminal.say(
                        "the pool '\(answer.pool)' goes on with an archive on this host; what Redis and transcripts hold is recorded in it"
                    )
                } else {
                    Terminal.say(
                        "\(counted(answer.adopted, "episode")) of the pool '\(answer.pool)' taken over"
                            + (answer.left > 0 ? "; \(answer.left) found no room: run it again later" : ""))
                }
                if answer.left > 0 { throw ExitCode(Failure.Code.busy.rawValue) }
            }
        }
    }
}
