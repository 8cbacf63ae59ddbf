internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

struct UpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the companion, and with it the embedded Redis.",
        discussion: """
            Detached, unless --foreground. One companion per host; a second call changes nothing.

            Example:
              holdfast up
            """
    )

    @Flag(help: "Stay in the foreground and log to stderr, as a service manager wants it.")
    var foreground = false

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            let starter = CompanionStarter(settings: place.settings)
            if foreground { try Self.become("holdfast-companion") }
            if try DownCommand.stopReplaced(starter, place) {
                Terminal.complain("the companion was replaced by another build; restarted")
            }
            let wasRunning = starter.isCompanionRunning
            if !wasRunning, starter.start(evenIfRecent: true) == .noExecutable {
                throw Failure(.no, "holdfast-companion is neither beside holdfast nor on PATH; run 'make install'")
            }
            let url = try place.settings.redisURL()
            do throws(RedisError) {
                _ = try CompanionStarter.wait(for: url, place.deadlines, .seconds(10))
            } catch {
                throw Failure(.redisUnavailable, "\(error); see \(place.settings.state.companionLog)")
            }
            try waitForHeartbeat(place, starter)
            let pid = starter.companionID.map(String.init) ?? "?"
            if output.json {
                try Terminal.printJSON([
                    "companion": "running", "pid": pid, "redis": "\(url)", "was_running": wasRunning ? "yes" : "no",
                ])
            } else {
                print(
                    wasRunning
                        ? "companion runs already (pid \(pid)), Redis at \(url)"
                        : "companion started (pid \(pid)), Redis at \(url)")
            }
        }
    }

    private func waitForHeartbeat(_ place: Workplace, _ starter: CompanionStarter) throws {
        let end = ContinuousClock().now + .seconds(5)
        var connection = try place.connect()
        while ContinuousClock().now < end {
            if try connection.ask(place.registry.heartbeat(of: place.host)) != nil,
                starter.isCompanionRunning
            {
                return
            }
            usleep(20_000)
        }
        throw Failure(.no, "the companion does not answer; see \(place.settings.state.companionLog)")
    }

    private static func become(_ name: String) throws {
        guard let path = CompanionStarter.executable(name) else {
            throw Failure(.no, "\(name) is neither beside holdfast nor on PATH; run 'make install'")
        }
        _ = unsafe CStrings.with([path]) { unsafe execv(path, $0) }
        throw FileError(path: path, number: errno)
    }
}
