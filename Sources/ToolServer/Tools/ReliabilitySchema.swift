internal import Domain

/// What `reliability_report` answers: of each number and time the name says what it is.
enum ReliabilitySchema {
    static let report = JSONSchema.object([
        "host": JSONSchema.string(), "since": ToolSet.time, "until": ToolSet.time, "sentence": JSONSchema.string(),
        "score_percent": known("Product of the shares that are known."), "target_percent": JSONSchema.number(),
        "unknown": JSONSchema.array(of: JSONSchema.string("A share of which nothing is known.")),
        "uptime": JSONSchema.object([
            "share_percent": known(), "up_seconds": JSONSchema.number(), "down_seconds": JSONSchema.number(),
            "unknown_seconds": JSONSchema.number(),
            "lowered_by": JSONSchema.array(
                of: JSONSchema.object([
                    "cause": JSONSchema.string(), "times": JSONSchema.integer(), "seconds": JSONSchema.number(),
                ])),
        ]),
        "integrity": JSONSchema.object([
            "share_percent": known("Of what audits looked at, what was as it should be."),
            "looked_at": JSONSchema.integer(), "bad": JSONSchema.integer(), "mended": JSONSchema.integer(),
            "not_mended": JSONSchema.integer(),
        ]),
        "sync": chore, "checkpoints": chore, "audits": chore, "recovery": recovery,
        "loss": JSONSchema.object([
            "bytes": JSONSchema.integer("That no source gives back."), "episodes": JSONSchema.integer(),
            "of_bytes": JSONSchema.orNull(JSONSchema.integer("That the ledger counted last.")), "percent": known(),
            "target_percent": JSONSchema.number(),
        ]),
        "figures": JSONSchema.array(
            of: JSONSchema.object([
                "indicator": JSONSchema.string(), "subject": JSONSchema.string(), "value": JSONSchema.number(),
                "unit": JSONSchema.string(), "level": JSONSchema.string(oneOf: WatchLevel.allCases.map(\.name)),
                "at": ToolSet.time, "remark": JSONSchema.string(), "text": JSONSchema.string(), "warning": known(),
                "critical": known(),
            ])),
        "troubles": JSONSchema.array(
            of: JSONSchema.object([
                "kind": JSONSchema.string(), "severity": JSONSchema.string(), "began": ToolSet.time,
                "ended": JSONSchema.orNull(ToolSet.time), "what": JSONSchema.string(),
            ])),
        "quotation": ToolSet.quotationSchema,
    ])

    private static let chore = JSONSchema.object([
        "runs": JSONSchema.integer(), "failed": JSONSchema.integer(), "succeeded_percent": known(),
        "items": JSONSchema.integer(), "bytes": JSONSchema.integer(), "seconds": JSONSchema.number(),
        "last_run": JSONSchema.orNull(ToolSet.time), "last_success": JSONSchema.orNull(ToolSet.time),
    ])

    private static let recovery = JSONSchema.object([
        "mean_seconds": known("From the beginning of what failed to its end."), "target_seconds": JSONSchema.number(),
        "succeeded_percent": known(), "target_percent": JSONSchema.number(), "open": JSONSchema.integer(),
        "by_cause": JSONSchema.array(
            of: JSONSchema.object([
                "cause": JSONSchema.string(), "times": JSONSchema.integer(), "recovered": JSONSchema.integer(),
                "failed": JSONSchema.integer(), "open": JSONSchema.integer(), "mean_seconds": known(),
                "longest_seconds": JSONSchema.number(),
            ])),
    ])

    private static func known(_ description: String? = nil) -> JSONValue {
        JSONSchema.orNull(JSONSchema.number(description))
    }
}
