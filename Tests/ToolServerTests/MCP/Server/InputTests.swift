import Testing

@testable import ToolServer

struct LineSplitterTests {
    private func lines(of text: String, piece: Int, limit: Int) -> [Line] {
        var splitter = LineSplitter(limit: limit)
        let bytes = Array(text.utf8)
        var lines: [Line] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            lines += splitter.take(bytes[start..<min(start + piece, bytes.count)])
        }
        if let last = splitter.end() { lines.append(last) }
        return lines
    }

    private func whole(_ text: String) -> Line { .whole(Array(text.utf8)) }

    @Test(arguments: [1, 2, 3, 5, 100])
    func cutsAtEachEndHoweverThePiecesFall(piece: Int) {
        let expected = [whole("one"), whole(""), whole("two"), Line.tooLong, whole("12345"), whole("rest")]
        #expect(lines(of: "one\n\ntwo\n123456\n12345\nrest", piece: piece, limit: 5) == expected)
    }

    @Test(arguments: [1, 4, 100])
    func tellsOfALongLineAtItsEndOnly(piece: Int) {
        var splitter = LineSplitter(limit: 3)
        #expect(splitter.take([1, 1, 1, 1, 1]) == [])
        #expect(splitter.take([1, 1]) == [])
        #expect(splitter.take([10, 1, 10]) == [.tooLong, .whole([1])])
        #expect(splitter.end() == nil)
        #expect(lines(of: "123456", piece: piece, limit: 5) == [.tooLong])
    }

    @Test func hasNothingBehindTheLastEnd() {
        #expect(lines(of: "a\n", piece: 9, limit: 9) == [whole("a")])
        #expect(lines(of: "", piece: 9, limit: 9) == [])
    }
}
