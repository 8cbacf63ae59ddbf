internal import ArgumentParser
internal import Glibc
internal import Operations
internal import Platform

struct ConversationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversation",
        abstract: "What was said last under a dispatch key: shows it, adds to it, takes it along.",
        discussion: """
            For bots and orchestrators that keep no session of Claude Code, too. What is added loses its secrets.

            Example:
              holdfast conversation context bot/chat-7
            """,
        subcommands: [
            AddMessageCommand.self, ContextCommand.self, List.self, Show.self, ExportConversationsCommand.self,
            ImportConversationsCommand.self, Clear.self, Health.self,
        ]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists conversations, those spoken in last first.",
            discussion: """
                Example:
                  holdfast conversation list bot/ --json
                """)

        @Argument(help: "Only keys that begin so.", completion: Completing.key)
        var search = ""

        @Option(help: "How many at most, 1 to 10000.")
        var limit = 50

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let page = try Workplace().conversations(search: search, limit: limit)
                if output.json { return try Terminal.printJSON(page) }
                guard page.total > 0 else { return Terminal.say("no conversations") }
                let rows = page.conversations.map { row in
                    [
                        String(row.messages), Terminal.away(row.newest_at),
                        Terminal.away(row.expires_at),
                        row.dispatch_key,
                    ]
                }
                Terminal.printTable(rows, head: ["MESSAGES", "LAST SAID", "EXPIRES", "DISPATCH KEY"])
                if let next = page.next_offset { Terminal.complain("\(next) of \(page.total) shown; see --limit") }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Prints all that is at hand of a conversation, the oldest first.",
            discussion: """
                Example:
                  holdfast conversation show bot/chat-7
                """)

        @Argument(help: "The dispatch key.", completion: Completing.key)
        var key: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let conversation = try Workplace().conversation(key)
                if output.json { return try Terminal.printJSON(conversation) }
                for message in conversation.messages {
                    let session = message.session_id.map { "  session \($0)" } ?? ""
                    Terminal.say("\(message.role), \(Terminal.away(message.at))\(session)")
                    Terminal.show(message.text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
                }
            }
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear",
            abstract: "Ends a conversation: nothing of it is at hand any more, or carried over.",
            discussion: """
                Example:
                  holdfast conversation clear bot/chat-7
                """)

        @Argument(help: "The dispatch key.", completion: Completing.key)
        var key: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let cleared = try Workplace().clearConversation(key)
                if output.json { return try Terminal.printJSON(cleared) }
                Terminal.say("cleared the conversation of \(cleared.dispatch_key)")
            }
        }
    }

    struct Health: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "health",
            abstract: "How many there are, how old and how large, and how many expire.",
            discussion: """
                Example:
                  holdfast conversation health --json
                """)

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let health = try Workplace().conversationHealth()
                if output.json { return try Terminal.printJSON(health) }
                Terminal.printTable([
                    ["conversations", String(health.conversations)], ["messages", String(health.messages)],
                    ["oldest", Terminal.away(health.oldest_at)],
                    ["newest", Terminal.away(health.newest_at)],
                    ["size", health.bytes.map { "\(Terminal.bytes($0)) in Redis" } ?? "not told"],
                    ["expiring", "\(health.expiring) within an hour"],
                    ["next expiry", Terminal.away(health.next_expiry_at)],
                ])
            }
        }
    }
}
