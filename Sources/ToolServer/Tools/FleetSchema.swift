internal import Domain

/// What `fleet_status` answers.
enum FleetSchema {
    static let fleet = JSONSchema.object([
        "observed_at": ToolSet.time, "hosts": JSONSchema.array(of: host), "pools": JSONSchema.array(of: pool),
        "keys": JSONSchema.array(of: key), "complaints": JSONSchema.array(of: JSONSchema.string()),
        "quotation": ToolSet.quotationSchema,
    ])

    private static let host = JSONSchema.object([
        "host": JSONSchema.string(), "state": JSONSchema.string(oneOf: ["running", "gone"]),
        "version": JSONSchema.orNull(JSONSchema.string()), "beat_at": ToolSet.time,
        "started_at": JSONSchema.orNull(ToolSet.time),
        "clock_ahead_seconds": JSONSchema.orNull(JSONSchema.number()), "pool": JSONSchema.orNull(JSONSchema.string()),
        "archive": JSONSchema.orNull(JSONSchema.string(oneOf: ["owner", "standby"])),
        "leases": JSONSchema.integer(),
        "open_sessions": JSONSchema.integer("Of the two hundred that were used last."),
        "driven_keys": JSONSchema.integer("That it drives now."),
    ])

    private static let pool = JSONSchema.object([
        "pool": JSONSchema.string(), "waiting": JSONSchema.integer(), "leased": JSONSchema.integer(),
        "dead": JSONSchema.integer(), "unarchived": JSONSchema.integer(), "oldest_at": JSONSchema.orNull(ToolSet.time),
        "owner": JSONSchema.orNull(JSONSchema.string()), "hosts": JSONSchema.array(of: JSONSchema.string()),
    ])

    private static let key = JSONSchema.object([
        "dispatch_key": JSONSchema.string(), "host": JSONSchema.string(), "pid": JSONSchema.integer(),
    ])
}
