internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Settings
internal import Storage

struct DownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stops the companion and the embedded Redis, which writes its file first.",
        discussion: """
            Hooks leave notes meanwhile; nothing is lost. Nothing starts the companion again but 'holdfast up' or a restart
            of the machine. Exits 1 when no companion runs.

            Example:
              holdfast down
            """
    )

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            let starter = CompanionStarter(settings: place.settings)
            // First, or a hook's child that finds Redis gone would start both again.
            try starter.markStopped()
            guard let pid = starter.companionID else {
                throw Failure(.no, "no companion runs on \(place.settings.state.path)")
            }
            try Self.stop(pid, starter, place)
            if output.json {
                try Terminal.printJSON(["companion": "stopped", "pid": String(pid)])
            } else {
                print("companion stopped (pid \(pid))")
            }
        }
    }

    /// Stops a companion whose executable is no longer the installed one.
    static func stopReplaced(_ starter: CompanionStarter, _ place: Workplace) throws -> Bool {
        // The link of a replaced file says "… (deleted)" and leads nowhere.
        guard let pid = starter.companionID, Files.realPath("/proc/\(pid)/exe") == nil, kill(pid, 0) == 0 else {
            return false
        }
        try stop(pid, starter, place)
        return true
    }

    private static func stop(_ pid: Int32, _ starter: CompanionStarter, _ place: Workplace) throws {
        guard kill(pid, SIGTERM) == 0 else { throw FileError(path: "companion \(pid)", number: errno) }
        let end = ContinuousClock().now + .seconds(15)
        while starter.isCompanionRunning {
            guard ContinuousClock().now < end else {
                let log = place.settings.state.companionLog
                throw Failure(.no, "companion \(pid) does not stop; see \(log), or end it with kill -9 \(pid)")
            }
            usleep(20_000)
        }
    }
}
