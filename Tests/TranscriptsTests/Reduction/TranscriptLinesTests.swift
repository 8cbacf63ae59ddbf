import TestSupport
import Testing
import Transcripts

@Suite struct TranscriptLinesTests {
    private func lines(_ pieces: [String?]) -> [String] {
        var lines = TranscriptLines(), found: [String] = []
        let take = { found.append(String(decoding: $0 as [UInt8], as: UTF8.self)) }
        for piece in pieces {
            if let piece { lines.add(Array(piece.utf8), take) } else { lines.finish(take) }
        }
        lines.finish(take)
        return found
    }

    @Test func cutsTheSameWhateverThePieces() {
        #expect(lines(["a\nb", "c\n", "", "\nd"]) == ["a", "bc", "", "d"])
        #expect(lines(["a\nb\n"]) == ["a", "b", ""])
    }

    /// `{"uuid":"a"` and `,"uuid":"b"}` would be an object.
    @Test func gluesNothingOverAHole() {
        #expect(lines([#"{"uuid":"a""#, nil, #","uuid":"b"}"# + "\nc"]) == [#"{"uuid":"a""#, #","uuid":"b"}"#, "c"])
    }

    @Test func holdsNoLineThatIsTooLong() {
        let piece = String(repeating: "x", count: 16 << 20)
        #expect(lines(["a\n", piece, piece, piece, piece, "y\nb"]) == ["a", "", "b"])
        #expect(lines([piece, piece, piece, piece]).first?.utf8.count == 64 << 20)
    }
}
