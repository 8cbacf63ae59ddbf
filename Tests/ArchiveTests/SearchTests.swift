import Domain
import Testing

@testable import Archive

@Suite struct SearchTests {
    let folder = TestFolder()

    private func archive(_ texts: [String], key: String = "coder/issue-1") throws -> (SQLiteArchive, [EpisodeID]) {
        let archive = try folder.archive()
        let episodes = texts.enumerated().map { number, text in
            Samples.episode(
                [Samples.entry(number, .assistant, "intro"), Samples.entry(number + 1000, .result, text)],
                bytes: Int64(number)..<Int64(number + 1), key: key, at: Int64(1000 + number))
        }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        return (archive, episodes.map(\.id))
    }

    @Test(arguments: [
        ("needle", "a needle in hay"), ("NEEDLE", "a needle in hay"), ("need", "a needle in hay"),
        ("hay needle", "a needle in hay"), ("uber", "Über allem"), ("Über", "uber allem"), ("cafe", "le café"),
        ("istanbul", "İSTANBUL"), ("İstanbul", "istanbul"), ("日本", "日本語のテスト"), ("日本語のテスト", "日本語のテスト"),
        ("foo-bar", "the foo-bar thing"), ("a.swift", "Edit /src/a.swift"), ("don't", "I don't know"),
        ("\"needle in\"", "a needle in hay"), ("🎉 needle", "🎉 needle"), ("NEAR(needle hay)", "near needle hay"),
        ("x:y", "x y"), ("x*y", "x y"), ("needle\u{0}hay", "needle and hay"), ("\"needle", "a needle in hay"),
        ("needle AND hay", "needle and hay"), ("-needle", "a needle in hay"), ("^needle", "a needle in hay"),
        ("{raw} : needle", "raw needle"), ("\"\"needle\"\"", "a needle in hay"), ("needle*", "a needle in hay"),
        ("needle) OR (hay", "needle or hay"),
    ])
    func finds(query: String, text: String) throws {
        let (archive, ids) = try archive([text, "something else entirely"])
        #expect(try archive.search(query).map(\.episode).first == ids[0])
    }

    @Test(arguments: ["", "   ", "***", "\"\"", "\"", "-", "🎉", "\u{0}", "(){}:^", "\u{202E}"])
    func refusesAQueryWithoutAWord(query: String) throws {
        let (archive, _) = try archive(["text"])
        #expect(throws: ArchiveError.self) { try archive.search(query) }
    }

    @Test func survivesAnEndlessQuery() throws {
        let (archive, ids) = try archive(["term1 term2"])
        let query = (1...10_000).map { "term\($0)" }.joined(separator: " ")
        #expect(try archive.search(query).map(\.episode) == ids)
        _ = try archive.search(String(repeating: "\"", count: 2001) + "x" + String(repeating: "\"", count: 9999))
        _ = try archive.search(String(repeating: "é", count: 100_000))
    }

    @Test func aPhraseIsNotItsWords() throws {
        let (archive, ids) = try archive(["the quick brown fox", "brown and quick"])
        #expect(try archive.search("\"quick brown\"").map(\.episode) == [ids[0]])
        #expect(Set(try archive.search("quick brown").map(\.episode)) == Set(ids))
    }

    @Test func looksForAnyTermWhereNothingHasAll() throws {
        let (archive, ids) = try archive(["alpha one", "beta two", "alpha beta"])
        #expect(try archive.search("alpha beta").map(\.episode) == [ids[2]])
        #expect(try archive.search("alpha beta").allSatisfy(\.hasAllWords))
        #expect(try archive.search("one two").allSatisfy { !$0.hasAllWords })
        #expect(Set(try archive.search("one two").map(\.episode)) == [ids[0], ids[1]])
    }

    @Test func oneLetterIsNoPrefix() throws {
        let (archive, _) = try archive(["abcdef"])
        #expect(try archive.search("ab").isEmpty)
        #expect(try archive.search("abc").count == 1)
    }

    @Test func ranksAMemoryAboveADigestAboveRawText() throws {
        let archive = try folder.archive()
        let raw = Samples.episode([Samples.entry(1, .user, "x"), Samples.entry(2, .result, "needle")], bytes: 0..<1)
        let digest = Samples.episode([Samples.entry(3, .user, "needle"), Samples.entry(4, .result, "x")], bytes: 1..<2)
        let memory = Samples.episode([Samples.entry(5, .user, "x"), Samples.entry(6, .result, "y")], bytes: 2..<3)
        let noise = (10..<40).map { Samples.episode([Samples.entry($0)], bytes: Int64($0)..<Int64($0 + 1)) }
        _ = try archive.ingest([raw, digest, memory] + noise, nowMilliseconds: 1)
        for episode in noise + [memory] {
            _ = try archive.storeMemory(
                Samples.memory(episode == memory ? "The needle" : "Other"), of: episode.id, maker: Samples.maker,
                nowMilliseconds: 1)
        }
        let hits = try archive.search("needle")
        #expect(hits.map(\.episode) == [memory.id, digest.id, raw.id])
        #expect(hits.map(\.source) == [.memory, .digest, .raw])
        #expect(hits[0].title == "The needle" && hits[1].title == "needle")
    }

    @Test func anEpisodeIsFoundOnceByItsBetterSource() throws {
        let (archive, ids) = try archive(["needle"])
        _ = try archive.storeMemory(Samples.memory("needle"), of: ids[0], maker: Samples.maker, nowMilliseconds: 1)
        #expect(try archive.search("needle").map(\.source).count == 1)
    }

    @Test func amongEqualsTheNewerIsFirst() throws {
        let archive = try folder.archive()
        let day: Int64 = 86_400_000
        let episodes = [3, 1, 2].map { number in
            Samples.episode(
                [Samples.entry(number, .user, "needle number\(number)")], bytes: Int64(number)..<Int64(number + 1),
                at: Int64(number) * 100 * day)
        }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        #expect(try archive.search("needle").map { $0.capturedMilliseconds / 100 / day } == [3, 2, 1])
    }

    @Test func narrowsToAKeyAnAgentAndATime() throws {
        let archive = try folder.archive()
        let keys = ["coder/issue-1", "coder/issue-2", "tester/issue-1", "dir:/home/dev/coder", "", "coder"]
        let episodes = keys.enumerated().map { number, key in
            Samples.episode(
                [Samples.entry(number, .user, "needle")], bytes: Int64(number)..<Int64(number + 1), key: key,
                at: Int64(number))
        }
        _ = try archive.ingest(episodes, nowMilliseconds: 1)
        func keysFound(_ key: String?, since: Int64? = nil) throws -> Set<String> {
            Set(try archive.search(ArchiveSearch("needle", key: key, sinceMilliseconds: since)).map(\.dispatchKey))
        }
        #expect(try keysFound(nil) == Set(keys))
        #expect(try keysFound("coder/issue-1") == ["coder/issue-1"])
        #expect(try keysFound("coder") == ["coder/issue-1", "coder/issue-2", "coder"])
        #expect(try keysFound("dir:/home/dev/coder") == ["dir:/home/dev/coder"])
        #expect(try keysFound("default") == ["dir:/home/dev/coder"])
        #expect(try keysFound("cod") == [])
        #expect(try keysFound(nil, since: 3) == ["dir:/home/dev/coder", "", "coder"])
        #expect(try keysFound("coder", since: 1) == ["coder/issue-2", "coder"])
        #expect(try keysFound(nil, since: 99) == [])
    }

    @Test func aSnippetMarksTheWordsAndNothingElse() throws {
        let (archive, _) = try archive([
            "before \u{202E}evil\u{2066} \u{1B}[31m needle\u{0} [after] \u{E000}\n\u{2028}end\u{0}"
        ])
        let hit = try #require(try archive.search(ArchiveSearch("needle", marks: (before: "<<", after: ">>"))).first)
        #expect(hit.snippet.contains("<<needle>>"))
        #expect(hit.snippet.contains("[after]"))
        let forbidden = hit.snippet.unicodeScalars.filter {
            $0.properties.generalCategory == .control || $0.properties.isBidiControl || $0 == "\u{2028}"
        }
        #expect(forbidden.isEmpty)
        #expect(hit.snippet.components(of: "<<") == 2)
    }

    @Test func limitsHits() throws {
        let (archive, _) = try archive((0..<30).map { "needle \($0)" })
        #expect(try archive.search(ArchiveSearch("needle", limit: 7)).count == 7)
        #expect(try archive.search(ArchiveSearch("needle", limit: 0)).isEmpty)
        #expect(try archive.search(ArchiveSearch("needle", limit: -1)).isEmpty)
    }

    @Test func findsAnEpisodeByTheBeginningOfItsID() throws {
        let (archive, ids) = try archive(["one", "two"])
        #expect(try archive.show(beginning: String(ids[0].rawValue.prefix(8)))?.episode.id == ids[0])
        #expect(try archive.show(beginning: ids[1].rawValue.uppercased())?.episode.id == ids[1])
        #expect(try archive.show(beginning: "000000000") == nil)
        #expect(throws: ArchiveError.self) { try archive.show(beginning: "12345") }
        #expect(throws: ArchiveError.self) { try archive.show(beginning: "' OR 1=1 --") }
        // Two that begin alike.
        let twins = try ["a", "b"].map { end in
            var episode = Samples.episode([Samples.entry(end == "a" ? 500 : 501)])
            episode.id = try #require(EpisodeID(rawValue: "abcdef" + String(repeating: end, count: 26)))
            return episode
        }
        _ = try archive.ingest(twins, nowMilliseconds: 1)
        #expect(throws: ArchiveError.self) { try archive.show(beginning: "abcdef") }
        #expect(try archive.show(beginning: "abcdefa")?.episode.id == twins[0].id)
    }

    @Test func searchesStayBoundedByRecency() throws {
        // More episodes have the word than are ranked; none is found twice, and the newest are among them.
        let archive = try folder.archive()
        for start in stride(from: 0, to: 1200, by: 100) {
            let episodes = (start..<start + 100).map { number in
                Samples.episode(
                    [Samples.entry(number, .user, "needle")], bytes: Int64(number)..<Int64(number + 1),
                    at: Int64(number))
            }
            _ = try archive.ingest(episodes, nowMilliseconds: 1)
        }
        let hits = try archive.search(ArchiveSearch("needle", limit: 100))
        #expect(Set(hits.map(\.episode)).count == 100)
        #expect(hits[0].capturedMilliseconds == 1199)
    }
}

extension String {
    fileprivate func components(of separator: String) -> Int {
        split(separator: separator, omittingEmptySubsequences: false).count
    }
}
