import Domain
import Platform
import Redaction
import TestSupport
import Testing

@testable import Transcripts

@Suite struct TranscriptReaderTests {
    @Test func readsWhatWasSaidAndDone() throws {
        let reading = try Said([
            Said.user("please mend it", uuid: "1"), Said.agent("I look", uuid: "2"),
            Said.call("Read", #"{"file_path":"/p/a.swift"}"#, id: "t1", uuid: "3"),
            Said.result("let a = 1", id: "t1", uuid: "4"), Said.agent("done", uuid: "5"),
        ]).read()
        #expect(reading.entries.map(\.role) == [.user, .assistant, .call, .assistant])
        #expect(reading.texts == ["please mend it", "I look", "Read /p/a.swift", "done"])
        #expect(reading.entries.map(\.uuid) == ["1", "2", "3", "5"])
        #expect(reading.statistics.turns == 1)
    }

    /// More than any client writes: read through, and counted, but never held. What follows is read as ever.
    @Test(arguments: [(64 << 20) + 1, 200 << 20]) func passesOverALineOfMoreThan64MB(length: Int) throws {
        let said = try Said([Said.user("one")])
        let begun = said.size
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        try said.append(#"{"type":"user","uuid":"long","message":{"content":""#.utf8)
        while said.size - begun < length { try said.append(piece.prefix(length - Int(said.size - begun))) }

        // Not ended yet: what is there is done with, and not read again.
        let unended = try said.read()
        #expect(unended.texts == ["one"] && unended.position == said.size)
        #expect(unended.statistics.excludedBytes == ["a line of more than 64 MB": Int64(length)])

        try said.append("\"}}\n\(Said.user("two"))\n".utf8)
        let reading = try said.read()
        #expect(reading.texts == ["one", "two"] && reading.position == said.size)
        #expect(reading.statistics.excludedBytes == ["a line of more than 64 MB": Int64(length + 4)])
        #expect(reading.statistics.bytesRaw == said.size)
        #expect(try said.read(from: unended.position).texts == ["two"])
    }

    @Test func readsALineOf64MBAtMost() throws {
        let frame = Said.user("").utf8.count + 1
        let said = try Said([Said.user(String(repeating: "x", count: (64 << 20) - frame)), Said.user("two")])
        let reading = try said.read()
        #expect(reading.entries.count == 2 && reading.texts.last == "two")
        #expect(reading.statistics.excludedBytes.isEmpty)
    }

    @Test(arguments: [
        ("two objects on one line", Said.user("one") + Said.user("two") + "\n", ["one", "two"], 0),
        (
            "a line cut in the middle", #"{"type":"user","message":{"content":"lost"# + "\n" + Said.user("two") + "\n",
            ["two"], 1
        ),
        (
            "a half line that the next process appended to", #"{"type":"user","mess"# + Said.user("two") + "\n",
            ["two"], 1
        ),
        ("line ends of Windows", Said.user("one") + "\r\n" + Said.user("two") + "\r\n", ["one", "two"], 0),
        ("a byte order mark", "\u{FEFF}" + Said.user("one") + "\n", ["one"], 0),
        ("blank lines", "\n\n" + Said.user("one") + "\n  \n" + Said.user("two") + "\n", ["one", "two"], 0),
        ("NUL bytes between lines", Said.user("one") + "\n\0\0\0" + Said.user("two") + "\n", ["one", "two"], 0),
        ("a NUL byte in a string", Said.user("o\0ne") + "\n", ["one"], 0),
        (
            "half a surrogate pair",
            #"{"type":"user","uuid":"u","message":{"content":"a\ud83d b\ude00 \ud83d\ude00"}}"# + "\n",
            ["a\u{FFFD} b\u{FFFD} 😀"], 0
        ),
        ("no line break at the end", Said.user("one") + "\n" + Said.user("two"), ["one", "two"], 0),
        (
            "unknown types", #"{"type":"hologram","message":{"content":"x"}}"# + "\n" + Said.user("one") + "\n",
            ["one"], 0
        ),
        ("JSON that is no object", "42\n[1]\n\"x\"\n" + Said.user("one") + "\n", ["one"], 0),
        ("comments", "// a comment\n" + Said.user("one") + "\n", ["one"], 1),
        (
            "a summary of another session",
            #"{"type":"summary","summary":"Else","leafUuid":"x"}"# + "\n" + Said.user("one") + "\n", ["one"], 0
        ),
        (
            "a message that is no object", #"{"type":"user","message":"error"}"# + "\n" + Said.user("one") + "\n",
            ["one"], 0
        ),
        (
            "content that is no block",
            #"{"type":"user","message":{"content":["wow",7,null]}}"# + "\n" + Said.user("one") + "\n", ["one"], 0
        ),
    ])
    func bears(what: String, file: String, texts: [String], unparsable: Int) throws {
        let reading = try Said(Array(file.utf8)).read()
        #expect(reading.texts == texts, "\(what)")
        #expect(reading.statistics.unparsableLines == unparsable, "\(what)")
        #expect(reading.position == Int64(file.utf8.count), "\(what)")
        let accounted = reading.statistics.bytesRaw
        #expect(accounted == Int64(file.utf8.count), "\(what)")
    }

    @Test func leavesAHalfLineForLater() throws {
        let whole = Said.user("one") + "\n", half = #"{"type":"user","uuid":"u2","message":{"content":"tw"#
        let said = try Said(Array((whole + half).utf8))
        let first = try said.read()
        #expect(first.texts == ["one"])
        #expect(first.position == Int64(whole.utf8.count))
        try said.append(Array("o\"}}\n".utf8))
        #expect(try said.read(from: first.position).texts == ["two"])
    }

    @Test func bearsALineOfMegabytes() throws {
        let text = String(repeating: "word ", count: 1 << 20)
        var policy = FilterPolicy()
        policy.longPasteBytes = 1_000_000
        let reading = try Said([Said.user("one"), Said.agent(text), Said.user("two")]).read(policy: policy)
        #expect(reading.texts == ["one", text, "two"])
    }

    @Test func bearsDeepNesting() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let reading = try Said([#"{"type":"user","x":\#(deep)}"#, Said.user("one")]).read()
        #expect(reading.texts == ["one"])
        #expect(reading.statistics.unparsableLines == 1)
    }

    @Test func takesPromptsThatExistOnlyAsQueuedCommands() throws {
        let reading = try Said([
            #"{"type":"attachment","uuid":"q1","attachment":{"type":"queued_command","prompt":"and the tests","commandMode":"prompt"}}"#,
            #"{"type":"attachment","uuid":"q2","attachment":{"type":"queued_command","prompt":[{"type":"image","source":{}},{"type":"text","text":"like this"}]}}"#,
            #"{"type":"attachment","uuid":"q3","attachment":{"type":"queued_command","prompt":"<task-notification><summary>agent ended</summary></task-notification>"}}"#,
            #"{"type":"attachment","uuid":"q4","attachment":{"type":"task_reminder","content":"x"}}"#,
        ]).read()
        #expect(reading.texts == ["and the tests", "like this", "background task: agent ended"])
        #expect(reading.statistics.turns == 0, "said in the middle of a turn")
        #expect(reading.statistics.skipped == ["attachment": 1])
    }

    @Test func addsUsageOncePerReply() throws {
        let usage = #","usage":{"input_tokens":10,"output_tokens":5,"cache_read_input_tokens":100}"#
        func line(_ text: String) -> String {
            #"{"type":"assistant","uuid":"\#(text)","message":{"id":"m1","content":[{"type":"text","text":"\#(text)"}]\#(usage)}}"#
        }
        let reading = try Said([line("a"), line("b"), line("c")]).read()
        #expect(reading.statistics.usage.input == 10)
        #expect(reading.statistics.usage.output == 5)
        #expect(reading.statistics.usage.cacheRead == 100)
    }

    @Test func keepsSideChainsApart() throws {
        let reading = try Said([
            Said.user("do it", uuid: "1"), Said.user("your task", #","isSidechain":true"#, uuid: "2"),
            Said.agent("sub", #","isSidechain":true,"agentId":"ab12""#, uuid: "3"),
        ]).read()
        #expect(reading.entries.map(\.subagent) == ["", "side", "ab12"])
        #expect(reading.statistics.turns == 1)
    }

    @Test func skipsAMemoryToolsOwnCall() throws {
        let own = Said.user("Summarize this part of a conversation in 2-3 sentences. …")
        #expect(try Said([own, Said.agent("It was good.")]).read().isOwnWork)
        // A person who asks for the same in the middle of a session is no tool.
        #expect(try !Said([Said.user("hello"), own]).read().isOwnWork)
    }

    // MARK: - Growing files

    @Test(.enabled(if: Corpus.isThere, "the corpus of transcripts is not beside the checkout"))
    func readsTheSameInPiecesCutAnywhere() throws {
        var random = SeededRandom(seed: 7)
        for path in Corpus.files {
            let bytes = try Files.bytes(path, limit: .max)
            let whole = try Said(bytes).read()
            let said = try Said()
            var pieces = Said.Reading()
            var written = 0
            let cuts = (0..<6).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted() + [bytes.count]
            for cut in cuts {
                try said.append(bytes[written..<cut])
                written = cut
                let next = try said.read(from: pieces.position)
                pieces.entries += next.entries
                pieces.position = next.position
            }
            #expect(pieces.marks == whole.marks, "\(path)")
            #expect(pieces.position == whole.position, "\(path)")
        }
    }

    @Test func understandsAResultWhoseCallWasReadBefore() throws {
        let said = try Said([
            Said.user("go on"), Said.call("AskUserQuestion", #"{"questions":[{"question":"Which?"}]}"#, id: "q"),
            Said.call(
                "Bash", #"{"command":"make all the things that take longer than sixty bytes can tell of"}"#, id: "b"),
        ])
        let first = try said.read()
        try said.append(Array((Said.result("SQLITE-PLEASE", id: "q") + "\n").utf8))
        try said.append(Array((Said.result("Exit code 2", id: "b", isError: true) + "\n").utf8))
        let texts = try said.read(from: first.position).texts
        #expect(texts.contains("SQLITE-PLEASE"))
        #expect(texts.contains("Bash make all the things that take longer than sixty bytes can tell of"))
    }

    // MARK: - Positions

    @Test(arguments: [
        (Cursor(), 0, "", Cursor()),
        (Cursor(offset: 10, generation: 2, tailHash: "a"), 10, "a", Cursor(offset: 10, generation: 2, tailHash: "a")),
        (Cursor(offset: 10, generation: 2, tailHash: "a"), 9, "a", Cursor(generation: 3)),
        (Cursor(offset: 10, generation: 2, tailHash: "a"), 50, "b", Cursor(generation: 3)),
    ])
    func beginsAnewWhenAFileWasReplaced(cursor: Cursor, size: Int64, tail: String, next: Cursor) {
        #expect(ClaudeCodeTranscript.following(cursor, size: size, tail: tail) == next)
    }

    // MARK: - Fuzzing

    /// A thousand cases; `make full` has a million, in an optimised build (`Tests/Fuzz`).
    @Test func survivesAnything() throws {
        var random = SeededRandom(seed: 1)
        let seeds = [
            Said.user("one <private>x</private> two"), Said.agent("token=abc"),
            Said.call("Edit", #"{"file_path":"C:\\a\\b"}"#), Said.result("Exit code 1", isError: true),
            #"{"type":"attachment","attachment":{"type":"queued_command","prompt":[{"type":"text","text":"x"}]}}"#,
        ].map { Array($0.utf8) }
        for _ in 0..<1000 {
            var line = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 0...4, using: &random) { mutate(&line, &random) }
            line.append(10)
            unsafe line.withUnsafeBufferPointer { bytes in
                guard let text = unsafe JSONText(bytes) else { return }
                var rules = ReadingRules(policy: FilterPolicy(), redactor: Redactor())
                rules.countsSeen = true
                var interpreter = LineInterpreter(rules, isWhole: true)
                let taken = interpreter.look(at: text, 0, true)
                #expect(taken == line.count)
                #expect(interpreter.statistics.bytesRaw == Int64(line.count))
                _ = ConversationText.render(interpreter.interpretation.queue.flatMap(\.entries))
            }
        }
    }

    private func mutate(_ line: inout [UInt8], _ random: inout SeededRandom) {
        let place = Int.random(in: 0..<max(1, line.count), using: &random)
        guard place < line.count else { return }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: line[place] = [UInt8](1...9).randomElement(using: &random) ?? 1
        case 1: line[place] = UInt8.random(in: 11...255, using: &random)
        case 2: line.removeSubrange(place..<min(line.count, place + Int.random(in: 1...20, using: &random)))
        case 3: line.insert(contentsOf: Array(#"{}[]",:\u"#.utf8).shuffled(using: &random).prefix(3), at: place)
        default: line.insert(contentsOf: line[place...].prefix(30), at: place)
        }
        line.removeAll { $0 == 10 }
        if line.isEmpty { line = [32] }
    }
}
