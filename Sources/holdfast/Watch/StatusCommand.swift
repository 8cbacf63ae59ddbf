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
            The JSON is described in Sources/Operations/Status/status.schema.json. Exits 0 when a companion runs, 78 when
            the configuration is not understood, 69 when Redis is away, 1 when no companion runs; with --fleet 1 when there
            is a complaint about a host or a pool.

            Example:
              holdfast status --watch
            """
    )

    @Flag(help: "Look again every two seconds; q or Ctrl-C ends it.")
    var watch = false

    @Flag(help: "Of all hosts that use this Redis: versions, queues, clocks, who drives which key.")
    var fleet = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if watch, fleet { throw ValidationError("--watch looks at this host; leave it or --fleet out") }
    }

    func run() throws {
        if fleet { return try showFleet() }
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
                StatusTable(try place.status()).text
            }
        }
    }

    private func showFleet() throws {
        try reporting {
            let fleet = try Workplace().fleet()
            if output.json { try Terminal.printJSON(fleet) } else { Terminal.show(FleetTable(fleet).text) }
            if !fleet.complaints.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    static func run(asJSON: Bool) throws {
        try reporting {
            let place = try Workplace.evenMisconfigured()
            let status = try place.status()
            if asJSON {
                try Terminal.printJSON(status)
            } else {
                Terminal.show(StatusTable(status).text)
            }
            if let fault = place.fault { throw fault }
            if !status.redis.available { throw ExitCode(Failure.Code.redisUnavailable.rawValue) }
            if status.service_status == .stopped { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

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

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace.evenMisconfigured()
            let checks = selfTest ? try place.testItself(notice: Terminal.complain) : try place.checkUp()
            if output.json {
                try Terminal.printJSON(checks)
            } else {
                Terminal.printTable(
                    checks.map {
                        [
                            CleanText(line: $0.outcome.rawValue).styled(Self.style(of: $0.outcome)),
                            CleanText(line: $0.name),
                            CleanText(line: $0.finding + ($0.remedy.isEmpty ? "" : "; \($0.remedy)")),
                        ]
                    })
            }
            if checks.contains(where: { $0.outcome == .fail }) { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    private static func style(of outcome: Check.Outcome) -> CleanText.Style {
        switch outcome {
        case .ok: .green
        case .warn: .yellow
        case .fail: .red
        }
    }
}
