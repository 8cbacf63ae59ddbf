import Domain
import Platform
import Testing
import Transcripts

/// A transcript that was reduced in a test, and what a model's side would say of it.
struct Reduced {
    let verdict: ReducedTranscript.Verdict
    let bytes: [UInt8]
    let entries: [JSONValue]

    static let session = SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc")

    init(_ lines: [[UInt8]]) throws {
        var reduction = TranscriptReduction(of: try #require(Self.session))
        for line in lines { reduction.look(at: line) }
        var reduced = reduction.decided()
        verdict = reduced.verdict
        bytes = lines.flatMap { reduced.write($0) }
        #expect(bytes.isEmpty || bytes.last == 10, "whole lines")
        entries = try Self.lines(bytes).map { line in
            var parser = JSONParser(line, nesting: 128)
            let value = try parser.value()
            try parser.end()
            return value
        }
    }

    init(_ lines: [String]) throws { try self.init(lines.map { Array($0.utf8) }) }

    static func lines(_ bytes: [UInt8]) -> [[UInt8]] { bytes.split(separator: 10).map(Array.init) }

    func again() throws -> Reduced { try Reduced(Self.lines(bytes)) }

    var uuids: [String] { entries.map { $0["uuid"]?.string ?? "?" } }

    /// What is said, one text for each message.
    var texts: [String] {
        entries.compactMap { entry in
            switch entry["message"]?["content"] {
            case .string(let text): text
            case .array(let blocks): blocks.compactMap { $0["text"]?.string }.joined()
            default: nil
            }
        }
    }

    /// Of each entry: its type, and those of its blocks.
    var shape: [String] {
        entries.map { entry in
            let types = (entry["message"]?["content"]?.elements ?? []).map { $0["type"]?.string ?? "?" }
            return ([entry["type"]?.string ?? "?"] + types).joined(separator: " ")
        }
    }

    /// What must hold of any, whatever it was made of.
    func check(_ note: Comment) throws {
        for (index, entry) in entries.enumerated() {
            let parent = entry["parentUuid"]?.string
            #expect(parent == (index == 0 ? nil : uuids[index - 1]), note)
            #expect(["user", "assistant", "attachment"].contains(entry["type"]?.string), note)
            #expect(entry["isSidechain"]?.bool != true, note)
        }
        #expect(Set(uuids).count == uuids.count, note)
        checkMessages(note)
        #expect(try again().bytes == bytes, note)
    }

    /// As the Messages API holds them: https://platform.claude.com/docs/en/api/messages
    private func checkMessages(_ note: Comment) {
        let messages = entries.filter { $0["type"]?.string != "attachment" }
        if let first = messages.first { #expect(first["type"]?.string == "user", note) }
        var waiting: Set<String> = [], called: Set<String> = [], id = ""
        for message in messages {
            let isAssistant = message["type"]?.string == "assistant"
            let next = message["message"]?["id"]?.string ?? message["uuid"]?.string ?? ""
            if isAssistant {
                if next != id { #expect(waiting.isEmpty, "a call without its result; \(note)") }
                id = next
            }
            for block in message["message"]?["content"]?.elements ?? [] {
                switch block["type"]?.string {
                case "tool_use":
                    let call = block["id"]?.string ?? ""
                    #expect(called.insert(call).inserted, note)
                    waiting.insert(call)
                case "tool_result":
                    #expect(
                        waiting.remove(block["tool_use_id"]?.string ?? "") != nil, "a result without its call; \(note)")
                case "thinking": #expect(block["signature"]?.string?.isEmpty == false, note)
                default: break
                }
            }
            #expect(message["message"]?["content"]?.elements?.isEmpty != true, note)
            if !isAssistant {
                // Results stand before what else a user says.
                let hasResults = message["message"]?["content"]?.elements?.contains {
                    $0["type"]?.string == "tool_result"
                }
                if hasResults != true { #expect(waiting.isEmpty, "a result comes late; \(note)") }
            }
        }
        #expect(waiting.isEmpty, "the last calls have no result; \(note)")
    }
}

/// Entries as a client writes them, one after the other.
struct Conversation {
    private(set) var lines: [String] = []
    private var last: String?
    private var count = 0

    mutating func add(
        _ type: String, _ rest: String, parent: String? = nil, uuid: String? = nil, isSidechain: Bool = false
    ) {
        count += 1
        let uuid = uuid ?? "u\(count)"
        let parent = (parent ?? last).map { "\"\($0)\"" } ?? "null"
        lines.append(
            #"{"parentUuid":\#(parent),"isSidechain":\#(isSidechain),"type":"\#(type)",\#(rest),"uuid":"\#(uuid)","#
                + #""timestamp":"2026-11-21T00:40:17.146Z","cwd":"/p","sessionId":"s","version":"2.1.332","gitBranch":"main"}"#
        )
        if !isSidechain { last = uuid }
    }

    mutating func root(_ type: String, _ rest: String, uuid: String) {
        last = nil
        add(type, rest, uuid: uuid)
    }

    mutating func user(_ text: String, parent: String? = nil, uuid: String? = nil) {
        add("user", #""message":{"role":"user","content":"\#(text)"}"#, parent: parent, uuid: uuid)
    }

    mutating func assistant(_ blocks: String, id: String, parent: String? = nil, uuid: String? = nil) {
        add(
            "assistant",
            #""message":{"id":"\#(id)","role":"assistant","model":"claude-opus-5-5","content":[\#(blocks)]}"#,
            parent: parent, uuid: uuid)
    }

    mutating func says(_ text: String, id: String) { assistant(Self.text(text), id: id) }

    mutating func result(_ call: String, parent: String? = nil, uuid: String? = nil) {
        add("user", #""message":{"role":"user","content":[\#(Self.result(call))]}"#, parent: parent, uuid: uuid)
    }

    mutating func attachment(_ type: String) { add("attachment", #""attachment":{"type":"\#(type)"}"#) }

    mutating func raw(_ line: String) { lines.append(line) }

    static func text(_ text: String) -> String { #"{"type":"text","text":"\#(text)"}"# }
    static func call(_ id: String) -> String { #"{"type":"tool_use","id":"\#(id)","name":"Bash","input":{}}"# }
    static func result(_ id: String) -> String { #"{"tool_use_id":"\#(id)","type":"tool_result","content":"out"}"# }
    static func thinking(_ signature: String) -> String {
        #"{"type":"thinking","thinking":"hm","signature":"\#(signature)"}"#
    }
}
