internal import ArgumentParser
internal import Domain
internal import Operations

struct RemoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote",
        abstract: "A second copy of all that is kept, encrypted, in a git repository or a folder; and back from it.",
        discussion: """
            'holdfast remote key --make', then set remote.url. The companion keeps it up.

            Example:
              holdfast remote status
            """,
        subcommands: [
            RemoteStatusCommand.self, RemoteKeyCommand.self, RemoteSyncCommand.self, RemoteConflictsCommand.self,
            RemoteCloneCommand.self,
        ],
        defaultSubcommand: RemoteStatusCommand.self
    )
}

struct RemoteStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How far the second copy is behind, and why; exits 1 where a sync failed last.",
        discussion: """
            Example:
              holdfast remote status --ask
            """)

    @Flag(help: "Ask the remote, too.")
    var ask = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace(), asks = ask
            let status = try Waiting.run { try await place.remoteStatus(asks: asks) }
            if output.json { try Terminal.printJSON(status) } else { show(status) }
            if status.failures > 0 || status.error != nil { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    private func show(_ status: RemoteStatus) {
        guard !status.url.isEmpty else {
            return Terminal.say("no second copy is set: remote.url in holdfast.json names one")
        }
        let clear =
            status.encrypted
            ? status.key.map { "by key \($0)" } ?? "no key yet: 'holdfast remote key --make'"
            : "no, it lies there in clear"
        var rows = [
            ["copy", status.url], ["mode", status.mode], ["encrypted", clear],
            ["last success", Terminal.away(status.last_success)],
            ["lacks", "\(counted(status.lacking_items, "item")), \(Terminal.bytes(status.lacking_bytes))"],
        ]
        if let lag = status.lag_seconds { rows.append(["behind by", Timestamp(0).age(Timestamp(Int64(lag * 1000)))]) }
        if status.failures > 0 {
            rows.append([
                "failed", "\(counted(status.failures, "time")) in a row; next try \(Terminal.away(status.next_try))",
            ])
        }
        if let error = status.error ?? status.last_error { rows.append(["error", error]) }
        if let hosts = status.hosts {
            rows.append(["hosts there", hosts.isEmpty ? "none yet" : hosts.joined(separator: ", ")])
        }
        Terminal.printTable(rows)
    }
}

struct RemoteKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "The keys of the second copy: shown by their marks, made, or a new one put before them.",
        discussion: """
            The file is remote.key beside holdfast.json, or remote.key_file. Keep it elsewhere too.

            Example:
              holdfast remote key --make
            """)

    @Flag(help: "Make the file with a first key; one that is there stays.")
    var make = false

    @Flag(help: "Put a new key before those that are there, which go on opening what they closed.")
    var rotate = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if make && rotate { throw ValidationError("give one of --make and --rotate") }
    }

    func run() throws {
        try reporting {
            let key = try Workplace().remoteKey(make ? .make : rotate ? .rotate : .show)
            if output.json { return try Terminal.printJSON(key) }
            Terminal.say("\(key.file): \(key.marks.joined(separator: ", ")) (\(key.outcome))")
            Terminal.warn(key.warning)
        }
    }
}

struct RemoteSyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Sends what the second copy lacks; exits 1 where that fails, and nothing is lost then.",
        discussion: """
            Example:
              holdfast remote sync --force
            """)

    @Flag(help: "Now, whatever the last tries came to and remote.mode says.")
    var force = false

    @Flag(help: "Also take out what is gone here, where that is most of a kind.")
    var emptying = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace(), isForced = force, isEmptying = emptying
            let answer = try Waiting.run { try await place.syncRemote(isForced: isForced, isEmptying: isEmptying) }
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                Terminal.say(
                    "\(answer.outcome): \(counted(answer.sent_items, "item")) sent, \(Terminal.bytes(answer.sent_bytes)) in \(Terminal.bytes(answer.stored_bytes)), \(answer.removed_items) removed, \(answer.lacking_items) lacking, \(counted(answer.conflicts, "conflict"))"
                )
                if answer.withheld_removals > 0 {
                    Terminal.say(
                        "\(counted(answer.withheld_removals, "item")) are gone here, and their copies are kept: that looks like a loss. --emptying takes them out."
                    )
                }
                if let error = answer.error { Terminal.complain(error) }
            }
            if !answer.succeeded { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

struct RemoteConflictsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "What hosts do not agree on, and by which rule it was decided until somebody else does.",
        discussion: """
            Example:
              holdfast remote conflicts resolve 3f2a --keep both
            """,
        subcommands: [RemoteConflictListCommand.self, RemoteResolveCommand.self],
        defaultSubcommand: RemoteConflictListCommand.self
    )
}

struct RemoteConflictListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The conflicts that there are.",
        discussion: """
            Example:
              holdfast remote conflicts list
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            let rows = try Waiting.run { try await place.remoteConflicts() }
            if output.json { return try Terminal.printJSON(rows) }
            guard !rows.isEmpty else { return Terminal.say("no conflicts") }
            Terminal.printTable(
                rows.map { row in
                    let sides = row.sides.map {
                        "\($0.hosts.joined(separator: " and ")) \($0.is_removal ? "removed it " : "")\(Terminal.away($0.changed_at))"
                    }
                    return [row.id, row.thing, row.rule, sides.joined(separator: "; ")]
                }, head: ["ID", "WHAT", "DECIDED BY", "SIDES, THE ONE THAT COUNTS FIRST"])
        }
    }
}

struct RemoteResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Decides a conflict for all hosts.",
        discussion: """
            Example:
              holdfast remote conflicts resolve 3f2a --keep local
            """)

    @Argument(help: "The ID of a conflict, or the first characters of it.")
    var id: String

    @Option(help: "Whose version counts: local, remote or both.")
    var keep: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace(), id = id, keep = keep
            try Waiting.run { try await place.resolveRemote(id, keep: keep) }
            let left = try Waiting.run { try await place.remoteConflicts() }
            if output.json { return try Terminal.printJSON(left) }
            Terminal.say("decided; \(counted(left.count, "conflict")) left")
        }
    }
}

struct RemoteCloneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone",
        abstract: "Gives everything back that a second copy holds: archive, vault, conversations, sessions.",
        discussion: """
            For a host that has nothing yet, with the key file in its place; what is here stays. 'holdfast up' then takes in \
            what came, and 'holdfast vault restore KEY' has a session go on here.

            Example:
              holdfast remote clone git@github.com:me/kept.git
            """)

    @Argument(help: "A git remote or a folder; left out: remote.url.")
    var url: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace(), url = url
            let answer = try Waiting.run { try await place.cloneRemote(url) }
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                let kinds = answer.came_back.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
                Terminal.say(
                    "\(counted(answer.items, "item")), \(Terminal.bytes(answer.bytes)) of \(answer.hosts.joined(separator: ", ")): \(kinds.joined(separator: ", ")); \(counted(answer.keys, "key")) in Redis"
                )
                for failure in answer.failures { Terminal.say("does not come back: \(failure)") }
                if !answer.locked.isEmpty {
                    Terminal.say("closed with keys that are not here: \(answer.locked.joined(separator: ", "))")
                }
            }
            if !answer.is_whole { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}
