import Domain
import Foundation
import Testing

/// Failures with the verdict they call for, one JSON object a line.
enum FailureCorpus {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Expected: Decodable, Sendable {
            let category: String
            let retryable: Bool
            let countsAgainstCircuit: Bool
            let retryAfterSeconds: Double?

            private enum CodingKeys: String, CodingKey {
                case category, retryable
                case countsAgainstCircuit = "counts_against_circuit"
                case retryAfterSeconds = "retry_after_seconds"
            }
        }

        let id: String
        let status: Int?
        let headers: [String: String]
        let body: String
        let expected: Expected

        private enum CodingKeys: String, CodingKey {
            case id, headers, body, expected
            case status = "http_status"
        }

        var testDescription: String { "\(id): \(body.prefix(80))" }

        var evidence: FailureEvidence {
            FailureEvidence(httpStatus: status, headers: headers, body: body, nowMilliseconds: FailureCorpus.now)
        }
    }

    /// 2026-04-06T10:00:00Z, when all these replies came.
    static let now: Int64 = 1_775_469_600_000

    /// `errors.jsonl`, or the file `HOLDFAST_ERROR_CORPUS` names: the corpus the rules were made with.
    static let known = cases(
        ProcessInfo.processInfo.environment["HOLDFAST_ERROR_CORPUS"] ?? fixture("errors.jsonl"))

    /// `further-errors.jsonl`: failures from issues and pages (`source`; "known": from memory), each labelled
    /// before a rule had seen it.
    static let further = cases(fixture("further-errors.jsonl"))

    private static func fixture(_ name: String) -> String {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent("Fixtures/\(name)").path
    }

    private static func cases(_ path: String) -> [Case] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }
}
