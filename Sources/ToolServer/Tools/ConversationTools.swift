internal import Domain
internal import Operations

struct ConversationTools {
    let place: ToolPlace

    var all: [Tool] { [get, add] }

    private static let message = JSONSchema.object([
        "id": JSONSchema.string(), "role": role, "at": ToolSet.time,
        "session_id": JSONSchema.orNull(JSONSchema.string("Of Claude Code, where it was said in one.")),
        "text": JSONSchema.string(),
    ])

    private static let role = JSONSchema.string(oneOf: ConversationMessage.Role.allCases.map(\.rawValue))

    private var get: Tool {
        Tool(
            name: "get_conversation", title: "Read a conversation",
            description: """
                What was said last under a dispatch key: whole messages, the oldest first, within the limits. Without messages \
                where nothing was.
                """,
            inputSchema: JSONSchema.object(
                [
                    "dispatch_key": ToolSet.key,
                    "max_messages": JSONSchema.integer("How many at most.", in: ContextView.allowedMessages),
                    "max_chars": JSONSchema.integer("How many characters at most.", in: ContextView.allowedCharacters),
                ], required: ["dispatch_key"]),
            outputSchema: JSONSchema.object([
                "dispatch_key": JSONSchema.string(), "characters": JSONSchema.integer("Of the text."),
                "text": JSONSchema.string("The messages, each behind its role."),
                "messages": JSONSchema.array(of: Self.message), "quotation": ToolSet.quotationSchema,
            ]), annotations: ToolAnnotations(readOnly: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let key = try arguments.string("dispatch_key")
            return try place.quote({ $0.messages.isEmpty ? "Nothing was said." : $0.text }) { place in
                try place.context(
                    key, maxMessages: arguments.optionalInt("max_messages"),
                    maxCharacters: arguments.optionalInt("max_chars"))
            }
        }
    }

    private var add: Tool {
        Tool(
            name: "add_message", title: "Add a message",
            description: """
                Adds a message to the conversation of a dispatch key, without the secrets in it. For what was said outside of \
                Claude Code: what sessions say is captured by itself.
                """,
            inputSchema: JSONSchema.object(
                [
                    "dispatch_key": ToolSet.key, "role": Self.role,
                    "text": JSONSchema.string("What was said.", length: 1...1_000_000),
                    "session_id": JSONSchema.string("Of Claude Code, where it was said in one.", length: 1...128),
                    "at": JSONSchema.string("When it was said, ISO 8601 in UTC. Left out: now.", length: 20...30),
                ], required: ["dispatch_key", "role", "text"]),
            outputSchema: JSONSchema.object([
                "dispatch_key": JSONSchema.string(),
                "outcome": JSONSchema.string(
                    "known: it stands there already; too_old: it was said before all that is kept; forgotten: as it says.",
                    oneOf: AddedMessage.Outcome.allCases.map(\.rawValue)),
                "id": JSONSchema.string(), "role": Self.role, "at": ToolSet.time,
                "session_id": JSONSchema.orNull(JSONSchema.string()),
                "characters": JSONSchema.integer("Of the text as it is kept."),
            ]), annotations: ToolAnnotations(readOnly: false), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let (key, role, text) = (
                try arguments.string("dispatch_key"), try arguments.string("role"), try arguments.string("text")
            )
            return try place.answer({ "\($0.outcome.rawValue): \($0.sentence)." }) { place in
                try place.add(
                    try OfferedMessage(
                        role: role, text: text, session: arguments.optionalString("session_id"),
                        at: arguments.optionalString("at")),
                    toConversation: key)
            }
        }
    }
}
