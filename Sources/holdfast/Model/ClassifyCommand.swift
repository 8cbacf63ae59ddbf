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

    @OptionGroup var output: JSONOption

    private struct Question: Decodable {
        let id: String?
        let http_status: Int?
        let headers: [String: String]?
        let body: String?
    }

    private struct Answer: Encodable {
        let id: String
        let category: String
        let retryable: Bool
        let counts_against_circuit: Bool
        let retry_after_seconds: Double?

        private enum Name: CodingKey { case id, category, retryable, counts_against_circuit, retry_after_seconds }

        // Written out: what is not known is null, not absent.
        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Name.self)
            try object.encode(id, forKey: .id)
            try object.encode(category, forKey: .category)
            try object.encode(retryable, forKey: .retryable)
            try object.encode(counts_against_circuit, forKey: .counts_against_circuit)
            try object.encode(retry_after_seconds, forKey: .retry_after_seconds)
        }
    }

    func run() throws {
        try reporting {
            let input = try Files.read(STDIN_FILENO, named: "stdin", limit: .max)
            var unreadable: [Int] = []
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            for (index, line) in input.split(separator: 10, omittingEmptySubsequences: false).enumerated()
            where line.contains(where: { $0 > 32 }) {
                guard let question = try? JSONDecoder().decode(Question.self, from: Data(line)) else {
                    unreadable.append(index + 1)
                    continue
                }
                var headers: [String: String] = [:]
                for (name, value) in question.headers ?? [:] { headers[name.lowercased()] = value }
                let verdict = FailureClassifier.classify(
                    FailureEvidence(
                        httpStatus: question.http_status, headers: headers, body: question.body ?? "",
                        nowMilliseconds: HostClock.wallMilliseconds))
                let answer = Answer(
                    id: question.id ?? "\(index + 1)", category: verdict.category.rawValue,
                    retryable: verdict.isRetryable, counts_against_circuit: verdict.countsAgainstCircuit,
                    retry_after_seconds: verdict.retryAfterSeconds)
                print(String(decoding: try encoder.encode(answer), as: UTF8.self))
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
