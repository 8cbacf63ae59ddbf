internal import ArgumentParser
internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

struct HooksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hooks",
        abstract: "Registers the plugin with Claude Code, takes it out again, says whether its hooks fire.",
        discussion: """
            Example:
              holdfast hooks install
            """,
        subcommands: [Install.self, Uninstall.self, Status.self],
        defaultSubcommand: Status.self
    )

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers the plugin with the claude on PATH; a second call changes nothing.",
            discussion: """
                Example:
                  holdfast hooks install
                """)
        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                guard let plugin = Plugin.folder else {
                    throw Failure(.no, "the plugin folder is not installed; run 'make install'")
                }
                if try Plugin.isInstalled() { return try HooksCommand.say("installed already", plugin, output) }
                try Plugin.claude(["marketplace", "add", plugin], mayFailWith: "already")
                try Plugin.claude(["install", Plugin.name], mayFailWith: "already")
                // One that was there but switched off.
                if try !Plugin.isInstalled() { try Plugin.claude(["enable", Plugin.name]) }
                try HooksCommand.say("installed", plugin, output)
            }
        }
    }

    struct Uninstall: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes the plugin out of Claude Code. What is recorded stays.",
            discussion: """
                Example:
                  holdfast hooks uninstall
                """)
        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                guard try Plugin.isInstalled() else { throw Failure(.no, "the plugin is not installed in Claude Code") }
                try Plugin.claude(["uninstall", Plugin.name])
                try Plugin.claude(["marketplace", "remove", Plugin.marketplace], mayFailWith: "not found")
                try HooksCommand.say("uninstalled", Plugin.folder ?? "", output)
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether the plugin is installed, and when a hook fired last. Exits 1 when it is not installed.",
            discussion: """
                Example:
                  holdfast hooks status
                """)
        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let place = try Workplace()
                let isInstalled = try Plugin.isInstalled()
                let last = try place.status().capture.last_hook?.milliseconds
                if output.json {
                    try Terminal.printJSON(
                        ["installed": isInstalled ? "yes" : "no", "last_fired_at": last.map(ISOTime.text) ?? "never"])
                } else {
                    print(
                        "plugin \(isInstalled ? "installed" : "not installed; run 'holdfast hooks install'"), last hook \(Terminal.ago(last))"
                    )
                }
                if !isInstalled { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }

    private static func say(_ outcome: String, _ plugin: String, _ output: JSONOption) throws {
        if output.json { return try Terminal.printJSON(["plugin": Plugin.name, "folder": plugin, "outcome": outcome]) }
        print(
            "plugin \(Plugin.name) \(outcome)\(outcome.hasPrefix("installed") ? "; undo with 'holdfast hooks uninstall'" : "")"
        )
    }
}

/// The plugin, as Claude Code knows it.
enum Plugin {
    static let marketplace = "holdfast"
    static let name = "holdfast@holdfast"

    /// `PREFIX/share/holdfast/plugin`, seen from `PREFIX/bin/holdfast`.
    static var folder: String? {
        guard let own = CompanionStarter.executable("holdfast"), let slash = own.lastIndex(of: "/") else { return nil }
        return Files.realPath(own[..<slash] + "/../share/holdfast/plugin")
    }

    static func isInstalled() throws -> Bool {
        let list = try claude(["list", "--json"])
        guard let start = list.firstIndex(of: "["), let json = try? JSONValue(parsing: String(list[start...])),
            case .array(let plugins) = json
        else { return list.contains(name) }
        return plugins.contains {
            if case .object(let plugin) = $0 {
                plugin["id"] == .string(name) && plugin["enabled"] != .bool(false)
            } else {
                false
            }
        }
    }

    /// Runs `claude plugin …`.
    /// - Parameter mayFailWith: what a failure that does no harm says.
    @discardableResult
    static func claude(_ arguments: [String], mayFailWith harmless: String? = nil) throws -> String {
        guard let result = Program.run(["claude", "plugin"] + arguments, environment: Settings.processEnvironment)
        else {
            throw Failure(.no, "claude is not on PATH; install Claude Code, then run 'holdfast hooks install'")
        }
        guard result.exitCode == 0 || harmless.map({ result.output.lowercased().contains($0) }) ?? false else {
            throw Failure(
                .no, "'claude plugin \(arguments.joined(separator: " "))' failed: \(result.output.prefix(500))")
        }
        return result.output
    }
}
