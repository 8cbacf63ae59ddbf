internal import Capture
internal import Domain
internal import Operations
internal import Settings

struct TrackingTools {
    let place: ToolPlace

    var all: [Tool] { [start, stop, status] }

    private static let subject = JSONSchema.object(
        [
            "dispatch_key": ToolSet.key,
            "project": JSONSchema.string(
                "A project folder; what lies below it is meant too. Without key and project: the current folder.",
                length: 1...4096),
        ], required: [])

    private static let answer = JSONSchema.object([
        "subject": JSONSchema.string(), "tracked": JSONSchema.boolean(),
        "disabled_by_environment": JSONSchema.boolean("HOLDFAST_DISABLED=1 stands in this server's environment."),
        "enabled": JSONSchema.boolean("tracking.enabled of the configuration: whether anything is recorded at all."),
        "stopped_keys": JSONSchema.array(of: JSONSchema.string()),
        "stopped_projects": JSONSchema.array(of: JSONSchema.string()),
    ])

    private static func text(_ view: TrackingView) -> String {
        let why =
            view.disabled_by_environment ? " (HOLDFAST_DISABLED=1)" : view.enabled ? "" : " (tracking.enabled is false)"
        let stopped = (view.stopped_keys + view.stopped_projects).map { "Stopped: \($0)." }
        return (["\(view.subject) is \(view.tracked ? "recorded" : "not recorded")\(why)."] + stopped)
            .joined(separator: "\n")
    }

    private var start: Tool {
        change("session_tracking_start", "Start session tracking", "Records a key or a project again.", stops: false)
    }

    private var stop: Tool {
        change(
            "session_tracking_stop", "Stop session tracking",
            "Records a key or a project no longer: hooks do nothing there, and nothing said there is captured.",
            stops: true)
    }

    private func change(_ name: String, _ title: String, _ description: String, stops: Bool) -> Tool {
        Tool(
            name: name, title: title, description: description, inputSchema: Self.subject, outputSchema: Self.answer,
            annotations: ToolAnnotations(readOnly: false, destructive: stops, idempotent: true),
            deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            try place.answer(Self.text) { place in
                let subject = try Self.subject(arguments)
                try place.setTracking(of: subject, stopped: stops)
                return try place.tracking(of: subject)
            }
        }
    }

    private var status: Tool {
        Tool(
            name: "session_tracking_status", title: "Status of session tracking",
            description: "Whether a key or a project is recorded, and what recording was stopped for.",
            inputSchema: Self.subject, outputSchema: Self.answer, annotations: ToolAnnotations(readOnly: true),
            deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            try place.answer(Self.text) { try $0.tracking(of: try Self.subject(arguments)) }
        }
    }

    private static func subject(_ arguments: Arguments) throws -> TrackingSubject {
        try TrackingSubject(key: arguments.optionalString("dispatch_key"), project: arguments.optionalString("project"))
    }
}

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
                "kept_bytes": JSONSchema.integer("Of transcripts, taken into the vault now."),
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
        return isDry
            ? "\(answer.sum); call again with dry_run false to capture them."
            : "\(answer.sum); the companion captures them."
    }
}
