internal import Archive
internal import ArgumentParser
internal import Domain
internal import Operations
internal import Settings

struct SearchMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Finds episodes by words in memories, digests and what was said; the best first.",
        discussion: """
            All words must be there; if no episode has them all, any. "Quoted words" must stand together. Exits 1 when
            nothing is found.

            Example:
              holdfast memory search 'flaky test' --since 30d
            """
    )

    @Argument(help: "Words to look for.")
    var query: String

    @OptionGroup var scope: MemoryScope

    @Option(help: "How many at most.")
    var limit = 10

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let hits = try Workplace().search(
                query, key: scope.key, sinceMilliseconds: try scope.sinceMilliseconds(), limit: limit)
            if output.json {
                try Terminal.printJSON(hits)
            } else {
                for hit in hits {
                    print(
                        "\(hit.episode_id.prefix(12))  \(Terminal.ago(hit.capturedMilliseconds))  \(Terminal.plain(hit.dispatch_key))"
                    )
                    print("    \(Terminal.plain(hit.title))")
                    print("    \(Terminal.plain(hit.snippet))")
                }
            }
            guard !hits.isEmpty else {
                if !output.json { Terminal.complain("nothing found") }
                throw ExitCode(Failure.Code.no.rawValue)
            }
        }
    }
}
