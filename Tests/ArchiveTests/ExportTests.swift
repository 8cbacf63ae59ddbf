import Domain
import Foundation
import Testing

@testable import Archive

@Suite struct ExportTests {
    let folder = TestFolder()
    let other = TestFolder()

    private func lines(_ archive: SQLiteArchive, key: String? = nil, since: Int64? = nil) throws -> [String] {
        var lines: [String] = []
        try archive.export(key: key, sinceMilliseconds: since) { lines.append($0) }
        return lines
    }

    private func filled() throws -> (SQLiteArchive, [StoredEpisode]) {
        let archive = try folder.archive()
        var gone = Samples.episode([Samples.entry(90)], bytes: 90..<91)
        gone.content = ""
        gone.discardedMilliseconds = 9
        var damaged = Samples.episode([Samples.entry(91)], bytes: 91..<92)
        damaged.sha256 = "0"
        let episodes =
            (0..<40).map { number in
                Samples.episode(
                    [Samples.entry(number, .user, "needle\u{0}\(number)\n\"x\""), Samples.entry(number / 2 + 500)],
                    bytes: Int64(number)..<Int64(number + 1), key: number % 2 == 0 ? "coder/1" : "tester/1",
                    at: Int64(number))
            } + [Samples.episode(content: Samples.entry(50).json + "\nnot json", bytes: 50..<60), gone, damaged]
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        for episode in episodes[..<10] {
            _ = try archive.storeMemory(Samples.memory(), of: episode.id, maker: Samples.maker, nowMilliseconds: 2)
        }
        try archive.finish([episodes[11].id], as: .raw, nowMilliseconds: 2)
        try archive.finish(
            [episodes[12].id], as: .dead, failure: MemoryFailure(type: "x", message: "y", retryCount: 4),
            nowMilliseconds: 2)
        return (archive, episodes)
    }

    @Test func whatIsExportedComesBackAndNothingTwice() throws {
        let (archive, episodes) = try filled()
        let exported = try lines(archive)
        #expect(exported.count == episodes.count + 1)
        #expect(exported.allSatisfy { !$0.contains("\n") })
        let new = try other.archive()
        #expect(try new.importLine(exported[0], nowMilliseconds: 3, cleaned: \.self) == .head)
        for (line, episode) in zip(exported.dropFirst(), episodes) {
            #expect(try new.importLine(line, nowMilliseconds: 3, cleaned: \.self) == .added(episode.id))
        }
        for (line, episode) in zip(exported.dropFirst(), episodes) {
            #expect(try new.importLine(line, nowMilliseconds: 4, cleaned: \.self) == .known(episode.id))
        }
        for episode in episodes {
            let before = try #require(try archive.show(episode.id)), after = try #require(try new.show(episode.id))
            #expect(after.episode.content == before.episode.content)
            #expect(after.memory == before.memory && after.digest == before.digest && after.title == before.title)
            #expect(after.entries == before.entries && after.newEntries == before.newEntries)
            #expect(after.damage == before.damage && after.errorType == before.errorType)
            #expect(after.place == (before.place == .queued ? .backlog : before.place))
        }
        #expect(try new.counts().entries == archive.counts().entries)
        #expect(try new.search("needle").count == 20)
    }

    @Test func whatIsImportedIsCleanedAndKeepsItsSum() throws {
        let (archive, episodes) = try filled()
        let exported = try lines(archive)
        let new = try other.archive()
        let clean = { (text: String) in text.replacing("needle", with: "[redacted:x]").replacing("Nothing", with: "[y]")
        }
        for _ in 0..<2 {
            for line in exported.dropFirst() { _ = try new.importLine(line, nowMilliseconds: 3, cleaned: clean) }
        }
        #expect(try new.counts().episodes == episodes.count)
        #expect(try new.search("needle").isEmpty)
        let first = try #require(try new.show(episodes[0].id))
        #expect(first.entries[0].text.hasPrefix("[redacted:x]"))
        #expect(first.episode.sha256 == SHA256.hexadecimal(of: first.episode.content))
        #expect(first.damage == "")
        #expect(first.memory?.memory.text.contains("Nothing") == false)
        // What the archive had as damaged stays so.
        let damaged = try #require(try new.show(episodes.last?.id ?? episodes[0].id))
        #expect(damaged.damage == (try archive.show(damaged.episode.id))?.damage)
        // And a line that was altered on its way is no less refused.
        guard
            case .refused = try new.importLine(
                exported[1].replacing("needle", with: "noodle"), nowMilliseconds: 3, cleaned: clean)
        else {
            Issue.record("it was taken")
            return
        }
    }

    @Test func aMemoryComesToAnEpisodeThatHasNone() throws {
        let (archive, episodes) = try filled()
        let line = try #require(try lines(archive).first { $0.contains(episodes[3].id.rawValue) })
        let new = try other.archive()
        _ = try new.ingest([episodes[3]], nowMilliseconds: 1)
        #expect(try new.importLine(line, nowMilliseconds: 2, cleaned: \.self) == .memoryAdded(episodes[3].id))
        #expect(try new.show(episodes[3].id)?.place == .finished(.memory))
    }

    @Test func exportsAKeyOrATime() throws {
        let (archive, _) = try filled()
        #expect(try lines(archive, key: "tester").count == 21)
        #expect(try lines(archive, key: "tester", since: 30).count == 6)
        #expect(try lines(archive, since: 5000).count == 1)
    }

    @Test func mayCallTheArchiveWhileItExports() throws {
        let (archive, _) = try filled()
        var counts = 0
        try archive.export { _ in
            _ = try archive.counts()
            counts += 1
        }
        #expect(counts == 44)
        struct Stop: Error {}
        #expect(throws: Stop.self) { try archive.export { _ in throw Stop() } }
    }

    @Test func refusesWhatIsNoEpisode() throws {
        let (archive, _) = try filled()
        let line = try lines(archive)[1]
        let new = try other.archive()
        let bad = [
            "", "{}", "[]", "not json", #"{"holdfast_archive":2,"archive_id":"x"}"#,
            line.replacingOccurrences(of: #""format":1"#, with: #""format":2"#),
            line.replacingOccurrences(of: "needle", with: "noodle"),
            line.replacingOccurrences(of: #""place":"finished""#, with: #""place":"moon""#),
            line.replacingOccurrences(of: #""outcome":"memory""#, with: #""outcome":"fame""#),
            line.replacingOccurrences(of: #""bytes_to":1"#, with: #""bytes_to":-1"#),
            line.replacingOccurrences(
                of: #""host":"host""#, with: #""host":"\#(String(repeating: "x", count: 9000))""#),
            String(repeating: "x", count: 9 << 20), String(line.dropLast(10)),
        ]
        for text in bad {
            guard case .refused = try new.importLine(text, nowMilliseconds: 1, cleaned: \.self) else {
                Issue.record("took \(text.prefix(200))")
                continue
            }
        }
        #expect(try new.counts().episodes == 0)
    }

    @Test func cutsAnImportedMemoryThatIsTooLarge() throws {
        let (archive, episodes) = try filled()
        let line = try lines(archive)[1].replacingOccurrences(
            of: "Nothing much", with: String(repeating: "long ", count: 100_000))
        let new = try other.archive()
        #expect(try new.importLine(line, nowMilliseconds: 1, cleaned: \.self) == .added(episodes[0].id))
        #expect(try new.show(episodes[0].id)?.memory?.memory.summary.utf8.count ?? 0 <= 16 << 10)
    }
}
