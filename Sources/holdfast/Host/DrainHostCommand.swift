internal import ArgumentParser
internal import Domain
internal import Operations

struct DrainHostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain-host",
        abstract: "Hands over what only this host has, before it is taken away, and stops its companion.",
        discussion: """
            Captures and keeps all that was said here, makes a checkpoint, sends the second copy what it lacks, gives leases
            and archive back. Exits 1, and stops nothing, where something is left that lies here alone; 75 while dispatches
            run here. Run again it goes on.

            Example:
              holdfast drain-host
            """)

    @Flag(help: "Even while dispatches run here: what they say from now on stays here.")
    var now = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace(), even = now, isJSON = output.json
            let drain = try Waiting.run {
                try await place.drainHost(
                    evenWhileDriven: even,
                    onStart: { Terminal.complain("Redis is away; starting the companion") },
                    onLine: { if !isJSON { Self.show($0) } })
            }
            if isJSON { try Terminal.printJSON(drain) }
            guard drain.is_safe else {
                let end =
                    drain.lines.contains { $0.step == .companion } ? "the companion is stopped" : "nothing was stopped"
                if !isJSON { Terminal.warn("something lies on this host alone; \(end)") }
                throw ExitCode(Failure.Code.no.rawValue)
            }
        }
    }

    private static func show(_ line: HostDrain.Line) {
        let todo = line.remedy.isEmpty ? "" : "; to do: \(line.remedy)"
        Terminal.say("\(line.step.rawValue): \(line.outcome == .here ? "NOT SAFE: " : "")\(line.text)\(todo)")
    }
}
