internal import ArgumentParser
internal import Domain
internal import Glibc
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
            UpCommand.self, DownCommand.self, StatusCommand.self, LookupCommand.self, WhyCommand.self,
            DispatchCommand.self,
            ResumeFailedCommand.self, SessionsCommand.self, TrackingCommand.self, ConfigCommand.self, HooksCommand.self,
            EpisodesCommand.self, CaptureCommand.self, SyncCommand.self, VerifyCommand.self, FilterCommand.self,
            MemoryCommand.self, CircuitCommand.self, ClassifyCommand.self, RedactCommand.self, MetricsCommand.self,
            EventsCommand.self, DashboardCommand.self, DoctorCommand.self, ToolServerCommand.self,
        ]
    )

    static func main() {
        StandardStreams.prepare()
        if let plain = PlainCommand(Array(CommandLine.arguments.dropFirst())) { Glibc.exit(plain.run()) }
        main(nil)
    }
}
