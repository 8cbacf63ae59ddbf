internal import Domain
internal import Operations
internal import Settings
internal import Storage

struct EpisodeTools {
    let place: ToolPlace

    var all: [Tool] { [retry, discard] }

    static let failure = Schema.object([
        "episode_id": Schema.string(), "error": Schema.string(), "class": Schema.string(), "message": Schema.string(),
        "retry_count": Schema.integer(), "attempts": Schema.integer("Workers that died while they had it."),
        "next_retry": Schema.orNull(ToolSet.time), "failed_at": Schema.orNull(ToolSet.time), "dead": Schema.boolean(),
        "dispatch_key": Schema.string(), "session_id": Schema.string(),
    ])

    private var retry: Tool {
        Tool(
            name: "retry_episodes", title: "Retry episodes",
            description: "Makes failed episodes due now; those given up for good get all their retries anew.",
            inputSchema: Schema.object(["ids": Schema.array(of: ToolSet.episode, count: 1...1000)]),
            outputSchema: Schema.object([
                "episodes": Schema.array(
                    of: Schema.object([
                        "episode_id": Schema.string(),
                        "state": Schema.string(
                            "leased: it is being worked on; gone: it is not in the queue.",
                            oneOf: ["scheduled", "leased", "discarded", "gone"]),
                    ]))
            ]), annotations: ToolAnnotations(readOnly: false, idempotent: true), deadline: .seconds(30)
        ) { [place] (arguments, _) throws(ToolError) in
            let ids = try arguments.strings("ids")
            return try place.answer({ "\($0.dueCount) of \($0.episodes.count) are due now." }) { try $0.retry(ids) }
        }
    }

    private var discard: Tool {
        Tool(
            name: "discard_episode", title: "Discard an episode",
            description: "Gives up an episode: no memory is made of it and it never comes back to the queue.",
            inputSchema: Schema.object(["id": ToolSet.episode]),
            outputSchema: Schema.object(["episode_id": Schema.string(), "discarded": Schema.boolean()]),
            annotations: ToolAnnotations(readOnly: false, destructive: true, idempotent: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let id = try arguments.string("id")
            return try place.answer({ "Discarded \($0.episode_id)." }) { place -> DiscardedEpisode in
                try place.discard(id)
            }
        }
    }
}
