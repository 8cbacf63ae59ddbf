internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Settings

@main
struct HoldfastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract:
            "Keeps hold of Claude Code sessions: records them, looks them up at dispatch, drops what cannot resume.",
        discussion: """
            Exit codes: 0 yes or done, 1 no or not found, 64 usage, 65 bad input, 69 Redis unavailable, 75 busy,
            78 configuration error; dispatch passes on the client's own.

            Example:
              holdfast dispatch coder/issue-430 -- claude -p "go on"
            """,
        version: Holdfast.version,
        subcommands: [
            UpCommand.self, DownCommand.self, UninstallCommand.self, StatusCommand.self, LookupCommand.self,
            WhyCommand.self,
            DispatchCommand.self,
            ResumeFailedCommand.self, SessionsCommand.self, TrackingCommand.self, ConfigCommand.self, HooksCommand.self,
            EpisodesCommand.self, CaptureCommand.self, SyncCommand.self, VerifyCommand.self, FilterCommand.self,
            ForgetCommand.self, MemoryCommand.self, ConversationCommand.self, VaultCommand.self, CircuitCommand.self,
            ClassifyCommand.self, RedactCommand.self,
            MetricsCommand.self,
            EventsCommand.self, DashboardCommand.self, DoctorCommand.self, PoolCommand.self, ToolServerCommand.self,
        ]
    )

    static func main() {
        StandardStreams.prepare()
        if let plain = PlainCommand(Array(CommandLine.arguments.dropFirst())) { Glibc.exit(plain.run()) }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            end(error)
        }
    }

    /// As the parser would, whose messages repeat what they were given.
    private static func end(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if !message.isEmpty { code.isSuccess ? Terminal.show(message) : Terminal.warn(message) }
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

/// Every verb has it.
struct JSONOption: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false
}
