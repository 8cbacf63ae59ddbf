internal import ArgumentParser
internal import Dispatch
internal import Domain
internal import Glibc
internal import Operations
internal import Settings
internal import ToolServer

struct ToolServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Serves tools to an agent over stdin and stdout (Model Context Protocol).",
        discussion: """
            The plugin registers it with Claude Code. It ends when stdin does.

            Example:
              claude mcp add holdfast -- holdfast mcp
            """
    )

    // Every verb takes it; what is printed here is JSON anyway.
    @OptionGroup var output: OutputOptions

    func run() {
        let server = ToolServer(
            tools: ToolSet.all(environment: Settings.processEnvironment), version: Holdfast.version,
            instructions: ToolSet.instructions)
        // The other verbs have no use for an asynchronous main, which would make each of them slower to start.
        let ended = DispatchSemaphore(value: 0)
        Task {
            await server.run()
            ended.signal()
        }
        ended.wait()
        // A call that hangs may still hold a thread.
        Glibc.exit(0)
    }
}
