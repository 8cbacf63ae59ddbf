internal import Domain
internal import Operations
internal import Settings
internal import Storage

struct EpisodeTools {
    let place: ToolPlace

    var all: [Tool] { [retry, discard] }

    private static let members: [String: JSONValue] = [
        "episode_id": JSONSchema.string(), "error": JSONSchema.string(), "class": JSONSchema.string(),
        "message": JSONSchema.string(),
        "retry_count": JSONSchema.integer(), "attempts": JSONSchema.integer("Workers that died while they had it."),
        "next_retry": JSONSchema.orNull(ToolSet.time), "failed_at": JSONSchema.orNull(ToolSet.time),
        "dead": JSONSchema.boolean(),
        "dispatch_key": JSONSchema.string(), "session_id": JSONSchema.string(),
        "session_file": JSONSchema.string("The transcript it was captured from."), "group_id": JSONSchema.string(),
    ]

    /// What was said stands there only where it was asked for.
    static let failure = JSONSchema.object(
        members.merging(["raw_content": JSONSchema.string("What was said, as JSON lines: a quotation.")]) { $1 },
        required: members.keys.sorted())

    private var retry: Tool {
        Tool(
            name: "retry_episodes", title: "Retry episodes",
            description: "Makes failed episodes due now; those given up for good get all their retries anew.",
            inputSchema: JSONSchema.object(["episode_ids": JSONSchema.array(of: ToolSet.episode, count: 1...1000)]),
            outputSchema: JSONSchema.object([
                "episodes": JSONSchema.array(
                    of: JSONSchema.object([
                        "episode_id": JSONSchema.string(),
                        "state": JSONSchema.string(
                            "leased: it is being worked on; gone: it is not in the queue.",
                            oneOf: ["scheduled", "leased", "discarded", "gone"]),
                    ]))
            ]), annotations: ToolAnnotations(readOnly: false, idempotent: true), deadline: .seconds(30)
        ) { [place] (arguments, _) throws(ToolError) in
            let ids = try arguments.strings("episode_ids")
            return try place.answer(Self.text) { try $0.retry(ids) }
        }
    }

    private static func text(_ answer: RetryAnswer) -> String {
        let others = answer.episodes.filter { $0.state != .scheduled }.map { "\($0.episode_id): \($0.state.rawValue)" }
        return (["\(answer.dueCount) of \(answer.episodes.count) due now."] + others).joined(separator: "\n")
    }

    private var discard: Tool {
        Tool(
            name: "discard_episode", title: "Discard an episode",
            description: "Gives up an episode: no memory is made of it and it never comes back to the queue.",
            inputSchema: JSONSchema.object(["episode_id": ToolSet.episode]),
            outputSchema: JSONSchema.object(["episode_id": JSONSchema.string(), "discarded": JSONSchema.boolean()]),
            annotations: ToolAnnotations(readOnly: false, destructive: true, idempotent: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let id = try arguments.string("episode_id")
            return try place.answer({ "Discarded \($0.episode_id)." }) { place -> DiscardedEpisode in
                try place.discard(id)
            }
        }
    }
}
