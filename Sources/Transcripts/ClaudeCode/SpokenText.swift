internal import Domain

/// What of a user entry's text a person typed. Claude Code writes commands, their output, reminders and reports of
/// background tasks as user text too, each under a tag of its own.
enum SpokenText: Equatable {
    /// Starts a turn.
    case prompt(String)
    /// A slash command or a shell command, as it was typed. Starts no turn.
    case command(String)
    case notice(String)
    /// Nobody said it.
    case machine

    init(_ text: String) {
        let trimmed = text.drop { $0.isWhitespace }
        switch true {
        case trimmed.isEmpty: self = .machine
        case trimmed.hasPrefix("[Request interrupted by user"): self = .notice("interrupted by the user")
        case trimmed.hasPrefix("Caveat: The messages below were generated"): self = .machine
        case trimmed.hasPrefix("<"): self = Self.tagged(trimmed) ?? .prompt(text)
        default: self = .prompt(text)
        }
    }

    private static func tagged(_ text: Substring) -> SpokenText? {
        if text.hasPrefix("<command-name>") || text.hasPrefix("<command-message>") {
            let name = inside("command-name", of: text) ?? inside("command-message", of: text) ?? ""
            let arguments = inside("command-args", of: text) ?? ""
            let slash = name.hasPrefix("/") ? "" : "/"
            return .command(slash + name + (arguments.isEmpty ? "" : " " + arguments))
        }
        if text.hasPrefix("<bash-input>") { return .command("! " + (inside("bash-input", of: text) ?? "")) }
        if text.hasPrefix("<user-memory-input>") {
            return .command("# " + (inside("user-memory-input", of: text) ?? ""))
        }
        if text.hasPrefix("<task-notification>") {
            return .notice(inside("summary", of: text).map { "background task: " + $0 } ?? "background task ended")
        }
        if text.hasPrefix("<fork-boilerplate>") {
            // What a fork is told about itself is the client's, and its task the model's.
            let bytes = Array(text.utf8)
            let task = bytes[...].position(behind: "</fork-boilerplate>").map { end in
                String(decoding: bytes[end...].drop { $0 <= 32 }, as: UTF8.self)
            }
            return task.flatMap { $0.isEmpty ? nil : .notice("a fork's task: " + $0) } ?? .machine
        }
        if text.hasPrefix("<objective>") { return .notice(String(text)) }
        let machines = [
            "<local-command-", "<bash-stdout>", "<bash-stderr>", "<ide_", "<ide>", "<ide-", "<system-reminder>",
        ]
        return machines.contains { text.hasPrefix($0) } ? .machine : nil
    }

    private static func inside(_ tag: String, of text: Substring) -> String? {
        let bytes = Array(text.utf8)
        guard let start = bytes[...].position(behind: "<\(tag)>"),
            let end = bytes[start...].position(behind: "</\(tag)>")
        else { return nil }
        return String(decoding: bytes[start..<end - tag.utf8.count - 3], as: UTF8.self)
    }
}
