internal import ArgumentParser
internal import Domain
internal import Operations
internal import Redis
internal import Settings
internal import Storage

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
            abstract: "Each provider's circuit: state, since when, why, and when the next try is.",
            discussion: """
                Exits 1 when one is open.

                Example:
                  holdfast circuit show --json
                """)
        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let place = try Workplace()
                var connection = try place.connect()
                let rows = try connection.circuits(place.settings.keys).map(Row.init)
                if output.json {
                    try Terminal.printJSON(rows)
                } else if rows.isEmpty {
                    print(
                        "no provider was used yet; provider.kind is \(place.settings.configuration.provider.kind.rawValue)"
                    )
                } else {
                    for row in rows { print(row.sentence) }
                }
                if rows.contains(where: { $0.state == "open" }) { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }

    struct Row: Encodable {
        let provider: String
        let state: String
        let since: String
        let reason: String
        let message: String
        let failures: Int64
        let open_until: String?
        let last_check_at: String?
        let check_error: String?
        let last_success_at: String?
        let generation: Int64
        private let sinceMilliseconds: Int64

        private enum CodingKeys: CodingKey {
            case provider, state, since, reason, message, failures, open_until, last_check_at, check_error
            case last_success_at, generation
        }

        init(_ provider: ProviderID, _ circuit: Circuit) {
            func time(_ milliseconds: Int64) -> String? { milliseconds > 0 ? ISOTime.text(milliseconds) : nil }
            self.provider = provider.description
            state = circuit.state.rawValue
            since = time(circuit.sinceMilliseconds) ?? ""
            sinceMilliseconds = circuit.sinceMilliseconds
            reason = circuit.reason
            message = circuit.message
            failures = circuit.failures
            open_until = circuit.openUntilMilliseconds.flatMap(time)
            last_check_at = time(circuit.lastCheckMilliseconds)
            check_error = circuit.checkMessage.isEmpty ? nil : circuit.checkMessage
            last_success_at = time(circuit.lastSuccessMilliseconds)
            generation = circuit.generation
        }

        var sentence: String {
            var text = "\(provider)  \(state)"
            if sinceMilliseconds > 0 { text += ", since \(Terminal.ago(sinceMilliseconds))" }
            if !reason.isEmpty { text += ": \(reason)" }
            if !message.isEmpty { text += " (\(message))" }
            if state == "open" {
                text +=
                    open_until.map { "; next try \($0)" }
                    ?? "; mend it, then run 'holdfast circuit close'"
            }
            return text
        }
    }

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "No model is called until 'circuit close'; episodes are archived and wait.",
            discussion: """
                Example:
                  holdfast circuit open
                """)
        @Argument(help: "Which, as 'circuit show' names it; needed where there are several.")
        var provider: String?
        @OptionGroup var output: JSONOption

        func run() throws { try CircuitCommand.force(open: true, provider, output) }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Models are called again; what waited for the provider becomes due.",
            discussion: """
                Example:
                  holdfast circuit close
                """)
        @Argument(help: "Which, as 'circuit show' names it; needed where there are several.")
        var provider: String?
        @OptionGroup var output: JSONOption

        func run() throws { try CircuitCommand.force(open: false, provider, output) }
    }

    private static func force(open: Bool, _ name: String?, _ output: JSONOption) throws {
        try reporting {
            let place = try Workplace()
            var connection = try place.connect()
            let all = try connection.circuits(place.settings.keys).map(\.provider)
            let wanted = all.filter { name == nil || $0.description == name || $0.name == name }
            guard let provider = wanted.first else {
                throw Failure(
                    .no, name.map { "no circuit \($0); see 'holdfast circuit show'" } ?? "no provider was used yet")
            }
            guard wanted.count == 1 else {
                throw Failure(
                    .usage, "name one of: " + wanted.map(\.description).joined(separator: ", "))
            }
            let store = CircuitStore(keys: place.settings.keys, provider: provider)
            let made = try connection.decide(store, by: place.host) { circuit, now in
                ((), circuit.force(open: open, at: now))
            }
            // Who waits for the next try need not wait for it.
            try connection.wakeDrains(of: place.queue)
            let row = Row(provider, made.circuit)
            if output.json { try Terminal.printJSON(row) } else { print(row.sentence) }
        }
    }
}
