internal import ArgumentParser
internal import Domain
internal import Operations
internal import Platform

struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Prints the session a key resumes, or exits 1.",
        discussion: """
            What cannot resume (unused for too long, transcript deleted and not in the vault) is dropped here. A transcript that
            only the vault has is put back for a client started in this folder. Exits 75 and prints nothing while
            another run drives the session, or the account has reached a usage limit whose end is known.

            Example:
              id=$(holdfast lookup coder/issue-430) && HOLDFAST_KEY=coder/issue-430 claude --resume "$id" -p "go on"
            """
    )

    @Argument(help: "The dispatch key, such as coder/issue-430.", completion: Completing.key)
    var key: String

    @Flag(name: .customLong("no-restore"), help: "Put nothing back: say so and exit 1 where only the vault has it.")
    var restoresNothing = false

    @OptionGroup var output: OutputOptions

    func run() throws { try Self.run(key, restores: !restoresNothing, asJSON: output.json) }

    static func run(_ key: String, restores: Bool = true, asJSON: Bool) throws {
        try reporting {
            let key = try DispatchKey(key)
            let folder = restores ? Files.realPath(".") : nil
            let answer = try Workplace(despite: Terminal.complain).lookUp(
                key, restoringFor: folder, notice: Terminal.complain)
            if asJSON {
                try Terminal.printJSON(answer)
            } else if let session = answer.resumable {
                Terminal.say("\(session)")
            } else if !restores {
                Terminal.complain("\(answer.verdict.rawValue): \(answer.remedy)")
            }
            if [.busy, .limited].contains(answer.verdict) { throw ExitCode(Failure.Code.busy.rawValue) }
            if answer.resumable == nil { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

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

    @Argument(help: "The dispatch key.", completion: Completing.key)
    var key: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let answer = try Workplace().explain(
                try DispatchKey(key), for: Files.realPath("."), notice: Terminal.complain)
            if output.json { return try Terminal.printJSON(answer) }
            Terminal.show(answer.paragraph)
            if answer.verdict == .none, let meant = try Workplace().likelyKey(for: key) {
                Terminal.complain("did you mean \(meant)?")
            }
            if let carryOver = answer.carry_over { Terminal.show("\n" + carryOver.text) }
            if let recall = answer.recall { Terminal.show("\n" + recall.text) }
        }
    }
}
