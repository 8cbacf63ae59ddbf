internal import ArgumentParser
internal import Domain
internal import Operations
internal import Redis
internal import Settings

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks each part; every line is ok, warn or fail, with the command that mends it.",
        discussion: """
            With --self-test a recorded session is fed to the installed hook, in a namespace of its own that is removed again.
            Exits 1 when a check fails.

            Example:
              holdfast doctor --self-test
            """
    )

    @Flag(help: "Record, look up, resume and drop a scratch session.")
    var selfTest = false

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            let checks = selfTest ? try SelfTest(place).run() : try Checkup(place).run()
            if output.json {
                try Terminal.printJSON(checks)
            } else {
                Terminal.printTable(
                    checks.map {
                        [$0.outcome.rawValue, $0.name, $0.finding + ($0.remedy.isEmpty ? "" : "; \($0.remedy)")]
                    })
            }
            if checks.contains(where: { $0.outcome == .fail }) { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

/// One line of the doctor's.
struct Check: Encodable {
    enum Outcome: String, Encodable { case ok, warn, fail }

    var outcome: Outcome
    var name: String
    var finding: String
    var remedy = ""
}
