internal import ArgumentParser
internal import Dispatch
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Settings
internal import Storage
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
    @OptionGroup var output: JSONOption

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

struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Opens the companion's page in the browser, by an address that shows all of it once.",
        discussion: """
            Prints the address where there is no browser to open, and with --print. It opens the page once, within ten
            minutes; whoever does so first may change things. For a page on a Unix socket it prints a command instead.

            Example:
              ssh -L 7391:127.0.0.1:7391 host, then there: holdfast dashboard --print
            """
    )

    @Flag(help: "Only print the address.")
    var print = false

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            switch try Workplace().dashboardDoor() {
            case .socket(let path, let token):
                if output.json { return try Terminal.printJSON(["socket": path]) }
                Terminal.say(
                    "printf 'header = \"Authorization: Bearer %s\"' \"$(cat '\(token)')\" | "
                        + "curl -K - --unix-socket '\(path)' http://localhost/api/v1/status")
            case .page(let url):
                if output.json { return try Terminal.printJSON(["url": url]) }
                if print || !open(url) { Terminal.say(url) }
            }
        }
    }

    /// - Returns: whether there is something that opens browsers. It may become the browser, and run for days.
    private func open(_ url: String) -> Bool {
        let environment = Settings.processEnvironment
        guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil,
            let opener = CompanionStarter.executable("xdg-open")
        else { return false }
        return Detached.start(opener, arguments: [url])
    }
}
