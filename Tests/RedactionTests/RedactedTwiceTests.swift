import Foundation
import Redaction
import Testing

/// Redacting twice is as good as once: what is stored is redacted again when it is read, sent and found.
@Suite struct RedactedTwiceTests {
    /// A long run of starts, each of which would be found at the end of what the one behind it leaves.
    @Test(arguments: [60, 400, 4000])
    func nothingIsTakenOffARunPieceByPiece(bytes: Int) {
        for head in ["", "secret ", "\\n", "…"] {
            let shape = StepSearch.Shape(head: head, units: ["a5Q~"], tail: " ok")
            let once = Redactor().redact(shape.text(bytes: bytes))
            #expect(Redactor().redact(once) == once)
        }
    }

    @Test(arguments: ["", "\\n", "%3D", "\u{1b}[32m", "=", "'", "→"])
    func anAzureSecretBeginsWhereAWordDoes(before: String) {
        let text = "is \(before)kqg" + "8Q~x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAe"
        #expect(Redactor().redact(text + " ok") == "is \(before)[redacted:azure-client-secret] ok")
    }

    /// `make full` looks at many times as many.
    @Test func noCombinationOfPiecesIsChangedTwice() async {
        let rounds: UInt64 = ProcessInfo.processInfo.environment["HOLDFAST_FULL"] == nil ? 400 : 40_000
        for seed in 1...rounds {
            var search = StepSearch(seed: seed)
            let shape = search.shape()
            await Task.yield()
            let once = Redactor().redact(shape.text(bytes: [60, 300, 1500][Int(seed % 3)]))
            if Redactor().redact(once) != once { Issue.record("seed \(seed): \(shape)") }
        }
    }
}
