internal import ArgumentParser
internal import Domain
internal import Operations

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tells in a paragraph what the next dispatch of a key will do, why, and what changed last.",
        discussion: """
            Looks only: drops and counts nothing.

            Example:
              holdfast why coder/issue-430
            """
    )

    @Argument(help: "The dispatch key.")
    var key: String

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let answer = try Workplace().explain(try DispatchKey(key), notice: Terminal.complain)
            if output.json { return try Terminal.printJSON(answer) }
            print(answer.paragraph)
        }
    }
}
