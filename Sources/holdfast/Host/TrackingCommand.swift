internal import ArgumentParser
internal import Domain
internal import FoundationEssentials
internal import Operations
internal import Settings

struct TrackingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tracking",
        abstract: "Stops and starts the recording of a key or a project.",
        discussion: """
            Example:
              holdfast tracking stop --project ~/secret
            """,
        subcommands: [Start.self, Stop.self, Status.self],
        defaultSubcommand: Status.self
    )

    struct Subject: ParsableArguments {
        @Option(help: "A dispatch key.", completion: Completing.key)
        var key: String?

        @Option(
            help: "A project folder; what lies below it is meant too. Default: the current folder.",
            completion: .directory)
        var project: String?

        func resolved() throws -> TrackingSubject { try TrackingSubject(key: key, project: project) }
    }

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start",
            abstract: "Records it again.",
            discussion: """
                Example:
                  holdfast tracking start --key coder/issue-430
                """)
        @OptionGroup var subject: Subject
        @OptionGroup var output: OutputOptions
        func run() throws { try TrackingCommand.change(subject, output, stops: false) }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop",
            abstract: "Records it no longer: hooks do nothing there.",
            discussion: """
                Example:
                  holdfast tracking stop --key coder/issue-430
                """)
        @OptionGroup var subject: Subject
        @OptionGroup var output: OutputOptions
        func run() throws { try TrackingCommand.change(subject, output, stops: true) }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "What is recorded here and what is stopped. Exits 1 when this key or project is not recorded.",
            discussion: """
                Example:
                  holdfast tracking status --project ~/secret
                """)
        @OptionGroup var subject: Subject
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let tracking = try Workplace().tracking(of: try subject.resolved())
                if output.json {
                    try Terminal.printJSON(tracking)
                } else {
                    Terminal.say(
                        "\(tracking.subject): \(tracking.tracked ? "recorded" : "not recorded")\(tracking.disabled_by_environment ? " (HOLDFAST_DISABLED=1)" : "")\(tracking.enabled ? "" : " (tracking.enabled is false)")"
                    )
                    for key in tracking.stopped_keys { Terminal.say("stopped key      \(key)") }
                    for project in tracking.stopped_projects { Terminal.say("stopped project  \(project)") }
                }
                if !tracking.tracked { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }

    private static func change(_ subject: Subject, _ output: OutputOptions, stops: Bool) throws {
        try reporting {
            let subject = try subject.resolved()
            try Workplace().setTracking(of: subject, stopped: stops)
            if output.json {
                try Terminal.printJSON(["subject": subject.name, "tracking": stops ? "stopped" : "started"])
            } else {
                Terminal.say("\(subject.name): \(stops ? "no longer recorded" : "recorded")")
            }
        }
    }
}
