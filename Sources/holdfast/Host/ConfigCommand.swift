internal import ArgumentParser
internal import CompanionProgram
internal import Domain
internal import LanguageModel
internal import Operations
internal import Platform
internal import Settings
internal import Storage

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Checks, shows, begins and renews the configuration.",
        discussion: """
            Example:
              holdfast config init
            """,
        subcommands: [Check.self, Show.self, Init.self, Migrate.self, ACL.self],
        defaultSubcommand: Show.self
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Reads files and environment; exits 78 and says what is wrong.",
            discussion: """
                Example:
                  holdfast config check
                """)
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let settings = try Settings.load()
                try settings.checkRedisLogin()
                if let fault = HoldfastCompanion.relayFault(in: settings) {
                    throw Failure(.configuration, fault, remedy: "name a PEM file that the companion may read")
                }
                try settings.checkProvider()
                _ = try settings.trackingRules()
                _ = try settings.toolPolicies()
                _ = try settings.sinks()
                let kind = settings.configuration.provider.kind.rawValue
                let key = ProviderKey(settings).words(isMissing: ProviderKey.isMissing(settings))
                if output.json {
                    return try Terminal.printJSON([
                        "config_dir": settings.configFolder, "outcome": "ok", "provider": kind, "key": key,
                    ])
                }
                Terminal.say("configuration is fine (\(settings.configFolder))")
                // Whoever keeps a file of three lines wants no others in it; a file that 'init' wrote was to have all.
                if let migration = try ConfigurationMigration.plan(in: settings.configFolder), migration.saysItsForm,
                    let first = migration.added.first
                {
                    let more = migration.added.count - 1
                    Terminal.say(
                        "not in the file yet: \(first)\(more == 0 ? "" : " and \(more) more"); 'holdfast config migrate' adds what is new"
                    )
                }
                if !key.isEmpty { Terminal.say("provider \(kind): \(key)") }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "The settings in force, after files and environment.",
            discussion: """
                Example:
                  holdfast config show --json
                """)
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let settings = try Settings.load()
                var rows = Setting.all.map { setting in
                    let value = setting.value(in: settings.configuration)
                    return (setting.path, setting.holdsSecret && value != setting.standard ? .string("(set)") : value)
                }
                // A URL may hold a password.
                if !settings.configuration.usesEmbeddedRedis, let url = try? settings.redisURL() {
                    rows = rows.map { $0.0 == "redis.url" ? ($0.0, .string(url.upstream ?? "\(url)")) : $0 }
                }
                rows.append(("max_session_age_ms", .number(Double(settings.configuration.ages.standardMilliseconds))))
                for (agent, age) in settings.configuration.ages.byAgentMilliseconds.sorted(by: { $0.key < $1.key }) {
                    rows.append(("agents.\(agent).max_session_age_ms", .number(Double(age))))
                }
                rows += [("config_dir", .string(settings.configFolder)), ("state_dir", .string(settings.state.path))]
                if output.json { return try Terminal.printJSON(Dictionary(rows) { _, last in last }) }
                Terminal.printTable(rows.map { [$0.0, $0.1.text] })
            }
        }
    }

    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init",
            abstract:
                "Writes holdfast.json, agents.json and tools.json with every default and why; leaves existing files alone.",
            discussion: """
                Example:
                  holdfast config init
                """)
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let folder = Settings(environment: Settings.processEnvironment).configFolder
                let outcomes = try Setting.begin(in: folder).map { ($0.path, $0.isNew ? "written" : "kept") }
                if output.json { return try Terminal.printJSON(Dictionary(outcomes) { first, _ in first }) }
                for (path, outcome) in outcomes { Terminal.say("\(outcome)  \(path)") }
            }
        }
    }

    struct ACL: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "acl",
            abstract: "Prints the line that gives a user of a Redis all that Holdfast needs there, and no more.",
            discussion: """
                Put a password in the place of PASSWORD, and say it to the server as one who may.

                Example:
                  holdfast config acl --user holdfast
                """)
        @Option(help: "The user's name.") var user = "holdfast"
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !user.isEmpty, !user.contains(where: \.isWhitespace) else {
                throw ValidationError("--user takes a name without spaces")
            }
        }

        func run() throws {
            try reporting {
                let namespace = Settings.processEnvironment["HOLDFAST_NAMESPACE"] ?? "holdfast"
                let line = AccessRule.line(user: user, namespace: namespace)
                if output.json { return try Terminal.printJSON(["rule": line]) }
                Terminal.say(line)
            }
        }
    }

    struct Migrate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "migrate",
            abstract: "Brings holdfast.json to this version's form: its values stay, new settings come with why.",
            discussion: """
                What the file was lies beside it then, as holdfast.json.old-1; comments of your own stay there.

                Example:
                  holdfast config migrate --dry-run
                """)
        @Flag(help: "Only tell what would be added.") var dryRun = false
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let folder = Settings(environment: Settings.processEnvironment).configFolder
                guard let migration = try ConfigurationMigration.plan(in: folder) else {
                    throw Failure(
                        .no, "there is no \(folder)/holdfast.json, and the defaults hold",
                        remedy: "'holdfast config init' begins one")
                }
                let old = migration.isNeeded && !dryRun ? try migration.carryOut() : nil
                let outcome = !migration.isNeeded ? "kept" : dryRun ? "dry_run" : "written"
                if output.json {
                    return try Terminal.printJSON(
                        Report(path: migration.path, outcome: outcome, added: migration.added, before: old))
                }
                for path in migration.added { Terminal.say("\(dryRun ? "would add" : "added")  \(path)") }
                switch (migration.isNeeded, old) {
                case (false, _): Terminal.say("\(migration.path) is of this version's form")
                case (true, nil): Terminal.say("would write \(migration.path) anew; your values stay")
                case (true, let old?): Terminal.say("written: \(migration.path); what it was: \(old)")
                }
            }
        }

        private struct Report: Encodable {
            let path, outcome: String
            let added: [String]
            let before: String?
        }
    }
}
