internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Snapshots of archive, Redis keys, configuration and what the vault held; and back to them.",
        discussion: """
            The companion makes one every hour in which something changed. 24 hourly, 7 daily and 4 weekly ones stay.

            Example:
              holdfast checkpoint list
            """,
        subcommands: [
            CheckpointListCommand.self, CheckpointCreateCommand.self, CheckpointShowCommand.self,
            CheckpointRestoreCommand.self, CheckpointPruneCommand.self,
        ],
        defaultSubcommand: CheckpointListCommand.self
    )
}

struct CheckpointListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The checkpoints that there are, the latest first.",
        discussion: """
            Example:
              holdfast checkpoint list --json
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let rows = try Workplace().checkpoints()
            if output.json { return try Terminal.printJSON(rows) }
            guard !rows.isEmpty else {
                return Terminal.say(
                    "no checkpoint yet; the companion makes one within the hour, 'holdfast checkpoint create' now")
            }
            Terminal.printTable(
                rows.map { row in
                    if let error = row.error { return [row.id, "-", "-", "-", "-", "-", "-", error] }
                    return [
                        row.id, Terminal.away(row.made_at), row.reason.replacing("_", with: " "), row.stays_as,
                        "\(row.episodes)", "\(row.keys)", Terminal.bytes(row.bytes), Terminal.bytes(row.written_bytes),
                    ]
                }, head: ["ID", "MADE", "WHY", "STAYS AS", "EPISODES", "KEYS", "BYTES", "NEW"])
        }
    }
}

struct CheckpointCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes a checkpoint of what there is now.",
        discussion: """
            Example:
              holdfast checkpoint create
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let row = try Workplace().makeCheckpoint()
            if output.json { return try Terminal.printJSON(row) }
            Terminal.say(
                "\(row.id): \(counted(row.episodes, "episode")), \(counted(row.keys, "key")), \(Terminal.bytes(row.bytes)), \(Terminal.bytes(row.written_bytes)) of it new"
            )
        }
    }
}

struct CheckpointShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "What a checkpoint holds, and whether all of it is what was kept; exits 1 where not.",
        discussion: """
            Example:
              holdfast checkpoint show 20261129T14
            """)

    @Argument(help: "Its ID, or the first characters of it.")
    var id: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let detail = try Workplace().checkpoint(id)
            if output.json {
                try Terminal.printJSON(detail)
            } else {
                Terminal.say(
                    "\(detail.id), made \(Terminal.away(detail.made_at)) on \(detail.host) by \(detail.version)")
                Terminal.printTable(
                    detail.parts.map { [$0.name, Terminal.bytes($0.bytes), counted($0.blocks, "block")] })
                Terminal.say(
                    "\(counted(detail.episodes, "episode")), \(counted(detail.memories, "memory")), \(detail.has_keys ? counted(detail.keys, "key") : "no keys: Redis was away"), \(counted(detail.packs, "pack")) of the vault (\(Terminal.bytes(detail.pack_bytes))) named"
                )
                for damage in detail.damaged_blocks { Terminal.say(damage) }
            }
            if !detail.damaged_blocks.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

struct CheckpointRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Gives back what a checkpoint holds; without --yes it only says what that would be.",
        discussion: """
            Nothing newer is taken away: keys come back that are missing or older, the archive with all that can be read of \
            the one that is there, and what came after is captured again. What is there is kept in a checkpoint before.

            Example:
              holdfast checkpoint restore 20261129T14 --yes
            """)

    @Argument(help: "Its ID, or the first characters of it.")
    var id: String

    @Flag(help: "Do it; the companion is stopped meanwhile.")
    var yes = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            let answer = try yes ? place.restoreCheckpoint(id) : place.previewCheckpoint(id)
            if output.json { return try Terminal.printJSON(answer) }
            for line in Self.lines(answer) { Terminal.say(line) }
        }
    }

    private static func lines(_ answer: CheckpointReturn) -> [String] {
        let keys = answer.keys
        var lines = [
            "\(answer.id), made \(Terminal.away(answer.made_at))\(answer.is_dry_run ? "; this is what --yes would do" : "")",
            "keys: \(keys.missing) missing, \(keys.replaced) older or cursors that go back, \(keys.members) members missing, \(keys.there) as they are or younger",
        ]
        if let archive = answer.archive {
            let moved = archive.moved_to.map { "; the other lies in \($0) and is read into it" } ?? ""
            lines.append("archive: \(counted(archive.episodes, "episode")) for \(archive.episodes_now) now\(moved)")
        }
        lines += answer.files.map { "\($0.path): \($0.state)" }
        if !answer.missing_packs.isEmpty {
            lines.append("packs of the vault that are gone since: \(answer.missing_packs.joined(separator: ", "))")
        }
        if let before = answer.before { lines.append("what was there is checkpoint \(before)") }
        return lines
    }
}

struct CheckpointPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Takes away the checkpoints that need not stay; the companion does this hourly.",
        discussion: """
            Example:
              holdfast checkpoint prune
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let gone = try Workplace().pruneCheckpoints()
            if output.json { return try Terminal.printJSON(gone) }
            Terminal.say("\(counted(gone.count, "checkpoint")) taken away")
        }
    }
}
