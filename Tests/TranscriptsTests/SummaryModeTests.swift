import Domain
import Platform
import Redaction
import TestSupport
import Testing

@testable import Transcripts

/// Kinds of content of which long messages are summed up.
@Suite struct SummaryModeTests {
    private static let all = {
        var policy = FilterPolicy()
        (policy.userMessages, policy.agentMessages, policy.thinking) = (.summary, .summary, .summary)
        (policy.toolCalls, policy.toolResults) = (.summary, .summary)
        policy.summaryMinCharacters = 1000
        return policy
    }()

    private func long(_ word: String, _ count: Int = 400) -> String {
        (0..<count).map { "\(word)\($0)" }.joined(separator: " ")
    }

    private func found(_ said: Said, _ sums: Set<String>, from offset: Int64 = 0) throws -> [String: String] {
        var rules = ReadingRules(policy: Self.all, redactor: Redactor())
        rules.sought = sums
        var reader = try ClaudeCode().open(said.path, in: nil).reader(from: Cursor(offset: offset), rules)
        while reader.next() != nil {}
        return reader.found
    }

    @Test func whatIsLongBecomesADigestWithAMarkAndIsFoundAgain() throws {
        let texts = [long("question"), long("answer"), long("result"), long("failed")]
        let said = try Said([
            Said.user(texts[0], uuid: "1"), Said.agent(texts[1], uuid: "2"),
            Said.call("Bash", #"{"command":"\#(long("command"))"}"#, id: "a", uuid: "3"),
            Said.result(texts[2], id: "a", uuid: "4"),
            Said.call("Bash", #"{"command":"make"}"#, id: "b", uuid: "5"),
            Said.result(texts[3], id: "b", isError: true, uuid: "6"),
            Said.user("short", uuid: "7"), Said.agent("brief", uuid: "8"),
        ])
        let entries = try said.read(policy: Self.all).entries
        let marks = entries.compactMap { DigestMark(ending: $0.text) }
        #expect(
            entries.map(\.role) == [.user, .assistant, .call, .result, .call, .failure, .failure, .user, .assistant])
        #expect(marks.count == 5 && entries.suffix(2).map(\.text) == ["short", "brief"])
        #expect(entries.allSatisfy { $0.text.utf8.count < 700 })
        let found = try found(said, Set(marks.map(\.sum)))
        #expect(Set(found.keys) == Set(marks.map(\.sum)))
        for text in texts { #expect(found[DigestMark(of: text).sum] == text) }
        for mark in marks { #expect(found[mark.sum]?.utf8.count == mark.bytes) }
        #expect(try self.found(said, ["0123"]).isEmpty)
    }

    /// A text is as long as its characters, not as its bytes.
    @Test(arguments: [("é", 1000, false), ("é", 1001, true), ("😀", 1000, false), ("a", 1000, false), ("a", 1001, true)])
    func characterForCharacter(text: String, count: Int, isDigest: Bool) throws {
        let said = try Said([Said.agent(String(repeating: text, count: count))])
        let kept = try #require(try said.read(policy: Self.all).entries.first)
        #expect((DigestMark(ending: kept.text) != nil) == isDigest)
    }

    @Test func aSecretIsInNeitherDigestNorText() throws {
        let token = "gh" + "p_" + "x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAeUiO"
        let said = try Said([Said.agent(long("a") + " \(token) " + long("b"))])
        let kept = try #require(try said.read(policy: Self.all).entries.first)
        let mark = try #require(DigestMark(ending: kept.text))
        let text = try #require(try found(said, [mark.sum])[mark.sum])
        #expect(!text.contains(token) && text.contains("[redacted:github-token]"))
        // What was kept is redacted again where it is imported: the mark stays what it is.
        #expect(Redactor().cleaned(kept.text) == kept.text)
    }

    @Test func whatAPersonWroteLikeAMarkIsNone() throws {
        let mark = DigestMark(of: "another text")
        let said = try Said([Said.agent("see" + mark.text)])
        #expect(try found(said, [mark.sum]).isEmpty)
        for policy in [FilterPolicy(), Self.all] {
            let kept = try #require(try said.read(policy: policy).entries.first)
            #expect(kept.told(by: [mark.sum: "something else"]).text == kept.text)
        }
    }

    /// Whatever a text is: its mark is found again at the end of its digest, and nowhere else.
    @Test func marksAreReadAsTheyAreWritten() throws {
        var random = SeededRandom(seed: 5)
        for _ in 0..<500 {
            let pieces = ["a", "\n", "]", "[digest of 5 bytes, ", "é", " ", "0123456789abcdef0123456789abcdef", "\r\n"]
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            let mark = DigestMark(of: text)
            #expect(DigestMark(ending: text + mark.text) == mark)
            #expect(DigestMark.withoutMark(text + mark.text) == text)
            #expect(DigestMark(ending: text + mark.text + "x") == nil)
            #expect(DigestMark.readable(text + mark.text).hasSuffix("[digest of \(text.utf8.count) bytes]"))
        }
    }

    @Test func aSummaryIsShownInThePlaceOfItsDigest() throws {
        let text = long("answer"), mark = DigestMark(of: text)
        var entry = EpisodeEntry(uuid: "1", hash: "h", role: .assistant, at: "", text: "answer0…" + mark.text)
        #expect(ConversationText.render([entry]).hasSuffix("[digest of \(text.utf8.count) bytes]\n"))
        #expect(
            ConversationText.render([entry.told(by: [mark.sum: "they counted"])])
                == "Agent: [summary of \(text.utf8.count) bytes] they counted\n")
        entry.role = .call
        entry.text = "Bash make" + mark.text
        #expect(ConversationText.render([entry]) == "Bash: make\n")
        #expect(ConversationText.render([entry.told(by: [mark.sum: "it built"])]).contains("it built"))
    }

    /// What is promised of the mode, over real transcripts of eleven repositories: what agents say is summed up, or what
    /// people say, too. Measured with summaries as long as they may be in the place of all digests.
    @Test(
        .enabled(if: Corpus.isThere, "the corpus of transcripts is not beside the checkout"), arguments: [false, true])
    func isSmallerOverTheCorpus(ofPrompts: Bool) throws {
        var policy = FilterPolicy()
        policy.agentMessages = .summary
        if ofPrompts { policy.userMessages = .summary }
        func entries(_ path: String, _ policy: FilterPolicy) throws -> [EpisodeEntry] {
            var reader = try ClaudeCode().open(path, in: nil).reader(
                from: Cursor(), ReadingRules(policy: policy, redactor: Redactor()))
            var entries: [EpisodeEntry] = []
            while let line = reader.next() { entries += line.entries }
            return entries
        }
        var raw: Int64 = 0, seen: Int64 = 0, kept = 0, told = 0, summed = 0
        for path in Corpus.files {
            let report = try FilterReport(of: path, policy: policy, redactor: Redactor())
            raw += report.statistics.bytesRaw
            seen += report.statistics.bytesSeenByModel
            kept += report.text.utf8.count
            guard report.exclusion == nil else { continue }
            let short = try entries(path, policy)
            let marks = short.compactMap { DigestMark(ending: $0.text) }
            summed += marks.count
            let summary = String(repeating: "x", count: 600)
            let summaries = Dictionary(marks.map { ($0.sum, summary) }) { one, _ in one }
            told += ConversationText.render(short.map { $0.told(by: summaries) }).utf8.count
            // Every prompt is there: whole, or as the digest that begins as it does.
            let prompts = try entries(path, FilterPolicy()).filter { $0.role == .user }
            let digests = short.filter { $0.role == .user }
            #expect(prompts.map(\.hash) == digests.map(\.hash), "\(path)")
            for (prompt, digest) in zip(prompts, digests) where prompt.text != digest.text {
                #expect(ofPrompts && DigestMark(ending: digest.text) != nil, "\(path)")
                let begin = DigestMark.withoutMark(digest.text)
                #expect(prompt.text.hasPrefix(begin.hasSuffix("…") ? String(begin.dropLast()) : begin), "\(path)")
            }
        }
        #expect(summed > 100)
        for bytes in [kept, told] {
            #expect(Double(bytes) <= 0.02 * Double(raw))
            #expect(Double(bytes) <= 0.08 * Double(seen))
        }
    }
}
