import Domain
import Platform
import Settings
import TestSupport
import Testing
import Transcripts

/// `Tests/EndToEnd` has the real clients resume what is recorded here: `HOLDFAST_RENEW=1` writes it anew.
@Suite struct RecordedTests {
    private static let folder = Built.root + "/Tests/Fixtures/transcripts"

    private func holds(_ name: String, _ text: String) throws {
        if Settings.processEnvironment["HOLDFAST_RENEW"] == "1" {
            try Files.write(text, to: "\(Self.folder)/\(name)")
        }
        #expect(try Files.read("\(Self.folder)/\(name)") == text, "\(name) is recorded otherwise")
    }

    /// Written by 2.1.332, with entries missing, lines torn and a thought without its signature.
    @Test func aDamagedTranscriptIsReducedAsRecorded() throws {
        let damaged = try Files.bytes(Self.folder + "/damaged.jsonl", limit: 1 << 20)
        let reduced = try Reduced(Reduced.lines(damaged))
        try reduced.check("recorded")
        #expect(
            reduced.verdict.tornLines == 2 && reduced.verdict.madeResults == 1 && reduced.verdict.droppedBlocks == 1)
        #expect(reduced.verdict.holdsConversation)
        try holds("reduced.jsonl", String(decoding: reduced.bytes, as: UTF8.self))
    }

    @Test func aConversationIsToldAsRecorded() throws {
        let said: [(SpokenTranscript.Role, String)] = [
            (.assistant, "Good morning."), (.user, "remember MARIGOLD"), (.user, "and FOXGLOVE, \"quoted\"\n\\ ü😀"),
            (.assistant, "I do."), (.user, "and LUPIN"), (.assistant, "That, too."),
        ]
        let messages = said.enumerated().map { index, said in
            SpokenTranscript.Message(role: said.0, at: "2026-11-21T00:00:0\(index).000Z", text: said.1)
        }
        let frame = EntryFrame(
            session: try #require(Reduced.session), cwd: "/home/me/app", version: "2.1.332", gitBranch: "main")
        let lines = SpokenTranscript(messages, in: frame).lines
        try Reduced(lines).check("recorded")
        try holds("spoken.jsonl", lines.joined(separator: "\n") + "\n")
    }
}
