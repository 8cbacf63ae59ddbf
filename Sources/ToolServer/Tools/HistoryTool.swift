internal import Capture
internal import Domain
internal import Operations
internal import Settings

struct HistoryTool {
    let place: ToolPlace

    var sync: Tool {
        Tool(
            name: "sync_history", title: "Capture history",
            description: """
                Captures transcripts of before. By default it only says how many episodes, tokens and US dollars that would \
                be; with dry_run false it leaves a note for each transcript, and the companion captures them.
                """,
            inputSchema: JSONSchema.object(
                [
                    "since": ToolSet.since,
                    "project": JSONSchema.string("Only sessions of this folder.", length: 1...4096),
                    "dry_run": JSONSchema.boolean("Only say what it would be.", default: true),
                ], required: []),
            outputSchema: JSONSchema.object([
                "transcripts": JSONSchema.integer(), "episodes": JSONSchema.integer(), "tokens": JSONSchema.integer(),
                "usd": JSONSchema.number(), "captured": JSONSchema.orNull(JSONSchema.integer()),
                "left": JSONSchema.integer("Transcripts that are left to the companion."),
            ]), annotations: ToolAnnotations(readOnly: false, idempotent: true), deadline: .seconds(120)
        ) { [place] (arguments, context) throws(ToolError) in
            let isDry = arguments.optionalBool("dry_run") ?? true
            func text(_ answer: HistoryAnswer) -> String { Self.text(answer, isDry: isDry) }
            return try place.answer(text) { place in
                let plan = try place.history(
                    since: arguments.optionalString("since") ?? "30d", project: arguments.optionalString("project"),
                    onFile: { looked, total in
                        context.progress(Double(looked), total: Double(total), message: "looking at transcripts")
                    })
                return isDry ? place.answer(plan) : try place.note(plan)
            }
        }
    }

    private static func text(_ answer: HistoryAnswer, isDry: Bool) -> String {
        guard answer.transcripts > 0 else { return "Nothing to capture: all transcripts of that time are." }
        let what = "\(answer.transcripts) transcripts, \(answer.episodes) episodes, about \(answer.tokens) tokens"
        return isDry
            ? "\(what); call again with dry_run false to capture them." : "\(what); the companion captures them."
    }
}
