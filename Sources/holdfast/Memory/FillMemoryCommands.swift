internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform

struct AddMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a text as an episode of its own.",
        discussion: """
            Answers success (there is a memory), degraded (the text is archived and searchable, without a memory), queued (it
            will be), or error. Without a model it does as on_llm_unavailable says. While Redis is away or the queue is full
            the text waits in a file for the companion, and the answer is queued. Exits 1 on error.

            Example:
              holdfast memory add 'The staging database moved to db2.' --key ops --wait 30
            """
    )

    @Argument(help: "The text; '-' reads stdin.")
    var text: [String]

    @Option(help: "The dispatch key it belongs to.", completion: Completing.key)
    var key: String?

    @Option(help: "Seconds to wait for the memory.")
    var wait: Int64?

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            var said = text.joined(separator: " ")
            if said == "-" {
                said = String(decoding: try StandardInput.read(.remark, limit: 16 << 20), as: UTF8.self)
            }
            let answer = try place.add(
                said, key: try key.map { try DispatchKey($0) }, patience: wait.map { .seconds($0) })
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                Terminal.say(
                    "\(answer.outcome.rawValue)\(answer.episode_id.map { "  \($0)" } ?? "")  \(answer.milliseconds) ms\(answer.reason.map { ": \($0)" } ?? ""); \(answer.next)"
                )
                if let memory = answer.memory { Terminal.show(memory.lines.joined(separator: "\n")) }
            }
            if answer.outcome == .error { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

struct ExportMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the archive as JSON lines: a head, then an object for each episode.",
        discussion: """
            Example:
              holdfast memory export --key coder > coder.jsonl
            """
    )

    @OptionGroup var scope: MemoryScope
    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let since = try scope.sinceMilliseconds()
            try Workplace().exportMemory(key: scope.key, sinceMilliseconds: since) { line in
                try Terminal.printLine(json: line)
            }
        }
    }
}

struct ImportMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what 'memory export' wrote, here or elsewhere.",
        discussion: """
            The companion does it: it alone writes the archive. What is there already is not added twice; lines that cannot
            be read stay beside it in a file *.refused.

            Example:
              holdfast memory import < coder.jsonl
            """
    )

    @Option(help: "Seconds to wait for the companion to say how many were new.")
    var wait: Int64 = 30

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let input = try StandardInput.read(.stream, limit: 1 << 30)
            let answer = try Workplace().leave(export: input, patience: .seconds(wait))
            if output.json { return try Terminal.printJSON(answer) }
            Terminal.say(answer.sentence)
        }
    }
}
