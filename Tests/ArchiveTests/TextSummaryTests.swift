import Domain
import GRDB
import Testing

@testable import Archive

/// Summaries of long texts, in the place of their digests.
@Suite struct TextSummaryTests {
    let folder = TestFolder()
    private let text = String(repeating: "a long text ", count: 200)

    private func entry(_ number: Int) -> EpisodeEntry {
        Samples.entry(number, .assistant, "a long…" + DigestMark(of: text).text)
    }

    private func summary(_ words: String = "it says zzlong") -> TextSummary {
        TextSummary(
            sum: DigestMark(of: text).sum, text: words, provider: "openai", model: "small", madeMilliseconds: 5)
    }

    @Test func isShownAndLeavesWhatWasCapturedAlone() throws {
        let archive = try folder.archive()
        let episode = Samples.episode([entry(1), Samples.entry(2)])
        _ = try archive.ingest([episode], nowMilliseconds: 1)
        #expect(try archive.show(episode.id)?.told[0].text == "a long…\n[digest of \(text.utf8.count) bytes]")
        #expect(try archive.store([summary()], of: episode.id))
        let shown = try #require(try archive.show(episode.id))
        #expect(shown.told[0].text == "[summary of \(text.utf8.count) bytes] it says zzlong")
        #expect(shown.told[1] == shown.entries[1] && shown.episode.content == episode.content && shown.isSound)
        #expect(try archive.entries(ofSession: Samples.session, limit: 9)[0].text.contains("zzlong"))
        #expect(try archive.textSummaries(of: [summary().sum, "none"]) == [summary()])
        // The first stays.
        #expect(try archive.store([summary("another")], of: episode.id))
        #expect(try archive.textSummaries(of: [summary().sum]) == [summary()])
        #expect(try archive.store([summary()], of: Samples.episode([Samples.entry(9)]).id) == false)
        #expect(try archive.sums(after: nil, limit: 9).damaged.isEmpty && archive.strayRows() == 0)
    }

    @Test func isShownWhereItsWordsAreRepeated() throws {
        let archive = try folder.archive()
        let first = Samples.episode([entry(1)]),
            fork = Samples.episode([entry(1), Samples.entry(2)], path: "/t/b.jsonl")
        _ = try archive.ingest([first, fork], nowMilliseconds: 1)
        _ = try archive.store([summary()], of: first.id)
        #expect(try archive.show(fork.id)?.told[0].text.contains("zzlong") == true)
    }

    @Test func comesAlongWithItsEpisodeAndWithNoOther() throws {
        let archive = try folder.archive()
        let episode = Samples.episode([entry(1)])
        _ = try archive.ingest([episode], nowMilliseconds: 1)
        _ = try archive.store([summary()], of: episode.id)
        let line = try #require(try archive.show(episode.id)).exportLine
        let other = TestFolder(), there = try other.archive()
        func take(_ line: String) throws -> ImportOutcome {
            try there.importLine(line, nowMilliseconds: 1) { $0.replacing("zzlong", with: "[redacted]") }
        }
        #expect(try take(line) == .added(episode.id))
        #expect(try there.show(episode.id)?.summaries.map(\.text) == ["it says [redacted]"])
        #expect(try take(line) == .known(episode.id))
        // What is no summary of a text of the episode is none.
        let foreign = line.replacing(summary().sum, with: String(repeating: "0", count: 32), maxReplacements: 1)
        let last = TestFolder(), third = try last.archive()
        _ = try third.importLine(foreign, nowMilliseconds: 1) { $0 }
        #expect(try third.textSummaries(of: [summary().sum, String(repeating: "0", count: 32)]).count <= 1)
    }

    @Test func isForgottenWithItsTextOrForWhatItSays() throws {
        let archive = try folder.archive()
        let episode = Samples.episode([entry(1), Samples.entry(2)])
        let twin = Samples.episode([entry(3)], path: "/t/b.jsonl")
        _ = try archive.ingest([episode, twin], nowMilliseconds: 1)
        for id in [episode.id, twin.id] { _ = try archive.store([summary()], of: id) }
        var forgotten = Forgotten()
        forgotten.messages = [EpisodeEntry.identity(uuid: entry(1).uuid, hash: entry(1).hash)]
        try archive.forget(forgotten, nowMilliseconds: 2)
        #expect(try archive.show(episode.id)?.summaries.isEmpty == true)
        #expect(try archive.show(twin.id)?.summaries == [summary()], "another text, of the same words")

        let sought = try #require(SoughtText("zzlong"))
        #expect(try archive.holding([sought]) == [true])
        let trace = try archive.trace(.text(sought))
        #expect(trace.sessions.values.contains { $0.remarks.contains(twin.id) })
        forgotten = Forgotten()
        forgotten.remarks = [twin.id]
        try archive.forget(forgotten, nowMilliseconds: 3)
        #expect(try archive.holding([sought]) == [false])
        #expect(try archive.show(twin.id)?.told[0].text.contains("[digest of") == true)
    }

    @Test func whatADiskAlteredIsNotShown() throws {
        let archive = try folder.archive()
        let episode = Samples.episode([entry(1)])
        _ = try archive.ingest([episode], nowMilliseconds: 1)
        _ = try archive.store([summary()], of: episode.id)
        try archive.database.write { try $0.execute(sql: "UPDATE text_summary SET text = 'it says zzwrong'") }
        #expect(try archive.show(episode.id)?.told[0].text.contains("[digest of") == true)
        #expect(try archive.textSummaries(of: [summary().sum]).isEmpty)
    }
}
