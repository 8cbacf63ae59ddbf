internal import Archive
internal import ArgumentParser
internal import Domain
internal import Operations
internal import Platform
internal import Settings

struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Searches what was said and done, adds to it, takes it along.",
        discussion: """
            Example:
              holdfast memory search 'redis timeout' --key coder --since 2w
            """,
        subcommands: [
            SearchMemoryCommand.self, ShowMemoryCommand.self, AddMemoryCommand.self, ExportMemoryCommand.self,
            ImportMemoryCommand.self,
        ]
    )
}

/// What a person may limit a search or an export to.
struct MemoryScope: ParsableArguments {
    @Option(help: "Only this dispatch key, or all keys of this agent.")
    var key: String?

    @Option(help: "Only the last hours, days or weeks: 12h, 30d, 2w.")
    var since: String?

    /// ms since 1970.
    func sinceMilliseconds() throws -> Int64? {
        try since.map { HostClock.wallMilliseconds - (try Period.milliseconds($0)) }
    }
}
