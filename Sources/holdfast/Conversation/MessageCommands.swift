internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform

struct AddMessageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a message to the conversation of a dispatch key.",
        discussion: """
            The same message, said at the same time, is added once, so with --at a call may be repeated. Exits 1 where it was
            said before all that is kept, or is forgotten ('holdfast forget').

            Example:
              holdfast conversation add bot/chat-7 --role user 'Hello'
              ./answer | holdfast conversation add bot/chat-7 --role assistant -
            """
    )

    @Argument(help: "The dispatch key.", completion: Completing.key)
    var key: String

    @Argument(help: "The text; '-', or none, reads stdin.")
    var text: [String] = []

    @Option(help: "Who said it: user or assistant.", completion: .list(["user", "assistant"]))
    var role: String

    @Option(help: "The session of Claude Code it was said in.", completion: Completing.session)
    var session: String?

    @Option(help: "When it was said, ISO 8601 in UTC; now where left out.")
    var at: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard ["user", "assistant"].contains(role) else {
            throw ValidationError("--role is '\(role)'; allowed: user, assistant")
        }
    }

    func run() throws {
        try reporting {
            let place = try Workplace()
            var said = text.joined(separator: " ")
            if text.isEmpty || said == "-" {
                said = String(decoding: try StandardInput.read(.remark, limit: 16 << 20), as: UTF8.self)
                // A program ends its output with it; nobody said it.
                if said.last?.isNewline == true { said.removeLast() }
            }
            let answer = try place.add(
                try OfferedMessage(role: role, text: said, session: session, at: at), toConversation: key)
            if output.json {
                try Terminal.printJSON(answer)
            } else if answer.isKept {
                return Terminal.say(answer.sentence)
            } else {
                Terminal.complain(answer.sentence)
            }
            if !answer.isKept { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }
}

struct ContextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Prints the last messages of a conversation, to be put before a prompt.",
        discussion: """
            Whole messages, the oldest first, each behind its role. Left out limits are those of
            conversations.max_context_messages and conversations.max_context_chars. Prints nothing and exits 1 where nothing was said.

            Example:
              holdfast conversation context bot/chat-7 --max-messages 10 --max-chars 2000
            """
    )

    @Argument(help: "The dispatch key.", completion: Completing.key)
    var key: String

    @Option(help: "Messages at most, 1 to 1000.")
    var maxMessages: Int?

    @Option(help: "Characters at most, 100 to 1000000.")
    var maxChars: Int?

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let context = try Workplace().context(key, maxMessages: maxMessages, maxCharacters: maxChars)
            if output.json {
                try Terminal.printJSON(context)
            } else if !context.messages.isEmpty {
                try Terminal.pass(Array((context.text + "\n").utf8))
            }
            guard !context.messages.isEmpty else {
                if !output.json {
                    Terminal.complain("nothing is at hand of what was said under \(context.dispatch_key)")
                }
                throw ExitCode(Failure.Code.no.rawValue)
            }
        }
    }
}

struct ExportConversationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes conversations as JSON lines, an object for each message.",
        discussion: """
            Example:
              holdfast conversation export > conversations.jsonl
            """
    )

    @Argument(help: "Only this dispatch key.", completion: Completing.key)
    var key: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            try Workplace().exportConversations(key) { line in try Terminal.printLine(json: line) }
        }
    }
}

struct ImportConversationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what 'conversation export' wrote, here or elsewhere.",
        discussion: """
            What stands there already is not added twice. A line that is no message is refused with its number and the reason,
            and the others are taken; it exits 65 then. What is forgotten here is left out and counted. A line has
            dispatch_key, role, text, at or id or both, and perhaps session_id.

            Example:
              holdfast conversation import < conversations.jsonl
            """
    )

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let answer = try Workplace().importConversations(try StandardInput.read(.stream, limit: 1 << 30))
            for refusal in answer.refused { Terminal.complain("line \(refusal.line): \(refusal.reason)") }
            let left = answer.forgotten > 0 ? ", \(answer.forgotten) forgotten here" : ""
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                Terminal.say(
                    "\(counted(answer.added, "message")) added to \(counted(answer.conversations, "conversation")), \(answer.not_added) there already or too old, \(answer.refused.count) refused\(left)"
                )
            }
            if !answer.refused.isEmpty { throw ExitCode(Failure.Code.badInput.rawValue) }
        }
    }
}
