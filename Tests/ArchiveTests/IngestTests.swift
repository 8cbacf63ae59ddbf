import Domain
import Testing

@testable import Archive

@Suite struct IngestTests {
    let folder = TestFolder()

    @Test func givesAnEpisodeBackByteForByte() throws {
        let archive = try folder.archive()
        let entries = [
            Samples.entry(1, .user, "\"quoted\" \\ back\nline\ttab \u{1}\u{1f} é 日本 🎉"),
            Samples.entry(2, .assistant, "yes"),
            Samples.entry(3, .call, "Edit /src/a.swift"), Samples.entry(4, .failure, "boom\u{0}after"),
        ]
        var side = Samples.entry(5, .assistant, "sub")
        side.subagent = "side"
        let episode = Samples.episode(entries + [side])
        #expect(try archive.ingest([episode], nowMilliseconds: 5) == [.archived(newEntries: 5)])
        let shown = try #require(try archive.show(episode.id))
        #expect(shown.episode == episode)
        #expect(SHA256.hexadecimal(of: shown.episode.content) == episode.sha256)
        #expect(shown.entries == entries + [side])
        #expect(shown.newEntries == entries + [side])
        #expect(shown.place == .queued)
    }

    @Test(arguments: [
        "", "\n", "\n\n", "not json", "{}", #"{"role":"user"}"#,
        #"{"role":"oracle","text":"x","at":"","uuid":"","hash":""}"#,
        #"{ "role":"user","text":"spaced","at":"","uuid":"u","hash":"h"}"#,
        #"{"hash":"h","uuid":"u","at":"","text":"other order","role":"user"}"#,
        #"{"role":"user","text":"\u0041\n","at":"","uuid":"u","hash":"h"}"#,
        #"{"role":"user","text":"\u001F","at":"","uuid":"u","hash":"h"}"#,
        #"{"role":"user","text":"x","at":"","agent":"","uuid":"u","hash":"h"}"#,
        #"{"role":"user","text":"x","at":"","uuid":"u","hash":"h"}"# + "\n",
        #"{"role":"user","text":"x","at":"","uuid":"u","hash":"h","more":1}"#,
        "{\"role\":\"user\",\"text\":\"x\",\"at\":\"\",\"uuid\":\"\\u0000\",\"hash\":\"h\"}", "\u{0}", "a\u{0}b",
    ])
    func givesAnyContentBackByteForByte(content: String) throws {
        let archive = try folder.archive()
        let episode = Samples.episode(content: content)
        _ = try archive.ingest([episode], nowMilliseconds: 5)
        #expect(try archive.show(episode.id)?.episode.content.utf8.elementsEqual(content.utf8) == true)
    }

    /// In the order of the transcript, each once, whenever they were captured; the last ones where there are many.
    @Test func tellsWhatWasSaidInASession() throws {
        let archive = try folder.archive()
        var side = Samples.entry(9, .assistant, "sub")
        side.subagent = "side"
        let second = Samples.episode([Samples.entry(3), Samples.entry(4), side], bytes: 100..<200)
        let first = Samples.episode([Samples.entry(1), Samples.entry(2), Samples.entry(3)], bytes: 0..<100, at: 2000)
        _ = try archive.ingest([second, first], nowMilliseconds: 5)
        #expect(try archive.entries(ofSession: Samples.session, limit: 9).map(\.uuid) == (1...4).map { "uuid-\($0)" })
        #expect(try archive.entries(ofSession: Samples.session, limit: 2).map(\.uuid) == ["uuid-3", "uuid-4"])
        #expect(try archive.entries(ofSession: "other", limit: 9).isEmpty)
    }

    /// Its note waited while another captured the transcript, which was gone when the note's turn came.
    @Test func anAnswerByAHooksWordThatTheTranscriptGaveIsNoSecondEntry() throws {
        func answer(_ text: String, path: String = "/t/a.jsonl") -> StoredEpisode {
            let entry = EpisodeEntry(
                uuid: "", hash: Checksum.fnv1a(text).hexadecimal, role: .assistant, at: "", text: text)
            return Samples.episode([entry], bytes: 0..<0, path: path)
        }
        let archive = try folder.archive()
        let captured = Samples.episode([Samples.entry(1), Samples.entry(2, .assistant, "It is done.")])
        _ = try archive.ingest([captured], nowMilliseconds: 5)
        let known = answer("It is done.\n")
        #expect(try archive.ingest([known], nowMilliseconds: 6) == [.duplicate])
        let shown = try #require(try archive.show(known.id))
        #expect(shown.episode.content == known.content && shown.newEntries.isEmpty)
        #expect(try archive.entries(ofSession: Samples.session, limit: 9).count == 2)
        // What a person said is no answer, nor is what was said elsewhere.
        let others = [answer("word1 says something"), answer("It is done.", path: "/t/b.jsonl")]
        #expect(try archive.ingest(others, nowMilliseconds: 7) == [.archived(newEntries: 1), .archived(newEntries: 1)])
    }

    @Test func keepsTheLinesOfADamagedEpisodeAndFindsThem() throws {
        let archive = try folder.archive()
        let good = Samples.entry(1).json
        let unknown = Samples.episode(content: good + "\n{\"kaputt\": \"zebra\"}", count: 2)
        var changed = Samples.episode([Samples.entry(2)], bytes: 100..<200)
        changed.sha256 = String(repeating: "0", count: 64)
        let outcomes = try archive.ingest([unknown, changed], nowMilliseconds: 5)
        for outcome in outcomes {
            guard case .damaged = outcome else { Issue.record("\(outcome)"); continue }
        }
        #expect(try archive.show(unknown.id)?.episode.content == unknown.content)
        #expect(try archive.show(changed.id)?.episode.content == changed.content)
        #expect(try archive.show(unknown.id)?.place == .finished(.dead))
        #expect(try archive.search("zebra").map(\.episode) == [unknown.id])
        #expect(try archive.search("word2").map(\.episode) == [changed.id])
    }

    @Test func addsNothingTwiceForForksAndCompactions() throws {
        let archive = try folder.archive()
        let history = (1...6).map { Samples.entry($0) }
        let first = Samples.episode(history)
        #expect(try archive.ingest([first], nowMilliseconds: 1) == [.archived(newEntries: 6)])
        // Another file lists all of it again, cut at other places.
        let copies = [
            Samples.episode(Array(history[..<4]), bytes: 0..<70, path: "/t/fork.jsonl"),
            Samples.episode(Array(history[2...]), bytes: 70..<190, path: "/t/fork.jsonl"),
        ]
        #expect(try archive.ingest(copies, nowMilliseconds: 2) == [.duplicate, .duplicate])
        let grown = Samples.episode(history + [Samples.entry(7)], bytes: 0..<300, path: "/t/compacted.jsonl")
        #expect(try archive.ingest([grown], nowMilliseconds: 3) == [.archived(newEntries: 1)])
        #expect(try archive.counts().entries == 7)
        for episode in copies + [grown] {
            #expect(try archive.show(episode.id)?.episode.content == episode.content)
        }
        #expect(try archive.show(copies[0].id)?.place == .finished(.duplicate))
        #expect(try archive.show(grown.id)?.newEntries == [Samples.entry(7)])
        #expect(try archive.search("word3").map(\.episode) == [first.id])
        #expect(try archive.search("word7").map(\.episode) == [grown.id])
    }

    @Test func addsNothingTwiceWithinOneCall() throws {
        let archive = try folder.archive()
        let entries = [Samples.entry(1), Samples.entry(1)]
        let first = Samples.episode(entries), second = Samples.episode(entries, bytes: 100..<200)
        #expect(
            try archive.ingest([first, second, first], nowMilliseconds: 1)
                == [.archived(newEntries: 1), .duplicate, .known(.queued)])
        #expect(try archive.show(first.id)?.episode.content == first.content)
    }

    @Test func keepsAllPiecesOfASplitEntry() throws {
        let archive = try folder.archive()
        let pieces = (0..<3).map { Samples.entry(1, .user, "piece\($0)") }
        let outcomes = try archive.ingest(
            pieces.enumerated().map { Samples.episode([$1], bytes: Int64($0)..<Int64($0 + 1)) }, nowMilliseconds: 1)
        #expect(outcomes == Array(repeating: .archived(newEntries: 1), count: 3))
        for number in 0..<3 { #expect(try archive.search("piece\(number)").count == 1) }
    }

    @Test func keepsBothTextsUnderOneUUIDAndHash() throws {
        let archive = try folder.archive()
        let before = Samples.entry(1, .user, "before"), after = Samples.entry(1, .user, "after")
        let outcomes = try archive.ingest(
            [Samples.episode([before]), Samples.episode([after], generation: 1)], nowMilliseconds: 1)
        #expect(outcomes == [.archived(newEntries: 1), .archived(newEntries: 1)])
        #expect(try archive.counts().entries == 2)
    }

    @Test func keepsACopyThatDiffersInTimeOrAgentByteForByte() throws {
        let archive = try folder.archive()
        var copy = Samples.entry(1)
        copy.at = "2027-01-01T00:00:00.000Z"
        copy.subagent = "side"
        let episodes = [Samples.episode([Samples.entry(1)]), Samples.episode([copy], generation: 1)]
        #expect(try archive.ingest(episodes, nowMilliseconds: 1) == [.archived(newEntries: 1), .duplicate])
        #expect(try archive.show(episodes[1].id)?.episode.content == episodes[1].content)
        #expect(try archive.show(episodes[1].id)?.entries == [copy])
    }

    @Test func entriesWithoutUUIDAreUniqueWhereTheyStand() throws {
        let archive = try folder.archive()
        var entry = Samples.entry(1)
        entry.uuid = ""
        let episodes = [Samples.episode([entry, entry]), Samples.episode([entry], generation: 1)]
        #expect(
            try archive.ingest(episodes, nowMilliseconds: 1) == [.archived(newEntries: 2), .archived(newEntries: 1)])
    }

    @Test func tellsWhereAKnownEpisodeIs() throws {
        let archive = try folder.archive()
        let episode = Samples.episode([Samples.entry(1)])
        _ = try archive.ingest([episode], nowMilliseconds: 1)
        try archive.toBacklog([episode.id])
        #expect(try archive.ingest([episode], nowMilliseconds: 2) == [.known(.backlog)])
        try archive.finish([episode.id], as: .dead, nowMilliseconds: 3)
        #expect(try archive.ingest([episode], nowMilliseconds: 4) == [.known(.finished(.dead))])
        #expect(try archive.counts().episodes == 1)
    }

    @Test func recordsWhatAPersonDiscarded() throws {
        let archive = try folder.archive()
        var gone = Samples.episode([Samples.entry(1)])
        gone.content = ""
        gone.discardedMilliseconds = 77
        var later = Samples.episode([Samples.entry(2)], bytes: 100..<200)
        _ = try archive.ingest([later], nowMilliseconds: 1)
        later.content = ""
        later.discardedMilliseconds = 78
        #expect(try archive.ingest([gone, later, gone], nowMilliseconds: 2) == [.discarded, .discarded, .discarded])
        #expect(try archive.show(gone.id)?.place == .finished(.discarded))
        #expect(try archive.show(later.id)?.place == .finished(.discarded))
        #expect(try archive.show(later.id)?.entries.count == 1)
        let spans = try archive.heldSpans(of: [FileID(host: "host", path: "/t/a.jsonl")])
        #expect(spans.values.joined().map(\.isDiscarded) == [true, true])
    }

    @Test func readsTheFieldsOfAHash() throws {
        let id = Samples.episode([Samples.entry(1)]).id
        let content = Samples.entry(1).json
        let file = FileID(host: "h", path: "/p")
        let fields = [
            "session_id": "s", "dispatch_key": "coder/1", "group_id": "coder", "host": "h", "session_file": "/p",
            "file_id": file.rawValue, "generation": "2", "bytes_from": "10", "bytes_to": "20", "entries": "1",
            "filter": "ffddo16000", "content": content, "sha256": SHA256.hexadecimal(of: content),
            "captured_ms": "123", "agent_id": "a1", "retry_count": "3",
        ]
        let episode = try #require(StoredEpisode(id: id, EpisodeRecord(fields: fields)))
        #expect(
            episode
                == StoredEpisode(
                    id: id, sessionID: "s", dispatchKey: "coder/1", groupID: "coder", host: "h", sessionFile: "/p",
                    file: file, generation: 2, bytes: 10..<20, agentID: "a1", filterMark: "ffddo16000",
                    capturedMilliseconds: 123, entryCount: 1, content: content, retryCount: 3))
        #expect(StoredEpisode(id: id, EpisodeRecord(fields: ["session_id": "s"])) == nil)
        #expect(
            StoredEpisode(
                id: id, EpisodeRecord(fields: ["discarded_at": "2026-01-01T00:00:00.000Z", "captured_ms": "5"]))?
                .discardedMilliseconds == 1_767_225_600_000)
    }

    @Test func movesCursorsOnlyForwards() throws {
        let archive = try folder.archive()
        func cursor(_ generation: Int64, _ offset: Int64) -> ArchivedCursor {
            ArchivedCursor(
                file: FileID(host: "host", path: "/a"), path: "/a", host: "host",
                cursor: Cursor(offset: offset, generation: generation, tailHash: "t\(offset)"),
                capturedMilliseconds: offset)
        }
        for (next, expected) in [
            (cursor(0, 10), cursor(0, 10)), (cursor(0, 5), cursor(0, 10)), (cursor(0, 20), cursor(0, 20)),
            (cursor(1, 3), cursor(1, 3)), (cursor(0, 99), cursor(1, 3)), (cursor(1, 3), cursor(1, 3)),
        ] {
            _ = try archive.ingest([], cursors: [next], nowMilliseconds: 1)
            #expect(try archive.cursors() == [expected])
        }
    }

    @Test func tellsTheLedgerWhatIsHeld() throws {
        let archive = try folder.archive()
        let file = FileID(host: "host", path: "/t/a.jsonl")
        let first = Samples.episode([Samples.entry(1), Samples.entry(2)], bytes: 0..<50)
        let again = Samples.episode([Samples.entry(2), Samples.entry(3)], bytes: 0..<60, generation: 1)
        var broken = Samples.episode([Samples.entry(4)], bytes: 60..<90, generation: 1)
        broken.sha256 = ""
        _ = try archive.ingest([again, first, broken], nowMilliseconds: 1)
        let spans = try archive.heldSpans(of: [file, FileID(host: "host", path: "/other")])
        #expect(
            spans == [
                file: [
                    ArchivedSpan(
                        file: file, generation: 0, bytes: 0..<50, uuids: ["uuid-1", "uuid-2"], filterMark: "ffddo16000",
                        isDiscarded: false),
                    ArchivedSpan(
                        file: file, generation: 1, bytes: 0..<60, uuids: ["uuid-2", "uuid-3"], filterMark: "ffddo16000",
                        isDiscarded: false),
                ]
            ])
    }
}
