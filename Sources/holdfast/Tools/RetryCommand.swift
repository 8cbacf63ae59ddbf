internal import ArgumentParser
internal import Dispatcher
internal import Domain
internal import Operations
internal import Platform

struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Runs a command by its tool's policy: again where it fails.",
        discussion: """
            The output is that of the last try. Given up, or while the tool is known to be down, it exits 75 with the fallback.

            Example:
              holdfast retry --tool crowdstrike --fallback "no answer" -- ./alerts.sh
            """)

    @Option(help: "The tool, whose policy stands in tools.json.", completion: Completing.tool)
    var tool: String

    @Option(help: "May name {tool}, {class}, {since}, {retry_at}, {error}.")
    var fallback: String?

    @Option(help: "The same, from a file.", completion: .file())
    var fallbackFile: String?

    @Option(help: "Seconds for all tries and pauses together.")
    var deadline: Double?

    @Option(help: "Seconds for one try.")
    var timeout: Double?

    @OptionGroup var colour: ColourOption

    @Argument(parsing: .postTerminator, help: "The command.", completion: .default)
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("no command is given; it follows --") }
        guard fallback == nil || fallbackFile == nil else {
            throw ValidationError("--fallback and --fallback-file are given; give one")
        }
        for (name, seconds) in [("--deadline", deadline), ("--timeout", timeout)] {
            guard let seconds else { continue }
            guard seconds > 0, seconds <= 86_400 else {
                throw ValidationError("\(name) is \(seconds); allowed: seconds, more than 0 and up to 86400")
            }
        }
    }

    func run() throws {
        try reporting {
            guard let name = ToolName(rawValue: tool) else {
                throw Failure(
                    .usage, "\"\(tool)\" is no name of a tool",
                    remedy: "1 to \(ToolName.longest) letters, digits and _-.:/@")
            }
            var wish = ToolRetry.Wish(tool: name, command: command, fallback: fallback)
            if let fallbackFile { wish.fallback = try Files.read(fallbackFile, limit: 64 << 10) }
            wish.deadline = deadline.map { .milliseconds(Int64($0 * 1000)) }
            wish.timeout = timeout.map { .milliseconds(Int64($0 * 1000)) }
            let code = try ToolRetry(wish, Workplace()).run()
            if code != 0 { throw ExitCode(code) }
        }
    }
}
