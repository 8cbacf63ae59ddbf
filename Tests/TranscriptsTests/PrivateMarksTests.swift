import Domain
import Settings
import TestSupport
import Testing

@testable import Transcripts

/// What is marked `<private>` is not kept, whatever stands around it.
@Suite struct PrivateMarksTests {
    private func line(_ text: String) -> String {
        var none = Exclusions()
        return String(decoding: ClaudeCode().kept(Array(text.utf8), at: 0, &none).bytes, as: UTF8.self)
    }

    private func file(_ text: String) -> String {
        var none = Exclusions()
        return String(decoding: KeptBytes.of(Array(text.utf8), at: 0, written: 0, &none).bytes, as: UTF8.self)
    }

    /// Beside a transcript lies what tools put out: text that begins as JSON does, and is none.
    @Test(arguments: [
        ("{ some code\n<private>X</private>\n}", "{ some code\n\n}"),
        (#"{"a":1} trailing <private>X</private>"#, #"{"a":1} trailing "#),
        ("{'a': '<private>X</private>'}", "{'a': ''}"), (#"{"a": "<private>X</private>"#, #"{"a": ""#),
        ("{<private>X", "{"), ("[<private>X</private>]", "[]"),
        (#"{'a': '\u003cprivate\u003e X \u003c/private\u003e'}"#, #"{'a': ''}"#),
        (#"{ C:\\<private>X</private>\\n b"#, #"{ C:\\\\n b"#),
        (#"{ for "<private>X" and </private> }"#, #"{ for " }"#),
        // A section that goes on into what looks whole, or comes from it.
        ("{ log <private>\n" + #"{"type":"user","uuid":"u","text":"X"}"#, "{ log "),
        (#"{"a":"<private>X"} X </private> b"#, #"{"a":" b"#),
        // Of whole JSON each string is a text of its own, and it stays JSON.
        ("{\n  \"a\": \"<private>X\",\n  \"b\": [\"c\"]\n}\n", "{\n  \"a\": \"\",\n  \"b\": [\"c\"]\n}\n"),
        (#"["<private>X", "b"]"#, #"["", "b"]"#), (#"{"a":"\u003cpri\u0076ate\u003eX"}"#, #"{"a":""}"#),
        ("let box: Box<Private> = {}", "let box: Box<Private> = {}"),
    ])
    func nothingOfItIsKeptOfAFile(text: String, kept: String) { #expect(file(text) == kept) }

    /// The next client appends to the line that a killed one left.
    @Test func nothingOfItIsKeptOfALineThatWasTorn() {
        let torn = #"{"type":"user","message":{"content":"torn"#, next = Said.user("hey <private>X</private>") + "\n"
        #expect(line(torn + next) == torn + Said.user("hey ") + "\n")
        #expect(line(torn + Said.user("<private>X") + "\n") == torn + Said.user("") + "\n")
        #expect(line(torn + " <private>X</private>" + next) == torn + " " + Said.user("hey ") + "\n")
        // It is not closed, and nobody knows where it ended.
        #expect(line(torn + " <private>X\n" + Said.user("b") + "\n") == torn + " \n" + Said.user("b") + "\n")
        #expect(line(torn + " <private>X" + next) == torn + " \n")
    }

    /// Marks in all manner of surroundings, torn and garbled anywhere but between the tags.
    @Test(arguments: 0..<40) func nothingOfItIsKeptWhateverStandsAroundIt(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let around = [
            Said.user("a"), Said.agent("b \\\" c"), Said.call("Bash", #"{"command":"ls \"x\""}"#), "{", "}", "\"", "'",
            "\\", "\\\\", "\\n", ",", ":", "[", "]", "{ code", "\n", " ", "{\"a\":1}", "null", "</pri", "<", ">",
            "\u{FEFF}",
            "é", "\\ud83d", "\\u00", "// Box<Other>", "{\"type\":", "{\"type\":\"user\",\"uuid\":\"u\",\"x\":\"",
        ]
        let tags = [
            ("<private>", "</private>"), (" <PRIVATE>", "</Private>"),
            // Escapes are such in a string; elsewhere a backslash before them says that they are none.
            ("\\u003cprivate\\u003e", "\\u003c/private\\u003e"), ("<private\\u003E", "</pri\\u0076ate>"),
        ]
        let words = ["SECRET", "SECRET {", "SECRET \\\" SECRET", "SECRET \\n SECRET", "SECRET } SECRET"]
        for _ in 0..<200 {
            var text = ""
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                text += around.randomElement(using: &random) ?? ""
                if Int.random(in: 0...2, using: &random) == 0 {
                    let kind = Int.random(in: tags.indices, using: &random)
                    let section = tags[kind].0 + (words.randomElement(using: &random) ?? "") + tags[kind].1
                    let isBare = kind < 2 && Bool.random(using: &random)
                    text += isBare ? section : Said.user("MARK").replacing("MARK", with: section)
                }
                // What was open when it was torn goes on to the end, at least of its string.
                if Int.random(in: 0...9, using: &random) == 0 { text.removeLast(min(text.count, 3)) }
            }
            if Int.random(in: 0...3, using: &random) == 0 { text += "<private>SECRET" }
            let kept = file(text), lines = line(text.replacing("\n", with: " ") + "\n")
            #expect(!kept.contains("SECRET"), "\(text)")
            #expect(!lines.contains("SECRET") && lines.hasSuffix("\n"), "\(text)")
        }
    }
}
