import Domain
import Platform
import Redaction
import TestSupport
import Testing

@testable import Transcripts

/// The calls of tools that a transcript holds, for the record of their tools.
@Suite struct EndedCallTests {
    private func calls(of path: String, from offset: Int64 = 0) throws -> [ToolCallTally] {
        var rules = ReadingRules(policy: FilterPolicy(), redactor: Redactor())
        rules.countsCalls = true
        var reader = try ClaudeCode().open(path, in: nil).reader(from: Cursor(offset: offset), rules)
        while reader.next() != nil {}
        return reader.takeCalls(before: .max, of: "s")
    }

    private func at(_ line: String, _ time: String) -> String {
        line.dropLast() + #","timestamp":"\#(time)"}"#
    }

    @Test func tellsToolOutcomeAndDuration() throws {
        let said = try Said([
            at(Said.user("go"), "2026-11-28T10:00:00.000Z"),
            at(Said.call("mcp__feeds__look", "{}", id: "a"), "2026-11-28T10:00:01.000Z"),
            at(Said.result("fine", id: "a"), "2026-11-28T10:00:03.500Z"),
            at(Said.call("WebFetch", "{}", id: "b"), "2026-11-28T10:00:04.000Z"),
            at(
                Said.result(
                    "password=hunter2-Zq81xxPw timed out", id: "b", isError: true),
                "2026-11-28T10:00:05.000Z"),
            at(Said.call("Bash", "{}", id: "c"), "2026-11-28T10:00:06.000Z"),
        ])
        let calls = try calls(of: said.path)
        #expect(calls.map(\.tool.rawValue) == ["mcp__feeds__look", "WebFetch"], "one has not ended")
        #expect(calls.map(\.outcome.failure) == [nil, .timeout])
        #expect(calls.map(\.outcome.durationMilliseconds) == [2500, 1000])
        #expect(calls.map(\.outcome.callID) == ["a", "b"])
        #expect(calls[1].outcome.message.contains("timed out") && !calls[1].outcome.message.contains("hunter2"))
        #expect(ToolCallTally.read(ToolCallTally.json(calls), session: "s").map(\.outcome) == calls.map(\.outcome))
    }

    /// Wherever a capture stops and the next goes on, each call is told once.
    @Test func eachIsToldOnceWhereverTheReadingIsCut() throws {
        var lines = [at(Said.user("go"), "2026-11-28T10:00:00.000Z")]
        for number in 0..<40 {
            let second = String(10 + number)
            lines.append(at(Said.call("Read", "{}", id: "t\(number)"), "2026-11-28T10:00:\(second).000Z"))
            if number % 3 == 0 { lines.append(at(Said.agent("on"), "2026-11-28T10:00:\(second).100Z")) }
            lines.append(
                at(Said.result("x", id: "t\(number)", isError: number % 4 == 0), "2026-11-28T10:00:\(second).200Z"))
        }
        let said = try Said(lines)
        var ends: [Int64] = [0]
        for line in lines { ends.append((ends.last ?? 0) + Int64(line.utf8.count) + 1) }
        for cut in ends {
            var rules = ReadingRules(policy: FilterPolicy(), redactor: Redactor())
            rules.countsCalls = true
            var reader = try ClaudeCode().open(said.path, in: nil).reader(from: Cursor(), rules)
            while reader.next() != nil {}
            let first = reader.takeCalls(before: cut, of: "s")
            let ids = (first + (try calls(of: said.path, from: cut))).map(\.outcome.callID)
            #expect(ids == (0..<40).map { "t\($0)" }, "cut at \(cut)")
        }
    }

    /// What a fork copied from its parent stands in both files.
    @Test func whatAForkCopiedIsNotTheForks() throws {
        let said = try Said([
            at(Said.user("forked"), "2026-11-28T12:00:00.000Z"),
            at(Said.call("Read", "{}", id: "old"), "2026-11-28T10:00:00.000Z"),
            at(Said.result("x", id: "old"), "2026-11-28T10:00:01.000Z"),
            at(Said.call("Read", "{}", id: "new"), "2026-11-28T12:00:02.000Z"),
            at(Said.result("x", id: "new"), "2026-11-28T12:00:03.000Z"),
        ])
        #expect(try calls(of: said.path).map(\.outcome.callID) == ["new"])
    }

    /// A count made from the raw lines, without our reader: ids that have a call and a result, by tool and outcome.
    @Test(.enabled(if: Corpus.isThere, "the corpus of transcripts is not beside the checkout"))
    func countsWhatTheRawFileHolds() throws {
        var looked = 0
        for file in Corpus.files {
            guard let text = try? Files.read(file, limit: 64 << 20) else { continue }
            var tools: [String: String] = [:], wanted: [String: Int] = [:], head = "", isPlain = true,
                done: Set<String> = []
            for line in text.split(whereSeparator: \.isNewline) {
                guard let json = try? JSONValue(parsing: String(line)) else {
                    isPlain = false
                    continue
                }
                let time = json["timestamp"]?.string ?? ""
                if head.isEmpty { head = time }
                guard case .array(let blocks)? = json["message"]?["content"] else { continue }
                for block in blocks {
                    if block["type"] == "tool_use", let id = block["id"]?.string {
                        tools[id] = block["name"]?.string
                    } else if block["type"] == "tool_result", let id = block["tool_use_id"]?.string, time >= head,
                        ISOTime.milliseconds(time) != nil, let tool = tools[id], ToolName(rawValue: tool) != nil,
                        done.insert(id).inserted
                    {
                        wanted["\(tool) \(block["is_error"] == true)", default: 0] += 1
                    }
                }
            }
            // Lines that are no JSON are read in their own way.
            guard isPlain, !wanted.isEmpty else { continue }
            looked += 1
            var found: [String: Int] = [:]
            for call in try calls(of: file) { found["\(call.tool) \(call.outcome.failure != nil)", default: 0] += 1 }
            #expect(found == wanted, "\(file)")
        }
        #expect(looked > 20)
    }
}
