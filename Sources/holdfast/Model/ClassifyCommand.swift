internal import ArgumentParser
internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import LanguageModel
internal import Operations
internal import Platform
internal import Settings

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Says what kind of failure errors of language models are, and what follows from it.",
        discussion: """
            Reads one JSON object a line on stdin (id, provider, http_status, headers, body) and answers one a line: id,
            category, retryable, counts_against_circuit, retry_after_seconds. Exits 65 when a line cannot be read; the others
            are answered all the same.

            Example:
              echo '{"id": "1", "http_status": 529, "body": "Overloaded"}' | holdfast classify
            """
    )

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let input = try StandardInput.read(.stream, limit: 1 << 30)
            var unreadable: [Int] = []
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            for (index, line) in input.split(separator: 10, omittingEmptySubsequences: false).enumerated()
            where line.contains(where: { $0 > 32 }) {
                guard let classification = ErrorClassification(ofLine: line, number: index + 1) else {
                    unreadable.append(index + 1)
                    continue
                }
                try Terminal.printLine(json: String(decoding: try encoder.encode(classification), as: UTF8.self))
            }
            guard unreadable.isEmpty else {
                let lines = unreadable.prefix(10).map(String.init).joined(separator: ", ")
                throw Failure(
                    .badInput,
                    "not understood: line \(lines)\(unreadable.count > 10 ? ", …" : ""); each line is a JSON object with http_status, headers and body"
                )
            }
        }
    }
}
