internal import ArgumentParser
internal import Domain
internal import Operations

struct HandoffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handoff",
        abstract: "A session as Markdown, for whoever goes on with its work.",
        discussion: """
            Its summary, or what can be put together while there is none. Of a key: the session it has, or had last.

            Example:
              holdfast memory handoff coder/issue-430 > HANDOFF.md
            """
    )

    @Argument(help: "A session ID or a dispatch key.", completion: Completing.keyOrSession)
    var name: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let handoff = try Workplace().handoff(name)
            if output.json { return try Terminal.printJSON(HandoffView(handoff)) }
            Terminal.show(handoff.markdown.trimmingLineEnd)
        }
    }
}

extension String {
    /// Without the line break that a terminal's line brings along.
    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
