internal import Domain
internal import Operations
internal import Platform
internal import Synchronization

struct MemoryTools {
    let place: ToolPlace

    var all: [Tool] { [add, search, show] }

    /// The longest wait for a memory, in seconds.
    private static let longestWait = 300

    private static let memory = JSONSchema.object([
        "title": JSONSchema.string(), "summary": JSONSchema.string(),
        "decisions": JSONSchema.array(of: JSONSchema.string()),
        "files": JSONSchema.array(of: JSONSchema.string()), "commands": JSONSchema.array(of: JSONSchema.string()),
        "open_questions": JSONSchema.array(of: JSONSchema.string()),
        "entities": JSONSchema.array(of: ["type": "object"]),
        "relations": JSONSchema.array(of: ["type": "object"]), "provider": JSONSchema.string(),
        "model": JSONSchema.string(),
        "made_at": ToolSet.time,
    ])

    private var add: Tool {
        Tool(
            name: "add_memory", title: "Add a memory",
            description: """
                Keeps a text, without the secrets in it, and makes a memory of it. Answers success (there is a memory), \
                degraded (the text is kept and searchable, without a memory), queued (the text is kept, the memory is made \
                later) or error.
                """,
            inputSchema: JSONSchema.object(
                [
                    "text": JSONSchema.string("What to keep.", length: 1...1_000_000), "dispatch_key": ToolSet.key,
                    "wait_for_completion": JSONSchema.boolean(
                        "Wait for the memory. Left out: as wait_for_completion_default says."),
                    "timeout_seconds": JSONSchema.integer("How long to wait.", in: 1...Self.longestWait, default: 30),
                ], required: ["text"]),
            outputSchema: JSONSchema.object([
                "outcome": JSONSchema.string(oneOf: ["success", "degraded", "queued", "error"]),
                "episode_id": JSONSchema.orNull(JSONSchema.string()),
                "milliseconds": JSONSchema.integer("From the call to the answer."),
                "reason": JSONSchema.orNull(JSONSchema.string("Why it is no success.")),
                "category": JSONSchema.orNull(JSONSchema.string("Of the failure, where there was one.")),
                "retryable": JSONSchema.orNull(JSONSchema.boolean("Whether it is tried again by itself.")),
                "next_retry": JSONSchema.orNull(ToolSet.time),
                "next": JSONSchema.string("What to do next."), "memory": JSONSchema.orNull(Self.memory),
                "quotation": ToolSet.quotationSchema,
            ]), annotations: ToolAnnotations(readOnly: false, openWorld: true),
            deadline: .seconds(Self.longestWait + 30)
        ) { [place] (arguments, context) async throws(ToolError) in
            let text = try arguments.string("text")
            let seconds = arguments.optionalInt("timeout_seconds") ?? 30
            let patience: Duration? = arguments.optionalBool("wait_for_completion").map {
                $0 ? .seconds(seconds) : .zero
            }
            // The wait blocks a thread that knows nothing of the task.
            let isCancelled = Atomic(false)
            let lastTold = Atomic(0)
            let outcome = await withTaskCancellationHandler {
                () -> Result<ToolResult, ToolError> in
                Result { () throws(ToolError) in
                    try place.quote(Self.text) { place in
                        try place.add(
                            text, key: try arguments.optionalString("dispatch_key").map { try DispatchKey($0) },
                            patience: patience, isCancelled: { isCancelled.load(ordering: .relaxed) },
                            onWait: { waited in
                                let whole = Int(waited / .seconds(1))
                                guard lastTold.exchange(whole, ordering: .relaxed) != whole else { return }
                                context.progress(
                                    Double(whole), total: Double(seconds), message: "waiting for the memory")
                            })
                    }
                }
            } onCancel: {
                isCancelled.store(true, ordering: .relaxed)
            }
            return try outcome.get()
        }
    }

    private static func text(_ added: AddedMemory) -> String {
        let id = added.episode_id.map { " (episode \($0))" } ?? ""
        return "\(added.outcome.rawValue)\(added.reason.map { ": \($0)" } ?? "")\(id); \(added.next)."
    }

    private var search: Tool {
        Tool(
            name: "search_memory", title: "Search memory",
            description: """
                Finds episodes of earlier sessions by words in memories, digests and what was said; the best first. All words \
                must be there; if no episode has them all, any. Quoted words must stand together.
                """,
            inputSchema: JSONSchema.object(
                [
                    "query": JSONSchema.string("Words to look for.", length: 1...1000),
                    "dispatch_key": JSONSchema.string(
                        "Only this dispatch key, or all keys of this agent.", length: 1...512),
                    "since": ToolSet.since, "limit": JSONSchema.integer("How many at most.", in: 1...100, default: 10),
                    "graph": JSONSchema.boolean(
                        "Ask the knowledge graph that memories are handed on to, too: facts about people, services, files."
                    ),
                ], required: ["query"]),
            outputSchema: JSONSchema.object(
                [
                    "hits": JSONSchema.array(
                        of: JSONSchema.object([
                            "episode_id": JSONSchema.string("For get_memory."), "dispatch_key": JSONSchema.string(),
                            "session_id": JSONSchema.string(), "captured_at": ToolSet.time,
                            "title": JSONSchema.string(),
                            "snippet": JSONSchema.string(),
                            "found_in": JSONSchema.string(oneOf: ["memory", "digest", "raw"]),
                            "score": JSONSchema.number(),
                            "has_all_words": JSONSchema.boolean("False: only some of the words stand in it."),
                        ])),
                    "graph": JSONSchema.object([
                        "sink": JSONSchema.string("Which was asked."),
                        "facts": JSONSchema.array(
                            of: JSONSchema.object([
                                "fact": JSONSchema.string(), "name": JSONSchema.string("Of the relation."),
                                "valid_at": JSONSchema.string("Since when; empty where it is not known."),
                                "invalid_at": JSONSchema.string("Until when; empty while it holds."),
                            ])),
                    ]), "graph_error": JSONSchema.string("Why the graph told nothing."),
                    "quotation": ToolSet.quotationSchema,
                ], required: ["hits", "quotation"]), annotations: ToolAnnotations(readOnly: true),
            deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let query = try arguments.string("query"), limit = arguments.optionalInt("limit") ?? 10
            return try place.quote(Self.text) { place in
                let found = try place.search(
                    query, key: arguments.optionalString("dispatch_key"),
                    sinceMilliseconds: try Period.beginning(arguments.optionalString("since")), limit: limit)
                guard arguments.optionalBool("graph") == true else { return found }
                return found.withGraph { try place.searchGraph(query, limit: limit) }
            }
        }
    }

    private static func text(_ found: MemoryHits) -> String {
        let hits = found.hits.map { hit in
            "\(hit.episode_id.prefix(12)) \(hit.captured_at.text.prefix(10)) \(hit.dispatch_key): \(hit.title)\n    \(hit.snippet)"
        }
        let fallback = found.fallback.map { ["Note: \($0)."] } ?? []
        let facts = found.graph.map { ["The graph (\($0.sink)):"] + $0.facts.map { "- \($0.shown)" } } ?? []
        let error = found.graph_error.map { ["The graph: \($0)."] } ?? []
        return (["\(found.hits.count) found."] + fallback + hits + facts + error).joined(separator: "\n")
    }

    private static let parts = EpisodeExcerpt.Part.allCases.map(\.rawValue)

    private var show: Tool {
        Tool(
            name: "get_memory", title: "Read a memory",
            description: """
                One episode: its memory, its digest and what was said, as far as the limit goes. What is left out is read by \
                further calls with part and offset, as next says. Of a session (session_id, or its key as dispatch_key): \
                its summary, with goal, outcome, problems met and next steps.
                """,
            inputSchema: JSONSchema.object(
                [
                    "episode_id": ToolSet.episode,
                    "session_id": JSONSchema.string("In place of an episode: a session as a whole.", length: 1...128),
                    "dispatch_key": JSONSchema.string(
                        "In place of an episode: the session that this key has, or had last.", length: 1...512),
                    "part": JSONSchema.string("Only this part. Left out: all, one after the other.", oneOf: Self.parts),
                    "offset": JSONSchema.integer(
                        "Of the part, in characters: where to begin.", in: 0...100_000_000, default: 0),
                    "limit": JSONSchema.integer(
                        "How many characters at most, of all parts together.", in: EpisodeExcerpt.allowedLimits,
                        default: EpisodeExcerpt.limit),
                ], required: []),
            outputSchema: JSONSchema.object([
                "episode_id": JSONSchema.string("Empty for a session as a whole."), "dispatch_key": JSONSchema.string(),
                "session_id": JSONSchema.string(),
                "captured_at": JSONSchema.string(), "state": JSONSchema.string(), "error_type": JSONSchema.string(),
                "error_message": JSONSchema.string(), "retry_count": JSONSchema.integer(),
                "next_retry": JSONSchema.orNull(JSONSchema.string()), "title": JSONSchema.string(),
                "memory": JSONSchema.orNull(Self.memory),
                "memory_text": JSONSchema.string("Of a memory that is longer than the limit, a piece."),
                "digest": JSONSchema.string("Lines: ? asked, = answered, + file changed, ! failed."),
                "text": JSONSchema.string("What was said."),
                "characters": JSONSchema.object(
                    Dictionary(uniqueKeysWithValues: Self.parts.map { ($0, JSONSchema.integer()) }),
                    description: "Of the whole parts."),
                "next": JSONSchema.orNull(
                    JSONSchema.object(
                        ["part": JSONSchema.string(oneOf: Self.parts), "offset": JSONSchema.integer()],
                        description: "Where what was left out begins.")),
                "quotation": ToolSet.quotationSchema,
            ]), annotations: ToolAnnotations(readOnly: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let id = arguments.optionalString("episode_id")
            let session = arguments.optionalString("session_id") ?? arguments.optionalString("dispatch_key")
            guard let id else {
                guard let session else {
                    throw ToolError(
                        .invalid, "none of episode_id, session_id and dispatch_key is given",
                        remedy: "give one: search_memory finds episodes, list_sessions sessions")
                }
                return try place.quote(Self.text) { place in
                    EpisodeExcerpt(
                        of: try place.handoff(session), offset: arguments.optionalInt("offset") ?? 0,
                        limit: arguments.optionalInt("limit") ?? EpisodeExcerpt.limit)
                }
            }
            return try place.quote(Self.text) { place in
                try place.excerpt(
                    ofEpisode: id, part: arguments.optionalString("part").flatMap(EpisodeExcerpt.Part.init),
                    offset: arguments.optionalInt("offset") ?? 0,
                    limit: arguments.optionalInt("limit") ?? EpisodeExcerpt.limit)
            }
        }
    }

    private static func text(_ excerpt: EpisodeExcerpt) -> String {
        let next = excerpt.next.map { "\n(more: part \($0.part.rawValue), offset \($0.offset))" } ?? ""
        return excerpt.words + next
    }
}
