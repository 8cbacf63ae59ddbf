import Domain
import TestSupport
import Testing
import Transcripts

@Suite struct SpokenTests {
    private let frame: EntryFrame

    init() throws {
        frame = EntryFrame(
            session: try #require(Reduced.session), cwd: "/home/me/app", version: "2.1.332", gitBranch: "main")
    }

    private func lines(_ messages: SpokenTranscript.Message...) -> [String] {
        SpokenTranscript(messages, in: frame).lines
    }

    private func user(_ text: String, at: String = "2026-11-21T00:00:00.000Z") -> SpokenTranscript.Message {
        SpokenTranscript.Message(role: .user, at: at, text: text)
    }

    private func assistant(_ text: String, model: String = "") -> SpokenTranscript.Message {
        SpokenTranscript.Message(role: .assistant, at: "2026-11-21T00:00:01.000Z", text: text, model: model)
    }

    @Test func tellsAConversation() throws {
        let lines = lines(user("one"), assistant("two", model: "claude-opus-5-5"), user("three"))
        let reduced = try Reduced(lines)
        try reduced.check("spoken")
        #expect(reduced.bytes == Array((lines.joined(separator: "\n") + "\n").utf8), "nothing is to be reduced")
        #expect(reduced.texts == ["one", "two", "three"])
        for entry in reduced.entries {
            #expect(entry["cwd"]?.string == "/home/me/app" && entry["gitBranch"]?.string == "main")
            #expect(entry["sessionId"]?.string == frame.session.rawValue && entry["version"]?.string == "2.1.332")
        }
        #expect(reduced.entries[2]["message"]?["model"]?.string == "claude-opus-5-5")
        #expect(reduced.entries[2]["timestamp"]?.string == "2026-11-21T00:00:01.000Z")
    }

    @Test func makesOneMessageOfWhatOneSaidInARow() throws {
        let reduced = try Reduced(
            lines(
                user("one"), user("two"), assistant("three"), user("  \n"), assistant("four", model: "m"), user("five"))
        )
        #expect(reduced.texts == ["one\n\ntwo", "three\n\nfour", "five"])
        #expect(reduced.entries[2]["message"]?["model"]?.string == "m")
    }

    /// What is captured of it again has the names that it had.
    @Test func keepsTheNameThatAMessageHad() throws {
        let name = "0f3c1a52-1111-4222-8333-00000000000a"
        let messages = ["one", "two"].map {
            SpokenTranscript.Message(role: .user, at: "2026-11-21T00:00:00.000Z", text: $0, uuid: name)
        }
        let reduced = try Reduced(lines(messages[0], assistant("well"), messages[1]))
        try reduced.check("named")
        #expect(reduced.uuids.count(where: { $0 == name }) == 1, "\(reduced.uuids)")
        let unnamed = SpokenTranscript.Message(role: .user, at: "", text: "one", uuid: "no name")
        #expect(try !Reduced(lines(unnamed)).uuids.contains("no name"))
    }

    @Test func beginsWithAUsersMessage() throws {
        let reduced = try Reduced(lines(assistant("well"), user("yes")))
        try reduced.check("begins")
        #expect(reduced.texts == ["[The beginning of this conversation is not kept.]", "well", "yes"])
    }

    @Test func isTheSameOfTheSame() {
        let one = lines(user("one"), assistant("two")), other = lines(user("one"), assistant("two!"))
        #expect(one == lines(user("one"), assistant("two")))
        #expect(one[..<2] == other[..<2] && one[2] != other[2])
        #expect(lines(user("")).isEmpty && lines().isEmpty)
    }

    @Test func tellsTheSameWordsTwiceWithUUIDsOfTheirOwn() throws {
        let reduced = try Reduced(lines(user("on"), assistant("ok"), user("on"), assistant("ok")))
        #expect(reduced.texts == ["on", "ok", "on", "ok"] && Set(reduced.uuids).count == 5)
        for uuid in reduced.uuids { #expect(SessionID(rawValue: uuid)?.isUUID == true) }
    }

    @Test(arguments: 0..<100) func bearsAnyText(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let messages = (0..<Int.random(in: 1...8, using: &random)).map { _ in
            let scalars = (0..<Int.random(in: 0...30, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7f : 0x1ffff), using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            return Bool.random(using: &random) ? user(text) : assistant(text)
        }
        let reduced = try Reduced(SpokenTranscript(messages, in: frame).lines)
        try reduced.check("seed \(seed)")
        let said = messages.map(\.text).filter { $0.contains { !$0.isWhitespace } }.joined()
        #expect(
            reduced.texts.filter { $0 != "[The beginning of this conversation is not kept.]" }.joined()
                .replacing("\n\n", with: "") == said.replacing("\n\n", with: ""))
    }
}
