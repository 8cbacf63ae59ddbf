internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Settings

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says in one sentence whether Holdfast does its job, then in a table.",
        discussion: """
            The JSON is described in docs/status.schema.json. Exits 0 when a companion runs, 69 when Redis is away, 1 when no companion
            runs.

            Example:
              holdfast status --watch
            """
    )

    @Flag(help: "Look again every two seconds; q or Ctrl-C ends it.")
    var watch = false

    @OptionGroup var output: JSONOption

    func run() throws {
        guard watch else { return try Self.run(asJSON: output.json) }
        try reporting {
            let place = try Workplace()
            if output.json {
                // One object a line, for whoever reads along.
                while true {
                    try Terminal.printJSONLine(try place.status())
                    sleep(2)
                }
            }
            try LiveScreen().run(every: .seconds(2)) {
                StatusTable(try place.status(), hasColour: Terminal.hasColour).text
            }
        }
    }

    static func run(asJSON: Bool) throws {
        try reporting {
            let status = try Workplace().status()
            if asJSON {
                try Terminal.printJSON(status)
            } else {
                print(StatusTable(status, hasColour: Terminal.hasColour).text)
            }
            if !status.redis.available { throw ExitCode(Failure.Code.redisUnavailable.rawValue) }
            if status.service_status == .stopped { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}
