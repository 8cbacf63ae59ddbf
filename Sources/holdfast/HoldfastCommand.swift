internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Settings
internal import Synchronization

struct HoldfastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract:
            "Keeps hold of Claude Code sessions: records them, looks them up at dispatch, drops what cannot resume.",
        discussion: """
            Example:
              holdfast dispatch coder/issue-430 -- claude -p "go on"
            """,
        version: Holdfast.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Dispatch",
                subcommands: [
                    DispatchCommand.self, LookupCommand.self, WhyCommand.self, ResumeFailedCommand.self,
                    RetryCommand.self,
                ]),
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusCommand.self, DashboardCommand.self, EventsCommand.self, SessionsCommand.self,
                    EpisodesCommand.self, MetricsCommand.self, ReliabilityCommand.self, ToolsCommand.self,
                ]),
            CommandGroup(
                name: "Memory",
                subcommands: [
                    MemoryCommand.self, SinksCommand.self, ConversationCommand.self, CaptureCommand.self,
                    SyncCommand.self,
                    FilterCommand.self, RedactCommand.self, ForgetCommand.self,
                ]),
            CommandGroup(
                name: "Mend",
                subcommands: [
                    DoctorCommand.self, VerifyCommand.self, AuditCommand.self, VaultCommand.self,
                    CheckpointCommand.self, RemoteCommand.self,
                    CircuitCommand.self,
                    PoolCommand.self,
                    ClassifyCommand.self,
                ]),
            CommandGroup(
                name: "Set up",
                subcommands: [
                    UpCommand.self, DownCommand.self, DrainHostCommand.self, UninstallCommand.self, HooksCommand.self,
                    ConfigCommand.self, TrackingCommand.self,
                    ToolServerCommand.self,
                ]),
        ]
    )

    static func main() {
        StandardStreams.prepare()
        if let plain = PlainCommand(Array(CommandLine.arguments.dropFirst())) { Glibc.exit(plain.run()) }
        let words = Array(CommandLine.arguments.dropFirst())
        if words.first == "help" { helpOut(Array(words.dropFirst())) }
        if let mistake = Mistake(inVerbsOf: words) { end(mistake) }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            end(error)
        }
    }

    /// As the parser would, whose messages repeat what they were given and have a prefix of their own.
    private static func end(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        // Whatever the parser says is set here.
        let text = fullMessage(for: error, columns: HelpPage.unwrapped)
        guard code.isSuccess else {
            if !text.isEmpty { end(Mistake(told: text), code) }
            Glibc.exit(code.rawValue)
        }
        Terminal.show(HelpPage(text)?.text(width: Terminal.width()) ?? text, wraps: false)
        Glibc.exit(code.rawValue)
    }

    private static func helpOut(_ words: [String]) -> Never {
        do {
            try reporting { try Help.show(words) }
        } catch {
            end(error)
        }
        Glibc.exit(0)
    }

    private static func end(_ mistake: Mistake, _ code: ExitCode = .validationFailure) -> Never {
        Terminal.complain(mistake.message)
        if let usage = mistake.usage { Terminal.warn(HelpPage.usage(usage, LineWrap(width: Terminal.errorWidth))) }
        Glibc.exit(code.rawValue)
    }
}

/// The commands that somebody waits for at each dispatch, in their plainest forms, read without the parser: that asks the
/// runtime of some hundred types what they conform to, which takes longer than the command (`make bench`). Any other
/// form, and each mistake, is the parser's.
enum PlainCommand {
    case lookUp(key: String, asJSON: Bool)
    case status(asJSON: Bool)

    /// - Parameter words: behind the program's name.
    init?(_ words: [String]) {
        let asJSON = words.last == "--json"
        let rest = asJSON ? words.dropLast() : words[...]
        switch (rest.first, rest.count) {
        case ("status", 1): self = .status(asJSON: asJSON)
        case ("lookup", 2) where !rest[1].hasPrefix("-"): self = .lookUp(key: rest[1], asJSON: asJSON)
        default: return nil
        }
    }

    /// - Returns: the exit code.
    func run() -> Int32 {
        do {
            switch self {
            case .lookUp(let key, let asJSON): try LookupCommand.run(key, asJSON: asJSON)
            case .status(let asJSON): try StatusCommand.run(asJSON: asJSON)
            }
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            // `reporting` has made an exit code of all else.
            let failure = Failure(of: error)
            Terminal.complain(failure.message)
            return failure.code.rawValue
        }
    }
}

/// Runs a command's work and turns what it throws into one line on stderr and an exit code.
func reporting(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let exit as ExitCode {
        throw exit
    } catch {
        let failure = Failure(of: error)
        Terminal.complain(failure.message)
        throw ExitCode(failure.code.rawValue)
    }
}

/// Every verb has them.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var colour: ColourOption
}

/// Heard at once: what is printed asks for no option.
struct ColourOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"),
        completion: .list(ColourWish.allCases.map(\.rawValue)))
    var color = ColourWish.auto

    func validate() { Terminal.colour.withLock { $0 = color } }
}

extension ColourWish: ExpressibleByArgument {
    /// The help says them.
    static var allValueStrings: [String] { [] }
}
