internal import ArgumentParser
internal import Operations

struct UpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the companion, and with it the embedded Redis; the first time, sets all else up.",
        discussion: """
            Detached, unless --foreground. One companion per host; a second call changes nothing. The first call of a version
            also writes the configuration where there is none, registers the plugin with Claude Code and tests the whole.

            Example:
              holdfast up
            """
    )

    @Flag(help: "Stay in the foreground and log to stderr, as a service manager wants it.")
    var foreground = false

    @Flag(help: "Begin with a configuration by which nothing is recorded.")
    var noTracking = false

    @Flag(help: "Start the companion and nothing else.")
    var only = false

    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let companion: RunningCompanion
        let steps: [SetUpStep]

        private enum CodingKeys: CodingKey { case steps }

        func encode(to encoder: any Encoder) throws {
            try companion.encode(to: encoder)
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(steps, forKey: .steps)
        }
    }

    func run() throws {
        try reporting {
            if foreground { try Workplace().becomeCompanion() }
            var steps = only ? [] : [try Workplace.beginConfiguration(isTracking: !noTracking)]
            let place = try Workplace()
            let companion = try place.startCompanion {
                Terminal.complain("the companion was replaced by another build; restarted")
            }
            if !only { steps += place.setUp(notice: Terminal.complain) }
            if output.json { return try Terminal.printJSON(Answer(companion: companion, steps: steps)) }
            let how = companion.wasRunning ? "companion runs already" : "companion started"
            Terminal.say("\(how) (pid \(companion.pid)), Redis at \(companion.redis)")
            if let error = companion.page_error { Terminal.complain("page and metrics are not served: \(error)") }
            let news = steps.filter { $0.outcome != .kept }
            for step in news {
                let line = "\(step.step.rawValue.replacing("_", with: "-")): \(step.words)"
                step.outcome == .done ? Terminal.say(line) : Terminal.complain(line)
            }
            if news.contains(where: { $0.step == .configuration && $0.outcome == .done }) {
                place.introduction.forEach { Terminal.say($0) }
            }
            if news.contains(where: { $0.step == .self_test && $0.outcome == .failed }) {
                throw ExitCode(Failure.Code.no.rawValue)
            }
        }
    }
}

struct UninstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Stops the companion, takes the plugin out of Claude Code and the programs from the disk.",
        discussion: """
            What was recorded stays, unless --purge. Programs that a package manager installed are left to it.

            Example:
              holdfast uninstall
            """
    )

    @Flag(help: "What was recorded and the configuration go, too.")
    var purge = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let done = try Workplace.evenMisconfigured().uninstall(purge: purge)
            if output.json { return try Terminal.printJSON(done) }
            for line in done.removed { Terminal.say("removed  \(line)") }
            for line in done.left { Terminal.say("left     \(line)") }
        }
    }
}

struct DownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stops the companion and the embedded Redis, which writes its file first.",
        discussion: """
            Hooks leave notes meanwhile; nothing is lost. Nothing starts the companion again but 'holdfast up' or a restart
            of the machine. One that does not stop within 15 s is killed. Exits 1 when neither runs.

            Example:
              holdfast down
            """
    )

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let companion = try Workplace.evenMisconfigured().stopCompanion()
            if output.json { return try Terminal.printJSON(companion) }
            switch companion.companion {
            case .stopped: Terminal.say("companion stopped (pid \(companion.pid))")
            case .killed:
                Terminal.say(
                    "companion killed (pid \(companion.pid)), which did not stop; what it had in hand is done again")
            case .gone: Terminal.say("the companion was gone; its Redis is stopped")
            }
        }
    }
}
