internal import Domain
internal import Glibc
internal import ToolServer

/// A server for tests: tools that answer, take their time, fail, hang and misbehave.
@main
struct SampleServer {
    static func main() async {
        // For the tests of limits: what would take hours at the real ones.
        var limits = Limits()
        if CommandLine.arguments.contains("--narrow") {
            limits.running = 2
            limits.waiting = 3
            limits.abandoned = 3
            limits.unreadBytes = 1 << 16
        }
        await ToolServer(
            tools: SampleTools.all, name: "sample-tools", title: "Sample tools", version: "1.0",
            instructions: "For tests.", limits: limits
        ).run()
    }
}
