import Domain
import Platform
import TestSupport
import Testing
import Transcripts

@Suite struct ReductionTests {
    private static func talk() -> Conversation {
        var talk = Conversation()
        talk.user("one", uuid: "a")
        talk.attachment("environment")
        talk.raw(#"{"type":"api-request","sessionId":"s"}"#)
        talk.assistant(Conversation.thinking("sig"), id: "m1")
        talk.assistant(Conversation.call("t1"), id: "m1", uuid: "call")
        talk.result("t1")
        talk.says("two", id: "m2")
        talk.add("system", #""subtype":"stop_hook_summary""#)
        talk.user("three")
        talk.says("four", id: "m3")
        return talk
    }

    @Test func leavesAWholeConversationAsItIs() throws {
        let talk = Self.talk()
        let reduced = try Reduced(talk.lines)
        try reduced.check("whole")
        #expect(reduced.texts.filter { !$0.isEmpty } == ["one", "two", "three", "four"])
        #expect(
            reduced.shape == [
                "user", "attachment", "assistant thinking", "assistant tool_use", "user tool_result", "assistant text",
                "user",
                "assistant text",
            ])
        let verdict = reduced.verdict
        #expect(verdict.holdsConversation && verdict.tornLines == 0 && verdict.bridgedGaps == 0)
        #expect(
            verdict.madeResults == 0 && verdict.droppedBlocks == 0 && verdict.keptEntries == 8 && verdict.entries == 9)
        // But for the parent, where what stood between is left out.
        #expect(Set(Reduced.lines(reduced.bytes)).subtracting(talk.lines.map { Array($0.utf8) }).count == 1)
    }

    @Test func joinsWhatStandsOnBothSidesOfAHole() throws {
        var lines = Self.talk().lines
        lines.removeSubrange(6...7)
        let reduced = try Reduced(lines)
        try reduced.check("a hole")
        #expect(reduced.texts.filter { !$0.isEmpty } == ["one", "three", "four"])
        #expect(reduced.verdict.bridgedGaps == 1 && reduced.verdict.holdsConversation)
    }

    @Test(arguments: [
        "", "{", "nonsense", #"{"parentUuid":"a","type":"user","mess"#, "[1]", "7", "\u{FEFF}",
        #"{"type":"user","uuid":"z","message":{"content":"no parent"}"#,
        #"{"type":"user","uuid":"z","message":"none"}"#, #"{"type":"user","uuid":"z","message":{"content":[]}}"#,
        #"{"type":"user","message":{"content":"no uuid"}}"#,
        #"{"a":01,"type":"user","uuid":"z","message":{"content":"x"}}"#,
    ])
    func passesOverWhatIsNoEntry(line: String) throws {
        var lines = Self.talk().lines
        lines.insert(line, at: 5)
        let reduced = try Reduced(lines)
        try reduced.check("\(line)")
        #expect(reduced.bytes == (try Reduced(Self.talk().lines).bytes))
    }

    /// As a process leaves it that goes on where another was killed.
    @Test func takesAnEntryOutOfALineWithATornBeginning() throws {
        var lines = Self.talk().lines
        lines[8] = #"{"parentUuid":"x","type":"user","message":{"content":"lost"# + lines[8]
        lines[6] = lines[6] + lines[7]
        lines.remove(at: 7)
        let reduced = try Reduced(lines)
        try reduced.check("glued")
        #expect(reduced.texts.filter { !$0.isEmpty } == ["one", "two", "three", "four"])
        #expect(reduced.verdict.tornLines == 1)
    }

    @Test func saysThatAResultIsMissing() throws {
        var lines = Self.talk().lines
        lines.remove(at: 5)
        let reduced = try Reduced(lines)
        try reduced.check("a result is missing")
        #expect(reduced.verdict.madeResults == 1)
        #expect(reduced.shape[4] == "user tool_result")
        #expect(
            reduced.entries[4]["message"]?["content"]?.elements?.first?["content"]?.string
                == "[No result of this call is kept.]")
        #expect(reduced.entries[4]["cwd"]?.string == "/p" && reduced.entries[4]["version"]?.string == "2.1.332")
    }

    @Test func leavesOutAResultWithoutItsCall() throws {
        var lines = Self.talk().lines
        lines.remove(at: 4)
        let reduced = try Reduced(lines)
        try reduced.check("a call is missing")
        #expect(!reduced.shape.contains("user tool_result"))
        // The thinking led to the call: it goes with it.
        #expect(!reduced.shape.contains("assistant thinking") && reduced.verdict.droppedBlocks == 2)
    }

    /// Clients hang the results of calls that run side by side beside the chain.
    @Test func keepsCallsThatRanSideBySide() throws {
        var talk = Conversation()
        talk.user("go", uuid: "u")
        talk.attachment("date")
        talk.assistant(Conversation.call("t1"), id: "m1", uuid: "c1")
        talk.result("t1", parent: "c1", uuid: "r1")
        talk.assistant(Conversation.call("t2"), id: "m1", parent: "c1", uuid: "c2")
        talk.result("t2", parent: "c2", uuid: "r2")
        talk.assistant(Conversation.text("done"), id: "m2", parent: "r1")
        let reduced = try Reduced(talk.lines)
        try reduced.check("side by side")
        #expect(reduced.uuids == ["u", "u2", "c1", "c2", "r1", "r2", "u7"])
    }

    @Test func followsTheLastBranchAlone() throws {
        var talk = Conversation()
        talk.user("go", uuid: "u")
        talk.says("first try", id: "m1")
        talk.user("taken back", uuid: "x")
        talk.says("in vain", id: "m2")
        talk.user("again", parent: "u2", uuid: "y")
        talk.says("second try", id: "m3")
        let reduced = try Reduced(talk.lines)
        try reduced.check("branches")
        #expect(reduced.texts == ["go", "first try", "again", "second try"])
    }

    @Test func takesNoSideChain() throws {
        var talk = Self.talk()
        talk.add("user", #""message":{"role":"user","content":"task"}"#, isSidechain: true)
        talk.add("assistant", #""message":{"id":"side","content":[{"type":"text","text":"x"}]}"#, isSidechain: true)
        let reduced = try Reduced(talk.lines)
        try reduced.check("side chain")
        #expect(reduced.bytes == (try Reduced(Self.talk().lines).bytes))
    }

    @Test(arguments: ["", "sig"]) func takesThinkingWithItsSignatureAlone(signature: String) throws {
        var talk = Conversation()
        talk.user("go")
        talk.attachment("date")
        talk.assistant(Conversation.thinking(signature) + "," + Conversation.text("well"), id: "m1")
        talk.assistant(#"{"type":"redacted_thinking","data":"\#(signature)"}"#, id: "m2")
        talk.assistant(Conversation.text("end"), id: "m2")
        let reduced = try Reduced(talk.lines)
        try reduced.check("\(signature)")
        #expect(
            reduced.shape
                == (signature.isEmpty
                    ? ["user", "attachment", "assistant text", "assistant text"]
                    : [
                        "user", "attachment", "assistant thinking text", "assistant redacted_thinking",
                        "assistant text",
                    ]))
        #expect(reduced.entries[2]["message"]?["model"]?.string == "claude-opus-5-5", "all else stays")
    }

    @Test func leavesOutHalfOfWhatTheServerDid() throws {
        var talk = Conversation()
        talk.user("go")
        talk.attachment("date")
        let call = #"{"type":"server_tool_use","id":"s1","name":"web_search","input":{}}"#
        let answer = #"{"type":"web_search_tool_result","tool_use_id":"s1","content":[]}"#
        talk.assistant(call, id: "m1")
        talk.assistant(answer, id: "m1")
        talk.assistant(Conversation.text("found"), id: "m1")
        let whole = try Reduced(talk.lines)
        #expect(
            whole.shape == [
                "user", "attachment", "assistant server_tool_use", "assistant web_search_tool_result", "assistant text",
            ])
        for lost in 2...3 {
            var lines = talk.lines
            lines.remove(at: lost)
            let reduced = try Reduced(lines)
            try reduced.check("half")
            #expect(reduced.shape == ["user", "attachment", "assistant text"])
        }
    }

    @Test func beginsWithAUsersMessage() throws {
        let reduced = try Reduced(Array(Self.talk().lines.dropFirst()))
        try reduced.check("no beginning")
        #expect(reduced.texts.first == "[The beginning of this conversation is not kept.]")
        #expect(reduced.entries.first?["isMeta"]?.bool == true)
    }

    /// Newer clients would send an empty message in the place of what is attached there.
    @Test func attachesTheDayWhereNothingElseIs() throws {
        var lines = Self.talk().lines
        lines.remove(at: 1)
        let reduced = try Reduced(lines)
        try reduced.check("nothing is attached")
        #expect(reduced.shape.prefix(3) == ["user", "attachment", "assistant thinking"])
        #expect(reduced.entries[1]["attachment"] == ["type": "date", "date": "2026-11-21"])
        let silent = Self.talk().lines.map { $0.replacing(#""environment""#, with: #""session_context""#) }
        #expect(try Reduced(silent).shape.count { $0 == "attachment" } == 2)
        let timeless = lines.map { $0.replacing("2026-11-21T00:40:17.146Z", with: "once") }
        #expect(try !Reduced(timeless).shape.contains("attachment"))
    }

    @Test func knowsWhereNothingOfAConversationIsLeft() throws {
        for lines in [[], ["x"], Array(Self.talk().lines[1...5]), Array(Self.talk().lines[2...2])] {
            let reduced = try Reduced(lines)
            try reduced.check("nothing")
            #expect(!reduced.verdict.holdsConversation)
        }
    }

    // MARK: - Compaction

    private static func compacted(_ metadata: String) -> Conversation {
        var talk = Conversation()
        talk.user("old", uuid: "a")
        talk.says("older", id: "m1")
        talk.assistant(Conversation.call("t1"), id: "m2", uuid: "call")
        talk.result("t1", uuid: "result")
        talk.root("system", #""subtype":"compact_boundary","compactMetadata":{\#(metadata)}"#, uuid: "boundary")
        talk.attachment("date")
        talk.add("user", #""isCompactSummary":true,"message":{"role":"user","content":"sum"}"#, uuid: "summary")
        talk.attachment("environment")
        talk.says("new", id: "m3")
        return talk
    }

    @Test func beginsAtTheLastCompaction() throws {
        let reduced = try Reduced(Self.compacted("").lines)
        try reduced.check("compacted")
        #expect(reduced.texts == ["sum", "new"] && !reduced.verdict.isSummaryMissing)
    }

    @Test(arguments: [
        #""preservedMessages":{"anchorUuid":"summary","uuids":["call","result"]}"#,
        #""preservedSegment":{"headUuid":"call","anchorUuid":"summary","tailUuid":"result"}"#,
    ])
    func keepsWhatACompactionLeftBehindItsSummary(metadata: String) throws {
        let reduced = try Reduced(Self.compacted(metadata).lines)
        try reduced.check("preserved")
        #expect(reduced.uuids == ["u6", "summary", "call", "result", "u8", "u9"])
    }

    /// Or the model would be told all that the summary stands for, and more than it can take.
    @Test func tellsNothingTwiceWhereTheBoundaryIsMissing() throws {
        var lines = Self.compacted("").lines
        lines.remove(at: 4)
        let reduced = try Reduced(lines)
        try reduced.check("no boundary")
        #expect(reduced.texts == ["sum", "new"])
    }

    @Test func saysWhenTheSummaryIsMissing() throws {
        var lines = Self.compacted("").lines
        lines.remove(at: 6)
        let reduced = try Reduced(lines)
        try reduced.check("no summary")
        #expect(
            reduced.verdict.isSummaryMissing
                && reduced.texts == ["[The beginning of this conversation is not kept.]", "new"])
    }

    // MARK: - Whatever comes

    @Test(arguments: 0..<300) func anyHolesLeaveAValidTranscript(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let lines = RandomTranscript.lines(&random)
        try Reduced(lines).check("seed \(seed), whole")
        try Reduced(RandomTranscript.torn(lines, &random)).check("seed \(seed), torn")
    }

    @Test(.enabled(if: Corpus.isThere, "the corpus of transcripts is not beside the checkout"))
    func realTranscriptsStayValidWithHoles() throws {
        var random = SeededRandom(seed: 11)
        for path in Corpus.files {
            let bytes = try Files.bytes(path, limit: 64 << 20)
            let lines = Reduced.lines(bytes)
            let whole = try Reduced(lines)
            try whole.check("\(path)")
            for _ in 0..<1 { try Reduced(RandomTranscript.torn(lines, &random)).check("\(path), torn") }
        }
    }
}
