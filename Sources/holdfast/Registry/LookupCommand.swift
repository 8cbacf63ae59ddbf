internal import ArgumentParser
internal import Capture
internal import Domain
internal import Operations
internal import Redis
internal import Settings
internal import Storage

struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Prints the session a key resumes, or exits 1.",
        discussion: """
            What cannot resume (unused for too long, transcript deleted) is dropped here. Exits 75 and prints nothing while
            another run drives the session.

            Example:
              id=$(holdfast lookup coder/issue-430) && HOLDFAST_KEY=coder/issue-430 claude --resume "$id" -p "go on"
            """
    )

    @Argument(help: "The dispatch key, such as coder/issue-430.")
    var key: String

    @OptionGroup var output: JSONOption

    func run() throws { try Self.run(key, asJSON: output.json) }

    static func run(_ key: String, asJSON: Bool) throws {
        try reporting {
            let start = ContinuousClock().now
            let key = try DispatchKey(key)
            let place = try Workplace()
            defer { Latencies(place.settings.state, of: .lookups).add(ContinuousClock().now - start) }
            let result = try place.lookUp(key, notice: Terminal.complain)
            if asJSON {
                try Terminal.printJSON(LookupAnswer(key, result))
            } else if let session = result.resumable {
                print(session)
            }
            if result.verdict == .busy { throw ExitCode(Failure.Code.busy.rawValue) }
            if result.resumable == nil { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}
