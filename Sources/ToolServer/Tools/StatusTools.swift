internal import Domain
internal import Operations
internal import Platform

struct StatusTools {
    let place: ToolPlace

    var all: [Tool] { [health, fleet, reliability, tools, failures] }

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

    private var fleet: Tool {
        Tool(
            name: "fleet_status", title: "All hosts of this Redis",
            description: """
                Says of all hosts that use the same Redis which live, on what version and with what clock, how the queue of \
                each pool stands and who works on it, and who drives which dispatch key now; first what is wrong, a \
                sentence each.
                """,
            inputSchema: JSONSchema.object([:]), outputSchema: FleetSchema.fleet,
            annotations: ToolAnnotations(readOnly: true), deadline: ToolSet.quick
        ) { [place] (_, _) throws(ToolError) in
            try place.quote(Self.text) { place in try place.fleet() }
        }
    }

    private var reliability: Tool {
        Tool(
            name: "reliability_report", title: "How reliable it was",
            description: """
                Says how reliable Holdfast was over a period: a score (uptime, integrity, syncs) with what lowered it, recoveries \
                and how long they took, what was lost, checkpoints and audits, and the figures that are watched with their \
                levels. What nobody knows is null. Answers without Redis.
                """,
            inputSchema: JSONSchema.object(["since": ToolSet.since], required: []),
            outputSchema: ReliabilitySchema.report, annotations: ToolAnnotations(readOnly: true),
            deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            try place.quote(Self.text, evenMisconfigured: true) { place in
                try place.reliability(since: Period.beginning(arguments.optionalString("since")))
            }
        }
    }

    private var tools: Tool {
        Tool(
            name: "tool_health", title: "Tools that fail",
            description: """
                How the tools do that agents and programs call, those that fail first: calls and failures of the last 15 \
                minutes and 24 hours, the last error and its class, and for one that is unavailable when to try again. Ask \
                before calling a tool that failed a moment ago; other sessions' calls count, too.
                """,
            inputSchema: JSONSchema.object(
                ["tool": JSONSchema.string("Only this tool, or this MCP server (mcp__name).", length: 1...128)],
                required: []),
            outputSchema: ToolHealthSchema.list, annotations: ToolAnnotations(readOnly: true), deadline: ToolSet.quick
        ) { [place] (arguments, _) throws(ToolError) in
            try place.quote(Self.text) { place in
                try place.toolList(only: arguments.optionalString("tool"))
            }
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

    private static func text(_ report: ReliabilityReport) -> String {
        let figures = report.figures.map { "\($0.level): \($0.title) \($0.text)" }
        let causes = report.recovery.by_cause.map {
            "\($0.cause): \(counted($0.times, "time")), \($0.recovered) got over, \($0.open) not over"
        }
        let troubles = report.troubles.prefix(20).map { "\($0.began.text) \($0.kind): \($0.what)" }
        return ([report.sentence] + causes + figures + troubles).joined(separator: "\n")
    }

    private static func text(_ fleet: Fleet) -> String {
        let hosts = fleet.hosts.map { host in
            let version = host.version.map { ", version \($0)" } ?? "", pool = host.pool.map { ", pool \($0)" } ?? ""
            return "\(host.host): \(host.state)\(version)\(pool), \(counted(host.driven_keys, "driven key"))"
        }
        let pools = fleet.pools.map { pool in
            "pool \(pool.pool): \(pool.waiting) waiting, \(pool.leased) being worked on, \(pool.dead) given up"
        }
        let keys = fleet.keys.map { "\($0.dispatch_key) is driven by \($0.host), process \($0.pid)" }
        let head = "\(counted(fleet.hosts.count, "host")), \(fleet.hosts.count { $0.state == .running }) running."
        return (fleet.complaints + [head] + hosts + pools + keys).joined(separator: "\n")
    }

    private static func text(_ list: ToolList) -> String {
        let rows = list.tools.map { tool in
            var row = "\(tool.name): \(tool.state)"
            if let since = tool.since { row += " since \(since.text)" }
            row += ", \(counted(tool.quarter.calls, "call")) in 15 min, \(tool.quarter.failures) failed"
            if let retry = tool.retry_at { row += ", to be tried again after \(retry.text)" }
            return tool.last_error.isEmpty ? row : row + "; last error (\(tool.last_error_class)): \(tool.last_error)"
        }
        return ([list.sentence] + rows).joined(separator: "\n")
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
