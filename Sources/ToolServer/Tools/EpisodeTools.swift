internal import Domain
internal import Operations
internal import Settings
internal import Storage

struct EpisodeTools {
    let place: ToolPlace

    var all: [Tool] { [retry, discard] }

    static let failure = JSONSchema.object([
        "episode_id": JSONSchema.string(), "error": JSONSchema.string(), "class": JSONSchema.string(),
        "message": JSONSchema.string(),
        "retry_count": JSONSchema.integer(), "attempts": JSONSchema.integer("Workers that died while they had it."),
        "next_retry": JSONSchema.orNull(ToolSet.time), "failed_at": JSONSchema.orNull(ToolSet.time),
        "dead": JSONSchema.boolean(),
        "dispatch_key": JSONSchema.string(), "session_id": JSONSchema.string(),
    ])

    private struct Retried: Encodable {
        struct Episode: Encodable {
            let episode_id: String
            let state: String
        }

        let episodes: [Episode]

        var text: String { "\(episodes.filter { $0.state == "scheduled" }.count) of \(episodes.count) are due now." }
    }

    private var retry: Tool {
        Tool(
            name: "retry_episodes", title: "Retry episodes",
            description: "Makes failed episodes due now; those given up for good get all their retries anew.",
            inputSchema: JSONSchema.object(["ids": JSONSchema.array(of: ToolSet.episode, count: 1...1000)]),
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
            let ids = try arguments.strings("ids")
            return try place.answer(\.text) { place in
                let states = try place.retry(try ids.map(Workplace.episodeID))
                return Retried(episodes: states.map { .init(episode_id: $0.id.rawValue, state: $0.state.rawValue) })
            }
        }
    }

    private struct Discarded: Encodable {
        let episode_id: String
        let discarded = true
        var text: String { "Discarded \(episode_id)." }

        private enum CodingKeys: CodingKey { case episode_id, discarded }
    }

    private var discard: Tool {
        Tool(
            name: "discard_episode", title: "Discard an episode",
            description: "Gives up an episode: no memory is made of it and it never comes back to the queue.",
            inputSchema: JSONSchema.object(["id": ToolSet.episode]),
            outputSchema: JSONSchema.object(["episode_id": JSONSchema.string(), "discarded": JSONSchema.boolean()]),
            annotations: ToolAnnotations(readOnly: false, destructive: true, idempotent: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let id = try arguments.string("id")
            return try place.answer(\.text) { place in
                guard let done = try place.discard([try Workplace.episodeID(id)]).first else {
                    throw Failure(
                        .no, "the queue has no episode \(id)", remedy: "get_failed_episodes lists those there are")
                }
                return Discarded(episode_id: done.rawValue)
            }
        }
    }
}
