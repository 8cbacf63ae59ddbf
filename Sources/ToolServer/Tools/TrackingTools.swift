internal import Domain
internal import Operations

struct TrackingTools {
    let place: ToolPlace

    var all: [Tool] { [start, stop, status] }

    private static let subject = JSONSchema.object(
        [
            "key": ToolSet.key,
            "project": JSONSchema.string(
                "A project folder; what lies below it is meant too. Without key and project: the current folder.",
                length: 1...4096),
        ], required: [])

    private static let answer = JSONSchema.object([
        "subject": JSONSchema.string(), "tracked": JSONSchema.boolean(),
        "disabled_by_environment": JSONSchema.boolean("HOLDFAST_DISABLED=1 stands in this server's environment."),
        "stopped_keys": JSONSchema.array(of: JSONSchema.string()),
        "stopped_projects": JSONSchema.array(of: JSONSchema.string()),
    ])

    private static func text(_ view: TrackingView) -> String {
        let why = view.disabled_by_environment ? " (HOLDFAST_DISABLED=1)" : ""
        return "\(view.subject) is \(view.tracked ? "recorded" : "not recorded")\(why)."
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
        try TrackingSubject(key: arguments.optionalString("key"), project: arguments.optionalString("project"))
    }
}
