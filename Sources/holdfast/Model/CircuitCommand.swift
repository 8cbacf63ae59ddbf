internal import ArgumentParser
internal import Operations
internal import Settings

struct CircuitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "circuit",
        abstract: "Shows whether language models may be called; opens or closes the way by hand.",
        discussion: """
            Example:
              holdfast circuit close
            """,
        subcommands: [Show.self, Open.self, Close.self],
        defaultSubcommand: Show.self
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Each provider's circuit: state, since when, why, and when the next try is.",
            discussion: """
                Exits 1 when that of the provider which is configured here is open.

                Example:
                  holdfast circuit show --json
                """)
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let place = try Workplace()
                let circuits = try place.circuits()
                if output.json {
                    try Terminal.printJSON(circuits)
                } else if circuits.isEmpty {
                    Terminal.say(
                        "no provider was used yet; provider.kind is \(place.settings.configuration.provider.kind.rawValue)"
                    )
                } else {
                    for circuit in circuits { Terminal.say(circuit.sentence) }
                }
                if circuits.contains(where: { $0.configured && $0.isOpen }) { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open",
            abstract: "No model is called until 'circuit close'; episodes are archived and wait.",
            discussion: """
                Example:
                  holdfast circuit open
                """)
        @Argument(
            help: "Which, as 'circuit show' names it; else that of the provider which is configured here.",
            completion: Completing.provider)
        var provider: String?
        @OptionGroup var output: OutputOptions

        func run() throws { try CircuitCommand.force(open: true, provider, output) }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close",
            abstract: "Models are called again; what waited for the provider becomes due.",
            discussion: """
                Example:
                  holdfast circuit close
                """)
        @Argument(
            help: "Which, as 'circuit show' names it; else that of the provider which is configured here.",
            completion: Completing.provider)
        var provider: String?
        @OptionGroup var output: OutputOptions

        func run() throws { try CircuitCommand.force(open: false, provider, output) }
    }

    private static func force(open: Bool, _ name: String?, _ output: OutputOptions) throws {
        try reporting {
            let circuit = try Workplace().forceCircuit(open: open, of: name)
            if output.json { try Terminal.printJSON(circuit) } else { Terminal.say(circuit.sentence) }
        }
    }
}
