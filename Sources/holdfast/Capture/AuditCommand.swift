internal import ArgumentParser
internal import Domain
internal import Operations

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract:
            "Whether all that is kept is as it should be: names lead somewhere, files are there, bytes are what was kept.",
        discussion: """
            Exits 1 where something is neither mended nor merely left over. With --repair each is mended from the next source \
            that is whole: transcript, vault, archive, Redis, checkpoint, second copy; what none of them has is said to be lost. It starts the companion where none runs: that alone writes the archive.

            Example:
              holdfast audit --deep --repair
            """
    )

    @Flag(help: "Read every byte of archive, vault and checkpoints.")
    var deep = false

    @Flag(help: "Mend what is found.")
    var repair = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let place = try Workplace()
            let answer = try Waiting.run { try await place.audit(isDeep: deep, isRepairing: repair) }
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                show(answer)
            }
            if answer.open > 0 || !answer.unseen.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    private func show(_ answer: AuditAnswer) {
        Terminal.printTable(
            answer.findings.map {
                let source = $0.source.isEmpty ? $0.outcome : "\($0.outcome) from \($0.source)"
                return [
                    $0.kind.replacing("_", with: " "), source, $0.thing, $0.detail, "at risk: \($0.at_risk)",
                ]
            })
        for place in answer.unseen { Terminal.say("not looked at: \(place)") }
        let looked = answer.looked_at.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        Terminal.say(
            "\(looked.joined(separator: ", ")); \(Terminal.bytes(answer.bytes)) read; \(answer.found) found, \(answer.mended) mended, \(answer.lost) lost\(answer.known_lost > 0 ? ", \(answer.known_lost) known to be lost" : "")"
        )
    }
}
