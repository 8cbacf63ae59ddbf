internal import Domain

/// What `tool_health` answers.
enum ToolHealthSchema {
    static let list = JSONSchema.object([
        "sentence": JSONSchema.string(), "tools": JSONSchema.array(of: tool), "quotation": ToolSet.quotationSchema,
    ])

    private static let tool = JSONSchema.object([
        "name": JSONSchema.string(), "state": JSONSchema.string(oneOf: ToolHealth.State.allCases.map(\.rawValue)),
        "since": JSONSchema.orNull(ToolSet.time), "quarter": figures, "day": figures,
        "calls": JSONSchema.integer("Since it was first heard of."), "failures": JSONSchema.integer(),
        "failures_in_a_row": JSONSchema.integer(),
        "failing_sessions": JSONSchema.integer("In which it failed within 15 minutes."),
        "last_success": JSONSchema.orNull(ToolSet.time), "last_failure": JSONSchema.orNull(ToolSet.time),
        "last_error_class": JSONSchema.string(), "last_error": JSONSchema.string(),
        "retry_at": JSONSchema.orNull(ToolSet.time),
        "policy": JSONSchema.object([
            "max_retries": JSONSchema.integer(), "delay_seconds": JSONSchema.number(), "backoff": JSONSchema.number(),
            "unavailable_after": JSONSchema.integer(), "retry_after_seconds": JSONSchema.number(),
        ]),
    ])

    private static let figures = JSONSchema.object([
        "calls": JSONSchema.integer(), "failures": JSONSchema.integer(), "failed_percent": known, "p50_ms": known,
        "p95_ms": known,
    ])

    private static let known = JSONSchema.orNull(JSONSchema.number())
}
