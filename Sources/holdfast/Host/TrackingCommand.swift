internal import ArgumentParser
internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Storage

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
        @Option(help: "A dispatch key.")
        var key: String?

        @Option(help: "A project folder; what lies below it is meant too. Default: the current folder.")
        var project: String?

        func resolved() throws -> (key: DispatchKey?, project: String?) {
            if let key, project == nil { return (try DispatchKey(key), nil) }
            let path = project ?? FileManager.default.currentDirectoryPath
            guard let real = Files.realPath(path) else {
                throw Failure(.badInput, "\(path): no such folder; give an existing one")
            }
            return (try key.map { try DispatchKey($0) }, real)
        }
    }

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records it again.",
            discussion: """
                Example:
                  holdfast tracking start --key coder/issue-430
                """)
        @OptionGroup var subject: Subject
        @OptionGroup var output: JSONOption
        func run() throws { try TrackingCommand.change(subject, output, stops: false) }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records it no longer: hooks do nothing there.",
            discussion: """
                Example:
                  holdfast tracking stop --key coder/issue-430
                """)
        @OptionGroup var subject: Subject
        @OptionGroup var output: JSONOption
        func run() throws { try TrackingCommand.change(subject, output, stops: true) }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is recorded here and what is stopped. Exits 1 when this key or project is not recorded.",
            discussion: """
                Example:
                  holdfast tracking status --project ~/secret
                """)
        @OptionGroup var subject: Subject
        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let settings = try Settings.load()
                let rules = try settings.trackingRules()
                let (key, project) = try subject.resolved()
                let isDisabled = settings.environment["HOLDFAST_DISABLED"] == "1"
                let isTracked = !isDisabled && rules.isTracked(key: key, project: project ?? "")
                if output.json {
                    try Terminal.printJSON(
                        Answer(
                            tracked: isTracked, disabled_by_environment: isDisabled,
                            stopped_keys: rules.stoppedKeys.sorted(),
                            stopped_projects: rules.stoppedProjects.sorted()))
                } else {
                    print(
                        "\(key?.rawValue ?? project ?? ""): \(isTracked ? "recorded" : "not recorded")\(isDisabled ? " (HOLDFAST_DISABLED=1)" : "")"
                    )
                    for key in rules.stoppedKeys.sorted() { print("stopped key      \(key)") }
                    for project in rules.stoppedProjects.sorted() { print("stopped project  \(project)") }
                }
                if !isTracked { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }

        private struct Answer: Encodable {
            let tracked: Bool
            let disabled_by_environment: Bool
            let stopped_keys: [String]
            let stopped_projects: [String]
        }
    }

    private static func change(_ subject: Subject, _ output: JSONOption, stops: Bool) throws {
        try reporting {
            let place = try Workplace()
            let (key, project) = try subject.resolved()
            // Two commands at once must not lose one of the changes.
            var lock = try FileLock.take(place.settings.state.tracking + ".lock")
            while lock == nil {
                usleep(10_000)
                lock = try FileLock.take(place.settings.state.tracking + ".lock")
            }
            var rules = try place.settings.trackingRules()
            if let key {
                if stops { rules.stoppedKeys.insert(key.rawValue) } else { rules.stoppedKeys.remove(key.rawValue) }
            }
            if let project {
                if stops { rules.stoppedProjects.insert(project) } else { rules.stoppedProjects.remove(project) }
            }
            try Files.write(
                String(decoding: JSONEncoder().encode(rules), as: UTF8.self), to: place.settings.state.tracking)
            _ = consume lock
            let name = key?.rawValue ?? project ?? ""
            if output.json {
                try Terminal.printJSON(["subject": name, "tracking": stops ? "stopped" : "started"])
            } else {
                print("\(name): \(stops ? "no longer recorded" : "recorded")")
            }
        }
    }
}
