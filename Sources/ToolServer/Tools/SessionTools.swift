internal import Domain
internal import Operations
internal import Settings
internal import Storage

struct SessionTools {
    let place: ToolPlace

    var all: [Tool] { [lookUp, list, drop] }

    private var lookUp: Tool {
        Tool(
            name: "lookup_session", title: "Look up a session",
            description: """
                Says whether the next dispatch of a key resumes a session, and which. What cannot resume (unused for too \
                long, transcript deleted) is forgotten on the way.
                """,
            inputSchema: JSONSchema.object(["dispatch_key": ToolSet.key]),
            outputSchema: JSONSchema.object([
                "dispatch_key": JSONSchema.string(),
                "verdict": JSONSchema.string(oneOf: LookupVerdict.allCases.map(\.rawValue)),
                "session_id": JSONSchema.orNull(
                    JSONSchema.string("For expired and missing: the one that was forgotten.")),
                "remedy": JSONSchema.string("What to do."), "last_used_at": JSONSchema.orNull(ToolSet.time),
                "host": JSONSchema.orNull(JSONSchema.string()), "cwd": JSONSchema.orNull(JSONSchema.string()),
                "doubt": JSONSchema.orNull(JSONSchema.string("Why the transcript could not be looked for.")),
                "refusals": JSONSchema.integer("How often in a row a client refused it since it was used last."),
                "failures": JSONSchema.integer("How often in a row the API refused its conversation."),
                "failure": JSONSchema.orNull(JSONSchema.string("With which class.")),
                "until": JSONSchema.orNull(
                    JSONSchema.string("When the usage limit ends, or until when another run is believed to drive it.")),
                "source": JSONSchema.string(oneOf: ["redis", "mirror"]),
            ]),
            annotations: ToolAnnotations(readOnly: false, idempotent: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let name = try arguments.string("dispatch_key")
            return try place.answer({
                "\($0.verdict.rawValue): \($0.session_id.map { "session \($0); " } ?? "")\($0.remedy)."
            }) {
                try $0.lookUp(try DispatchKey(name))
            }
        }
    }

    private var list: Tool {
        Tool(
            name: "list_sessions", title: "List sessions", description: "Sessions on record, those used last first.",
            inputSchema: JSONSchema.object(
                [
                    "search": JSONSchema.string(
                        "Only this session ID, this dispatch key, or keys that begin so.", length: 1...512),
                    "limit": JSONSchema.integer("How many at most.", in: 1...200, default: 20),
                    "offset": JSONSchema.integer("next_offset of the page before.", in: 0...10_000_000, default: 0),
                ], required: []),
            outputSchema: JSONSchema.object([
                "sessions": JSONSchema.array(
                    of: JSONSchema.object([
                        "session_id": JSONSchema.string(), "dispatch_key": JSONSchema.orNull(JSONSchema.string()),
                        "state": JSONSchema.string("active, idle or ended."),
                        "bound": JSONSchema.boolean("Whether its dispatch key resumes it."),
                        "last_used_at": JSONSchema.orNull(ToolSet.time), "turns": JSONSchema.integer(),
                        "resumes": JSONSchema.integer(), "cwd": JSONSchema.string(), "host": JSONSchema.string(),
                        "model": JSONSchema.string(),
                        "retired": JSONSchema.orNull(
                            JSONSchema.string("Why it is kept but not offered: what the API refused it for.")),
                    ])),
                "total": JSONSchema.integer(), "next_offset": JSONSchema.orNull(JSONSchema.integer()),
            ]), annotations: ToolAnnotations(readOnly: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            try place.answer(Self.text) { place in
                try place.sessions(
                    search: arguments.optionalString("search") ?? "", limit: arguments.optionalInt("limit") ?? 20,
                    offset: arguments.optionalInt("offset") ?? 0)
            }
        }
    }

    private static func text(_ page: SessionPage) -> String {
        let rows = page.sessions.map { row in
            let state = row.retired != nil ? "retired" : row.bound ? "bound" : row.state
            return
                "\(row.session_id) \(state), \(row.last_used_at?.text ?? "never used"): \(row.dispatch_key ?? "no key")"
        }
        let more = page.next_offset.map { ["More with offset \($0)."] } ?? []
        return (["\(page.sessions.count) of \(counted(page.total, "session"))."] + rows + more).joined(separator: "\n")
    }

    private var drop: Tool {
        Tool(
            name: "drop_session", title: "Drop a session",
            description: "Forgets the session of a key: the next dispatch starts fresh. The transcript stays.",
            inputSchema: JSONSchema.object(["dispatch_key": ToolSet.key]),
            outputSchema: JSONSchema.object([
                "dispatch_key": JSONSchema.string(), "session_id": JSONSchema.string(), "outcome": JSONSchema.string(),
            ]), annotations: ToolAnnotations(readOnly: false, destructive: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let key = try arguments.string("dispatch_key")
            return try place.answer({ "Dropped session \($0.session_id) of \($0.dispatch_key)." }) { try $0.drop(key) }
        }
    }
}
