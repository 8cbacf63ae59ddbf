internal import ArgumentParser
internal import Operations

struct UpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the companion, and with it the embedded Redis.",
        discussion: """
            Detached, unless --foreground. One companion per host; a second call changes nothing.

            Example:
              holdfast up
            """
    )

    @Flag(help: "Stay in the foreground and log to stderr, as a service manager wants it.")
    var foreground = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            if foreground { try place.becomeCompanion() }
            let companion = try place.startCompanion {
                Terminal.complain("the companion was replaced by another build; restarted")
            }
            if output.json { return try Terminal.printJSON(companion) }
            let how = companion.wasRunning ? "companion runs already" : "companion started"
            Terminal.say("\(how) (pid \(companion.pid)), Redis at \(companion.redis)")
        }
    }
}

struct DownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stops the companion and the embedded Redis, which writes its file first.",
        discussion: """
            Hooks leave notes meanwhile; nothing is lost. Nothing starts the companion again but 'holdfast up' or a restart
            of the machine. Exits 1 when no companion runs.

            Example:
              holdfast down
            """
    )

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let companion = try Workplace.evenMisconfigured().stopCompanion()
            if output.json { return try Terminal.printJSON(companion) }
            Terminal.say("companion stopped (pid \(companion.pid))")
        }
    }
}
