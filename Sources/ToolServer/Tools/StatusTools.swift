internal import Domain
internal import Operations
internal import Platform

struct StatusTools {
    let place: ToolPlace

    var all: [Tool] { [health, failures] }

    private var health: Tool {
        Tool(
            name: "session_tracking_health", title: "Health of session tracking",
            description: """
                Says in one sentence whether sessions are recorded and memories made, what is wrong, since when, what is at \
                risk and what to do; then the numbers behind it: model, queue, retries, recent failures, circuit, sessions, \
                capture, archive, budget, companions, Redis. Answers from files while Redis is away.
                """,
            inputSchema: JSONSchema.object([:]), outputSchema: Status.schema,
            annotations: ToolAnnotations(readOnly: true),
            deadline: ToolSet.quick
        ) { [place] (_, _) throws(ToolError) in
            try place.answer(Self.text, evenMisconfigured: true) { try $0.status() }
        }
    }

    private var failures: Tool {
        Tool(
            name: "get_failed_episodes", title: "Failed episodes",
            description:
                "Episodes of which no memory could be made so far, the latest failure first, with class and next retry.",
            inputSchema: JSONSchema.object(
                [
                    "class": JSONSchema.string(
                        "Only this class of failure.", oneOf: FailureCategory.allCases.map(\.rawValue) + ["crash"]),
                    "dispatch_key": JSONSchema.string(
                        "Only this dispatch key, or all keys of this agent.", length: 1...512),
                    "since": ToolSet.since, "limit": JSONSchema.integer("How many at most.", in: 1...200, default: 50),
                    "cursor": JSONSchema.string("next_cursor of the page before.", length: 1...20),
                    "include_raw_content": JSONSchema.boolean(
                        "What was said, too; limit is 20 at most then, and 10 where it is left out."),
                ], required: []),
            outputSchema: JSONSchema.object([
                "failures": JSONSchema.array(of: EpisodeTools.failure),
                "total": JSONSchema.integer("All there are, whatever was asked for."),
                "next_cursor": JSONSchema.orNull(JSONSchema.string()), "quotation": ToolSet.quotationSchema,
            ]), annotations: ToolAnnotations(readOnly: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            let withContent = arguments.optionalBool("include_raw_content") ?? false
            return try place.quote(Self.text) { place in
                try place.failures(
                    class: arguments.optionalString("class") ?? "", key: arguments.optionalString("dispatch_key") ?? "",
                    sinceMilliseconds: try Period.beginning(arguments.optionalString("since")),
                    limit: arguments.optionalInt("limit") ?? (withContent ? 10 : 50),
                    cursor: arguments.optionalString("cursor") ?? "", withContent: withContent)
            }
        }
    }

    private static func text(_ page: FailurePage) -> String {
        let rows = page.failures.map { failure in
            "\(failure.episode_id.prefix(12)) \(failure.class)\(failure.dead ? ", given up" : ""), "
                + "\(failure.dispatch_key.isEmpty ? "no key" : failure.dispatch_key): \(failure.message)"
        }
        let more = page.next_cursor.map { ["More with cursor \($0)."] } ?? []
        let head = "\(page.failures.count) of \(counted(page.total, "failed episode"))."
        return ([head] + rows + more).joined(separator: "\n")
    }

    private static func text(_ status: Status) -> String {
        ([status.sentence] + status.rows.map { "\($0.name): \($0.text)" }).joined(separator: "\n")
    }
}
