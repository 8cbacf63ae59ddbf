internal import Archive
internal import ArgumentParser
internal import Domain
internal import Storage

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

    private struct Hit: Encodable {
        let episode_id: String
        let dispatch_key: String
        let session_id: String
        let captured_at: String
        let title: String
        let snippet: String
        let found_in: String
        let score: Double
    }

    func run() throws {
        try reporting {
            let place = try Workplace()
            guard (1...100).contains(limit) else { throw Failure(.usage, "--limit \(limit): 1 to 100") }
            let since = try scope.sinceMilliseconds()
            let hits = try place.archive().search(query, key: scope.key, sinceMilliseconds: since, limit: limit)
            if output.json {
                try Terminal.printJSON(
                    hits.map {
                        Hit(
                            episode_id: $0.episode.rawValue, dispatch_key: $0.dispatchKey, session_id: $0.sessionID,
                            captured_at: ISOTime.text($0.capturedMilliseconds), title: $0.title, snippet: $0.snippet,
                            found_in: $0.source.rawValue, score: $0.score)
                    })
            } else {
                for hit in hits {
                    print(
                        "\(hit.episode.rawValue.prefix(12))  \(Terminal.ago(hit.capturedMilliseconds))  \(hit.dispatchKey)"
                    )
                    print("    \(hit.title)")
                    print("    \(hit.snippet)")
                }
            }
            guard !hits.isEmpty else {
                if !output.json { Terminal.complain("nothing found") }
                throw ExitCode(Failure.Code.no.rawValue)
            }
        }
    }
}
