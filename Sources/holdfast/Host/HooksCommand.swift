internal import ArgumentParser
internal import Domain
internal import Operations

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
            commandName: "install",
            abstract: "Registers the plugin with the claude on PATH; a second call changes nothing.",
            discussion: """
                Example:
                  holdfast hooks install
                """)
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let isGuarding = try Workplace.evenMisconfigured().guardsTools
                let (folder, wasThere) = try Plugin.install(guarding: isGuarding)
                try HooksCommand.say(wasThere ? "installed already" : "installed", folder, output)
            }
        }
    }

    struct Uninstall: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "uninstall",
            abstract: "Takes the plugin out of Claude Code. What is recorded stays.",
            discussion: """
                Example:
                  holdfast hooks uninstall
                """)
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                try Plugin.uninstall()
                try HooksCommand.say("uninstalled", Plugin.folder ?? "", output)
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract:
                "Whether the plugin is installed, and when a hook fired last. Exits 1 when it is not, or no hook can fire.",
            discussion: """
                Example:
                  holdfast hooks status
                """)
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let place = try Workplace.evenMisconfigured()
                let isInstalled = try Plugin.isInstalled()
                let isUnguarded = try place.guardsTools && !Plugin.isInstalled(Plugin.guardName)
                let last = try place.status().capture.last_hook
                let version = ClientVersion.installed()
                let isTooOld = version?.isTooOld ?? false
                if output.json {
                    try Terminal.printJSON([
                        "installed": isInstalled ? "yes" : "no", "last_fired_at": last?.text ?? "never",
                        "guards_tools": isUnguarded ? "no" : place.guardsTools ? "yes" : "not wanted",
                        "client": version?.description ?? "unknown", "client_fires_hooks": isTooOld ? "no" : "yes",
                    ])
                } else {
                    Terminal.say(
                        "plugin \(isInstalled ? "installed" : "not installed; run 'holdfast hooks install'"), last hook \(Terminal.away(last))"
                    )
                }
                if isUnguarded {
                    Terminal.complain(
                        "tools.guard is deny, and the plugin \(Plugin.guardName) is not installed; run 'holdfast hooks install'"
                    )
                }
                if isTooOld, let version { Terminal.complain("\(version.words); \(ClientVersion.remedy)") }
                if !isInstalled || isTooOld || isUnguarded { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }

    private static func say(_ outcome: String, _ plugin: String, _ output: OutputOptions) throws {
        if output.json { return try Terminal.printJSON(["plugin": Plugin.name, "folder": plugin, "outcome": outcome]) }
        Terminal.say(
            "plugin \(Plugin.name) \(outcome)\(outcome.hasPrefix("installed") ? "; undo with 'holdfast hooks uninstall'" : "")"
        )
    }
}
