import Domain
import TestSupport
import Testing
import Transcripts

@testable import Capture

@Suite struct EpisodeBuilderTests {
    private let file = FileID(host: "h", path: "/t.jsonl")

    private func entry(_ count: Int, at bytes: Range<Int64>, turn: Bool = false) -> TranscriptEntry {
        let text = String(repeating: String(repeating: "x", count: 99) + "\n", count: count / 100)
        return TranscriptEntry(
            bytes: bytes, startsTurn: turn,
            entries: [EpisodeEntry(uuid: "u\(bytes.lowerBound)", hash: "0", role: .assistant, at: "", text: text)])
    }

    /// Builds episodes of entries that lie 1000 bytes apart, 900 long.
    private func build(_ entries: [(count: Int, turn: Bool)]) -> [EpisodeSpan.Episode] {
        var builder = EpisodeBuilder(file: file, from: Cursor(offset: 500))
        var episodes: [EpisodeSpan.Episode] = []
        for (index, size) in entries.enumerated() {
            let start = Int64(1000 * (index + 1))
            episodes += builder.add(entry(size.count, at: start..<start + 900, turn: size.turn)).flatMap { $0 }
        }
        return episodes + (builder.finish(at: Int64(1000 * (entries.count + 1))) ?? [])
    }

    @Test func makesOneEpisodeOfATurn() {
        let episodes = build([(1000, true), (1000, false)])
        #expect(episodes.count == 1)
        #expect(episodes.first?.bytes == 500..<3000)
        #expect(episodes.first?.entryCount == 2)
    }

    @Test func makesNoneOfNothing() {
        var builder = EpisodeBuilder(file: file, from: Cursor())
        #expect(builder.finish(at: 1000) == nil)
    }

    @Test func cutsBetweenTurns() {
        let episodes = build([(100_000, true), (100_000, false), (50_000, true), (100_000, false)])
        #expect(episodes.map(\.bytes) == [500..<3000, 3000..<5000])
    }

    @Test func cutsBetweenEntriesOfALongTurn() {
        let episodes = build([(100_000, true), (100_000, false), (100_000, false)])
        #expect(episodes.map(\.bytes) == [500..<3000, 3000..<4000])
    }

    @Test func cutsALongEntryBehindLines() {
        let episodes = build([(100, true), (700_000, false), (100, true)])
        #expect(episodes.count == 5)
        let content = episodes.map(\.content)
        #expect(Set(content).count == 5)
        // The parts of one line in the file have marks of their own, or an archive would take them for copies.
        let hashes = content[1...3].map { $0.suffix(20) }
        #expect(Set(hashes).count == 3)
    }

    @Test(arguments: 0..<50)
    func liesEndToEnd(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let episodes = build(
            (0..<Int.random(in: 1...30, using: &random)).map { _ in
                ([100, 5000, 90_000, 300_000, 900_000].randomElement(using: &random) ?? 100, .random(using: &random))
            })
        var end: Int64 = 500
        for episode in episodes {
            #expect(episode.bytes.lowerBound == end)
            #expect(episode.bytes.upperBound > end)
            end = episode.bytes.upperBound
        }
    }
}
