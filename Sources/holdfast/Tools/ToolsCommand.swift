internal import ArgumentParser
internal import Domain
internal import Operations

struct ToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "How the tools do that are called: which fail, since when, when to try again.",
        discussion: """
            Example:
              holdfast tools show crowdstrike
            """,
        subcommands: [List.self, Show.self, Reset.self],
        defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "All that were called within a week, those that fail first.",
            discussion: """
                Example:
                  holdfast tools list --json
                """)

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let tools = try Workplace().tools()
                if output.json { return try Terminal.printJSON(tools) }
                guard !tools.isEmpty else {
                    return Terminal.say("no tool was called within a week; 'holdfast retry' records what it calls")
                }
                Terminal.printTable(
                    tools.map { tool in
                        [
                            tool.name, tool.state, "\(tool.quarter.calls)", percent(tool.quarter.failed_percent),
                            milliseconds(tool.quarter.p95_ms), "\(tool.day.calls)", percent(tool.day.failed_percent),
                            Terminal.away(tool.last_success),
                        ]
                    }, head: ["TOOL", "STATE", "15 MIN", "FAILED", "P95", "24 H", "FAILED", "LAST SUCCESS"])
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "One tool: its figures, its last error, its policy.",
            discussion: """
                Example:
                  holdfast tools show crowdstrike
                """)

        @Argument(help: "The tool.", completion: Completing.tool)
        var tool: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let tool = try Workplace().tool(tool)
                if output.json { return try Terminal.printJSON(tool) }
                var rows = [
                    ["tool", tool.name],
                    ["state", tool.since.map { "\(tool.state) since \(Terminal.away($0))" } ?? tool.state],
                    ["last 15 min", figures(tool.quarter)], ["last 24 h", figures(tool.day)],
                    ["failures in a row", "\(tool.failures_in_a_row)"],
                    ["last success", Terminal.away(tool.last_success)],
                ]
                if let failure = tool.last_failure {
                    rows.append([
                        "last failure", "\(Terminal.away(failure)), \(tool.last_error_class): \(tool.last_error)",
                    ])
                }
                if let retry = tool.retry_at { rows.append(["tried again", Terminal.away(retry)]) }
                let policy = tool.policy,
                    retries = policy.max_retries == 1 ? "1 retry" : "\(policy.max_retries) retries"
                rows.append([
                    "policy",
                    "\(retries), after \(policy.delay_seconds) s × \(policy.backoff); unavailable after \(counted(policy.unavailable_after, "failure")), for \(policy.retry_after_seconds) s",
                ])
                Terminal.printTable(rows)
            }
        }

        private func figures(_ figures: ToolView.Figures) -> String {
            guard figures.calls > 0 else { return "not called" }
            var text =
                "\(counted(figures.calls, "call")), \(figures.failures) failed (\(percent(figures.failed_percent)))"
            if figures.p50_ms != nil {
                text += ", p50 \(milliseconds(figures.p50_ms)), p95 \(milliseconds(figures.p95_ms))"
            }
            return text
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset",
            abstract: "Says that a tool is well again: it is called at once.",
            discussion: """
                Example:
                  holdfast tools reset crowdstrike
                """)

        @Argument(help: "The tool.", completion: Completing.tool)
        var tool: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let place = try Workplace(), name = try place.resetTool(tool)
                if output.json { return try Terminal.printJSON(try place.tool(name)) }
                Terminal.say("\(name) is taken for available")
            }
        }
    }
}

private func percent(_ value: Double?) -> String { value.map { "\(Int($0.rounded())) %" } ?? "-" }
private func milliseconds(_ value: Double?) -> String { value.map { "\(Int($0.rounded())) ms" } ?? "-" }
