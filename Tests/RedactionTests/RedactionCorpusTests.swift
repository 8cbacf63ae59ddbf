import Foundation
import Redaction
import Testing

/// The 54 cases of `shared/corpus/secrets.jsonl`, which lies beside the checkout where it is to be had.
@Suite struct RedactionCorpusTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let id: String
        let text: String
        let spans: [Range<Int>]

        var testDescription: String { id }

        private enum Key: String, CodingKey {
            case id, text
            case span = "secret_span"
            case more = "more_spans"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            id = try values.decode(String.self, forKey: .id)
            // In pieces, so that scanners of repositories stay quiet.
            text =
                try (try? values.decode([String].self, forKey: .text))?.joined()
                ?? values.decode(String.self, forKey: .text)
            let first = try values.decodeIfPresent([Int].self, forKey: .span)
            let more = try values.decodeIfPresent([[Int]].self, forKey: .more)
            spans = ([first].compactMap(\.self) + (more ?? [])).map { $0[0]..<$0[1] }
        }
    }

    /// Looked for upwards: a test may be built in a copy of the checkout.
    static let path: String? = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let path = folder.appendingPathComponent("shared/corpus/secrets.jsonl").path
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        return nil
    }()

    static let cases: [Case] = {
        guard let path, let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }()

    @Test(.enabled(if: path != nil, "the corpus is not beside this checkout"))
    func readsEveryCase() {
        #expect(Self.cases.count == 54)
    }

    @Test(.enabled(if: path != nil, "the corpus is not beside this checkout"), arguments: cases)
    func coversTheSecretAndNothingElse(example: Case) throws {
        var expected: [Unicode.Scalar?] = example.text.unicodeScalars.map(\.self)
        for span in example.spans.sorted(by: { $0.lowerBound > $1.lowerBound }) {
            expected.replaceSubrange(span, with: [nil])
        }
        let redacted = Redactor().redact(example.text)
        let wanted = String(String.UnicodeScalarView(expected.map { $0 ?? "\u{1}" }))
        #expect(redacted.replacing(/\[redacted:[a-z0-9-]+\]/, with: "\u{1}") == wanted)
        #expect(Redactor().redact(redacted) == redacted)
    }
}
