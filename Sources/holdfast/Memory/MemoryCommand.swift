internal import ArgumentParser
internal import Domain
internal import Operations

struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Searches what was said and done, adds to it, takes it along.",
        discussion: """
            Example:
              holdfast memory search 'redis timeout' --key coder --since 2w
            """,
        subcommands: [
            SearchMemoryCommand.self, ShowMemoryCommand.self, HandoffCommand.self, AddMemoryCommand.self,
            ExportMemoryCommand.self, ImportMemoryCommand.self, TemplatesCommand.self,
        ]
    )
}

/// What a person may limit a search or an export to.
struct MemoryScope: ParsableArguments {
    @Option(help: "Only this dispatch key, or all keys of this agent.", completion: Completing.key)
    var key: String?

    @Option(help: "Only the last hours, days or weeks: 12h, 30d, 2w.")
    var since: String?

    /// ms since 1970.
    func sinceMilliseconds() throws -> Int64? {
        try Period.beginning(since)
    }
}

struct SearchMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Finds episodes by words in memories, digests and what was said; the best first.",
        discussion: """
            All words must be there; if no episode has them all, any. "Quoted words" must stand together. Exits 1 when
            nothing is found. With --graph it asks the knowledge graph that memories are handed on to (see 'holdfast
            sinks').

            Example:
              holdfast memory search 'flaky test' --since 30d
            """
    )

    @Argument(help: "Words to look for.")
    var query: [String]

    @OptionGroup var scope: MemoryScope

    @Option(help: "How many at most.")
    var limit = 10

    @Flag(help: "Ask the knowledge graph, and nothing else.")
    var graph = false

    @OptionGroup var output: OutputOptions

    private func askGraph() throws {
        let found = try Workplace().searchGraph(query.joined(separator: " "), limit: limit)
        if output.json { try Terminal.printJSON(found) } else { for fact in found.facts { Terminal.say(fact.shown) } }
        guard !found.facts.isEmpty else {
            if !output.json { Terminal.complain("nothing found") }
            throw ExitCode(Failure.Code.no.rawValue)
        }
    }

    func run() throws {
        try reporting {
            if graph { return try askGraph() }
            let found = try Workplace().search(
                query.joined(separator: " "), key: scope.key, sinceMilliseconds: try scope.sinceMilliseconds(),
                limit: limit, marks: output.json ? ("", "") : (Self.mark, Self.mark))
            let hits = found.hits
            if let fallback = found.fallback { Terminal.complain(fallback) }
            if output.json {
                try Terminal.printJSON(hits)
            } else {
                for hit in hits {
                    Terminal.say(
                        "\(hit.episode_id.prefix(12))  \(Terminal.away(hit.captured_at))  \(hit.dispatch_key)"
                    )
                    Terminal.say("    \(hit.title)")
                    Terminal.show(Self.styled("    \(hit.snippet)"))
                }
            }
            guard !hits.isEmpty else {
                if !output.json { Terminal.complain("nothing found") }
                throw ExitCode(Failure.Code.no.rawValue)
            }
        }
    }

    /// Stands before and after a hit until it has its style: what steers a terminal is in no snippet.
    private static let mark = "\u{1}"

    private static func styled(_ snippet: String) -> CleanText {
        snippet.split(separator: mark, omittingEmptySubsequences: false).enumerated()
            .map { CleanText(line: String($1)).styled($0 % 2 == 1 ? .bold : nil) }.reduce(CleanText(""), +)
    }
}

struct ShowMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints the memory of an episode; without one yet, its digest.",
        discussion: """
            The ID may be cut to its first six digits or more.

            Example:
              holdfast memory show 3f2a9c01 --raw
            """
    )

    @Argument(help: "The episode's ID.", completion: Completing.episode)
    var id: String

    @Flag(help: "What was said, too.")
    var raw = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let found = try Workplace().archived(id, raw: raw)
            if output.json { return try Terminal.printJSON(found) }
            Terminal.say("\(found.episode_id)  \(Terminal.away(found.captured_at))  \(found.dispatch_key)")
            if !found.damage.isEmpty {
                Terminal.say("(\(found.damage): a disk altered this; it is not what was stored)")
            }
            Terminal.say("")
            if let memory = found.memory {
                Terminal.show(memory.lines.joined(separator: "\n"))
            } else {
                Terminal.say("(no memory yet: \(found.error_message.isEmpty ? found.place : found.error_message))")
                Terminal.say("")
                Terminal.show(found.explainedDigest)
            }
            if let text = found.text { Terminal.show("\n--- what was said\n\(text)") }
        }
    }
}
