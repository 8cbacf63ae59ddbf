import Domain
import LanguageModel
import Testing

/// Every case by its exact category: what `category_also_ok` of the corpus allows is for other readers of it.
@Suite struct FailureCorpusTests {
    @Test func readsBothFiles() {
        #expect(FailureCorpus.known.count >= 100)
        #expect(FailureCorpus.further.count >= 300)
    }

    @Test(arguments: FailureCorpus.known + FailureCorpus.further)
    func classifies(example: FailureCorpus.Case) {
        let verdict = FailureClassifier.classify(example.evidence)
        let expected = example.expected
        #expect(verdict.category.rawValue == expected.category)
        #expect(verdict.isRetryable == expected.retryable)
        #expect(verdict.countsAgainstCircuit == expected.countsAgainstCircuit)
        switch (verdict.retryAfterSeconds, expected.retryAfterSeconds) {
        case (let seconds?, let wanted?): #expect(abs(seconds - wanted) < 0.001)
        case (let seconds, let wanted): #expect(seconds == wanted)
        }
    }

    @Test(arguments: FailureCorpus.known + FailureCorpus.further)
    func saysItInOneLine(example: FailureCorpus.Case) {
        let line = FailureText.line(example.evidence)
        #expect(!line.isEmpty && line.utf8.count <= 300)
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
}
