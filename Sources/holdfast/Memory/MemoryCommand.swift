internal import Archive
internal import ArgumentParser
internal import Domain
internal import Storage

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

extension Workplace {
    /// The archive, to be read.
    /// - Throws: when there is none yet.
    func archive() throws -> Archive {
        let path = settings.archivePath(host: host)
        guard let archive = try Archive.openReadOnly(path: path) else {
            throw Failure(.no, "nothing is archived yet at \(path); the companion does it: 'holdfast up'")
        }
        return archive
    }

    /// The archive, if there is one and it can be read.
    var archiveIfAny: Archive? { (try? Archive.openReadOnly(path: settings.archivePath(host: host))) ?? nil }
}

/// What a person may limit a search or an export to.
struct MemoryScope: ParsableArguments {
    @Option(help: "Only this dispatch key, or all keys of this agent.")
    var key: String?

    @Option(help: "Only the last hours, days or weeks: 12h, 30d, 2w.")
    var since: String?

    /// ms since 1970.
    func sinceMilliseconds() throws -> Int64? {
        try since.map { HostClock.wallMilliseconds - (try SyncCommand.milliseconds($0)) }
    }
}

/// A memory as JSON of the command line: one shape for search, show and add.
struct MemoryView: Encodable {
    let title: String
    let summary: String
    let decisions: [String]
    let files: [String]
    let commands: [String]
    let open_questions: [String]
    let entities: [Memory.Entity]
    let relations: [Memory.Relation]
    let provider: String
    let model: String
    let made_at: String

    init(_ stored: StoredMemory) {
        title = stored.memory.title
        summary = stored.memory.summary
        decisions = stored.memory.decisions
        files = stored.memory.files
        commands = stored.memory.commands
        open_questions = stored.memory.openQuestions
        entities = stored.memory.entities
        relations = stored.memory.relations
        provider = stored.maker.provider
        model = stored.maker.model
        made_at = ISOTime.text(stored.madeMilliseconds)
    }

    var lines: [String] {
        var lines = [title, "", summary]
        for (name, items) in [
            ("Decisions", decisions), ("Files", files), ("Commands", commands), ("Open questions", open_questions),
        ] where !items.isEmpty {
            lines += ["", "\(name):"] + items.map { "- \($0)" }
        }
        return lines
    }
}
