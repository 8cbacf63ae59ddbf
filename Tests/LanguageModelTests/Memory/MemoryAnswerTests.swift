import Domain
import LanguageModel
import Redaction
import Testing

@Suite struct MemoryAnswerTests {
    private func parse(_ text: String) throws(MemoryAnswerError) -> Memory {
        try MemoryAnswer.parse(text) { $0 }
    }

    /// An escaped zero is a blank; an escaped backslash before `u0000` is what somebody wrote of code.
    @Test(arguments: [
        (#"a\u0000b"#, "a b"), (#"a\\u0000b"#, #"a\u0000b"#), (#"a\\\u0000b"#, #"a\ b"#), (#"a\u00000"#, "a 0"),
    ])
    func readsZeros(written: String, read: String) throws {
        #expect(try parse(#"{"title": "t", "summary": "\#(written)"}"#).summary == read)
    }

    @Test(arguments: [
        #"{"title":"T","summary":"S"}"#, "```json\n{\"title\":\"T\",\"summary\":\"S\"}\n```",
        #"Here it is: {"title":"T","summary":"S"} Anything else?"#, #"{"title":"T","summary":"S",}"#,
        #"{} and then {"title":"T","summary":"S"}"#, "a {b} c {\"title\":\"T\",\"summary\":\"S\"}",
        "\u{FEFF}{\n  \"summary\": \"S\",\n  \"title\": \"T\"\n}",
        #"{"title":"T","summary":"S","files":null,"extra":{"a":[1]}}"#,
        #"{"title":"T","summary":"S","files":"# + "[]}",
    ])
    func readsWhatModelsWriteAround(text: String) throws {
        #expect(try parse(text) == Memory(title: "T", summary: "S"))
    }

    @Test func readsEveryMember() throws {
        let memory = try parse(
            """
            {"title": "T", "summary": "one\\ntwo", "decisions": ["d"], "files": ["f"], "commands": ["c"],
             "open_questions": ["q"], "entities": [{"name": "n", "kind": "k"}],
             "relations": [{"from": "a", "relation": "uses", "to": "b"}]}
            """)
        let wanted = Memory(
            title: "T", summary: "one\ntwo", decisions: ["d"], files: ["f"], commands: ["c"], openQuestions: ["q"],
            entities: [.init(name: "n", kind: "k")], relations: [.init(from: "a", relation: "uses", to: "b")])
        #expect(memory == wanted)
    }

    @Test func takesATextForAListOfOne() throws {
        let memory = try parse(
            #"{"title":"T","decisions":"only","files":[{"path":"a.swift"},7,null,["x","y"]],"entities":["n"]}"#)
        #expect(memory.decisions == ["only"])
        #expect(memory.files == ["a.swift", "7", "x y"])
        #expect(memory.entities == [.init(name: "n", kind: "")])
        #expect(memory.summary == "T")
    }

    @Test func takesTheTitleFromTheSummary() throws {
        #expect(try parse(#"{"summary":"First.\nSecond."}"#).title == "First.")
    }

    /// The limit of output tokens ends an answer anywhere.
    @Test(arguments: [
        (#"{"title":"T","summary":"S","files":["a","b"#, ["a", "b"]),
        (#"{"title":"T","summary":"S","files":["a","#, ["a"]),
        (#"{"title":"T","summary":"S","fi"#, []), (#"{"title":"T","summary":"S","files":["a"],"commands""#, ["a"]),
        (#"{"title":"T","summary":"S","files":["a\"#, ["a"]),
    ])
    func readsAnAnswerCutOff(text: String, files: [String]) throws {
        let memory = try parse(text)
        #expect(memory.title == "T" && memory.summary == "S")
        #expect(memory.files == files)
    }

    @Test(arguments: [#"{"title":"t","summ"#, #"{"title":"t","#, #"{"title":"t","summary":"the sta"#, #"{"title":"t"#])
    func refusesAnAnswerCutOffBeforeItsSummaryEnds(text: String) {
        let error = #expect(throws: MemoryAnswerError.self) { try parse(text) }
        #expect(error?.failure.failureClass == .unusableAnswer && "\(error as Any)".contains("cut off"))
    }

    @Test(arguments: [
        ("", "nothing"), ("I cannot help with that.", "no JSON object"), ("{}", "no JSON object"),
        ("[]", "no JSON object"), (#"{"files":["a"]}"#, "neither a title nor a summary"),
        (#"{"title":" \n","summary":""}"#, "neither a title nor a summary"), ("{{{{{{{{{{{{{{{{{{{{", "no JSON object"),
        (#"{"title":{"a":1},"summary":null}"#, "neither a title nor a summary"), ("{\"title\"]", "no JSON object"),
    ])
    func namesWhatIsMissing(text: String, says: String) {
        #expect { try parse(text) } throws: { error in
            guard let error = error as? MemoryAnswerError else { return false }
            return error.description.contains(says) && error.failure.failureClass == .unusableAnswer
                && error.failure.message.utf8.count <= 300
        }
    }

    @Test func boundsEverything() throws {
        let long = String(repeating: "x", count: 10_000)
        let items = (0..<200).map { #""\#($0)\#(long)""# }.joined(separator: ",")
        let entities = (0..<200).map { #"{"name":"n\#($0)","kind":"k"}"# }.joined(separator: ",")
        let relations = (0..<200).map { #"{"from":"n\#($0)","relation":"r","to":"t"}"# }.joined(separator: ",")
        let memory = try parse(
            """
            {"title":"\(long)","summary":"\(long)","decisions":[\(items.prefix(900_000))\"],
            "entities":[\(entities)],"relations":[\(relations)]}
            """)
        #expect(memory.title.count == 200)
        #expect(memory.summary.count == 4000)
        #expect(memory.decisions.count == 50)
        #expect(memory.decisions.allSatisfy { $0.count == 500 })
        #expect(memory.entities.count == 100)
        #expect(memory.relations.count == 100)
    }

    @Test func boundsBytesOfPiledUpMarks() throws {
        let piled = "a" + String(repeating: "\u{301}", count: 100_000)
        let memory = try parse(#"{"title":"\#(piled)","summary":"S"}"#)
        #expect(memory.title.utf8.count <= 1600)
    }

    @Test(arguments: [
        #"{"title":"a\u001b[2Jb","summary":"one\r\ntwo\u0007\u202e"}"#,
        "{\"title\":\"a\u{1B}[2J\u{202E}b\",\"summary\":\"one\\ntwo\"}",
    ])
    func dropsWhatCouldMoveACursor(text: String) throws {
        let memory = try parse(text)
        #expect(memory.title == "a[2Jb")
        #expect(memory.summary == "one\ntwo")
    }

    @Test func redactsEveryText() throws {
        let secret = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
        let text = """
            {"title":"\(secret)","summary":"\(secret)","decisions":["\(secret)"],"files":["\(secret)"],
            "commands":["export T=\(secret)"],"open_questions":["\(secret)"],
            "entities":[{"name":"\(secret)","kind":"\(secret)"}],
            "relations":[{"from":"\(secret)","relation":"\(secret)","to":"\(secret)"}]}
            """
        let memory = try MemoryAnswer.parse(text, redact: Redactor().redact)
        #expect(!"\(memory)".contains("ghp_aB3"))
        #expect("\(memory)".contains("[redacted:"))
        #expect { try MemoryAnswer.parse("no, the key is \(secret)", redact: Redactor().redact) } throws: {
            !"\($0)".contains("ghp_aB3") && "\($0)".contains("[redacted:")
        }
    }

    /// Texts made to cost time or depth.
    @Test(arguments: ["{", "[", "{\"a\":[", "{\"a\":", "{\"", "{}", "\\", "{\"title\":\"\\", "[{", "a\u{301}"])
    func survivesHostileAnswers(pattern: String) {
        let flood = String(repeating: pattern, count: 1 << 18)
        for text in [flood, "{\"title\":" + flood, "{\"title\":\"" + flood] { _ = try? parse(text) }
    }

    /// What a conversation talked the model into stays a text like any other.
    @Test func followsNoInstruction() throws {
        let memory = try parse(
            ##"{"title":"{{#files}}$(touch /tmp/x)`id`{{/files}}","summary":"<script>alert(1)</script>","commands":["rm -rf /"]}"##
        )
        #expect(memory.title == "{{#files}}$(touch /tmp/x)`id`{{/files}}")
        #expect(memory.commands == ["rm -rf /"])
    }
}
