import Domain
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

@Suite(.redisServer) struct ConversationTests {
    private static let key = "bot/chat-7"
    private static let now = HostClock.wallMilliseconds

    private func offered(
        _ text: String, _ role: String = "user", ago seconds: Int64 = 0, session: String? = nil
    ) throws -> OfferedMessage {
        try OfferedMessage(role: role, text: text, session: session, at: ISOTime.text(Self.now - seconds * 1000))
    }

    private func export(_ place: Workplace, _ key: String? = nil) throws -> [String] {
        var lines: [String] = []
        try place.exportConversations(key) { lines.append($0) }
        return lines
    }

    @Test func keepsWhatWasSaid() throws {
        let test = try TestPlace()
        let added = try test.place.add(offered("Hello", ago: 9, session: "s"), toConversation: Self.key)
        #expect(added.outcome == .added && added.characters == 5 && added.session_id == "s")
        _ = try test.place.add(OfferedMessage(role: "assistant", text: "Hi"), toConversation: Self.key)
        let shown = try test.place.conversation(Self.key)
        #expect(shown.messages.map(\.role) == ["user", "assistant"] && shown.messages.map(\.text) == ["Hello", "Hi"])
        #expect(shown.messages[0].at == Timestamp(Self.now - 9000) && shown.messages[0].id == added.id)
        #expect(try #require(shown.expires_at) > Timestamp(Self.now + 23 * 3_600_000))
        #expect(try test.place.context(Self.key).text == "user: Hello\nassistant: Hi")
    }

    @Test func whatIsSecretOrPrivateGoesNowhere() throws {
        let test = try TestPlace(#"{"redaction": {"patterns": {"acme": "acme_[0-9a-f]{8}"}}}"#)
        let text = "take \u{1b}[1macme_0123abcd<private>my salary</private> or Bearer 9f8Kd02mXq71LzPw44Rt"
        _ = try test.place.add(offered("Authorization: \(text)"), toConversation: Self.key)
        let line =
            #"{"dispatch_key": "bot/2", "role": "user", "text": "acme_0123abcd <private>x</private> it", "id": "1"}"#
        _ = try test.place.importConversations(Array(line.utf8))
        let kept = try export(test.place).joined()
        #expect(kept.contains("[redacted:acme]") && kept.contains("[redacted:bearer-token]") && kept.contains(" it"))
        for secret in ["0123abcd", "salary", "9f8Kd02m", "private", "\u{1b}", "<private>x"] {
            #expect(!kept.contains(secret), "\(secret)")
        }
    }

    @Test func aLongMessageLosesItsMiddleAfterItsSecrets() throws {
        let test = try TestPlace()
        // What is left of a half token is not known for one.
        let token = "ghp_" + "Zq8Lk2Vn4Xr7Tw9Yb3Dm6Hs1Jf5Gc0PaQeUi"
        let text = String(repeating: "a", count: 1290) + " \(token) " + String(repeating: "z", count: 3000)
        let added = try test.place.add(offered(text), toConversation: Self.key)
        #expect(added.characters <= 2000)
        let kept = try test.place.conversation(Self.key).messages[0].text
        #expect(kept.hasPrefix("aaa") && kept.hasSuffix("zzz") && !kept.contains("ghp_"))
    }

    @Test(arguments: [" ", "\n\t", "<private>all of it</private>", "\u{1b}[1m"]) func nothingIsNoMessage(text: String)
        throws
    {
        let test = try TestPlace()
        #expect { try test.place.add(offered(text), toConversation: Self.key) } throws: {
            ($0 as? Failure)?.code == .badInput
        }
        #expect(try test.place.conversations(limit: 9).total == 0)
    }

    @Test func theSameSaidAtOneTimeStandsThereOnce() throws {
        let test = try TestPlace()
        #expect(try test.place.add(offered("yes", ago: 5), toConversation: Self.key).outcome == .added)
        #expect(try test.place.add(offered("yes", ago: 5), toConversation: Self.key).outcome == .known)
        #expect(try test.place.add(offered("yes", "assistant", ago: 5), toConversation: Self.key).outcome == .added)
        #expect(try test.place.add(offered("yes", ago: 4), toConversation: Self.key).outcome == .added)
        #expect(try test.place.conversation(Self.key).messages.count == 3)
    }

    @Test func whatIsTooOldOrYetToComeIsSaidToBe() throws {
        let test = try TestPlace(#"{"conversations": {"max_messages": 2, "timeout_hours": 2}}"#)
        #expect(try test.place.add(offered("a", ago: 7300), toConversation: Self.key).outcome == .too_old)
        for seconds in [30, 20] as [Int64] {
            #expect(try test.place.add(offered("b", ago: seconds), toConversation: Self.key).outcome == .added)
        }
        #expect(try test.place.add(offered("c", ago: 40), toConversation: Self.key).outcome == .too_old)
        #expect { try test.place.add(offered("d", ago: -7200), toConversation: Self.key) } throws: {
            ($0 as? Failure)?.message.contains("yet to come") == true
        }
    }

    @Test(arguments: [
        ("system", nil, nil, "allowed: user, assistant"), ("user", "-x", nil, "no session ID"),
        ("user", nil, "2026-11-28", "ISO 8601"), ("user", nil, "2026-11-28T18:30:00+01:00", "in UTC"),
    ])
    func saysWhatIsWrongWithAMessage(role: String, session: String?, at: String?, words: String) {
        #expect { try OfferedMessage(role: role, text: "x", session: session, at: at) } throws: {
            ($0 as? Failure)?.code == .badInput && ($0 as? Failure)?.message.contains(words) == true
        }
    }

    @Test func showsAsMuchAsIsAskedFor() throws {
        let test = try TestPlace(#"{"conversations": {"max_context_messages": 3}}"#)
        for number in 1...6 {
            _ = try test.place.add(
                offered("that is number \(number)", ago: Int64(60 - number)), toConversation: Self.key)
        }
        #expect(try test.place.context(Self.key).messages.map(\.text) == (4...6).map { "that is number \($0)" })
        #expect(try test.place.context(Self.key, maxMessages: 1).text == "user: that is number 6")
        let some = try test.place.context(Self.key, maxMessages: 6, maxCharacters: 100)
        #expect(some.characters <= 100 && some.messages.map(\.text).first == "that is number 3", "\(some.text)")
        #expect(try test.place.context("nobody").messages.isEmpty)
        for (messages, characters) in [(0, 100), (1001, 100), (1, 99)] {
            #expect { try test.place.context(Self.key, maxMessages: messages, maxCharacters: characters) } throws: {
                ($0 as? Failure)?.code == .usage
            }
        }
    }

    @Test func listsThoseSpokenInLastFirst() throws {
        let test = try TestPlace()
        for number in 1...5 {
            _ = try test.place.add(offered("x", ago: Int64(number * 60)), toConversation: "bot/\(number)")
        }
        _ = try test.place.add(offered("x"), toConversation: "coder/1")
        var keys: [String] = []
        var offset: Int? = 0
        while let from = offset {
            let page = try test.place.conversations(search: "bot/", limit: 2, offset: from)
            #expect(page.total == 5)
            keys += page.conversations.map(\.dispatch_key)
            offset = page.next_offset
        }
        #expect(keys == (1...5).map { "bot/\($0)" })
        #expect(try test.place.conversations(limit: 1).conversations.map(\.dispatch_key) == ["coder/1"])
    }

    @Test func saysHowMuchThereIs() throws {
        let test = try TestPlace()
        let none = try test.place.conversationHealth()
        #expect(none.conversations == 0 && none.bytes == 0 && none.oldest_at == nil && none.next_expiry_at == nil)
        // A day less than an hour ago: it expires soon.
        _ = try test.place.add(offered("x", ago: 84_000), toConversation: "bot/1")
        for number in 1...3 { _ = try test.place.add(offered("x \(number)", ago: 9), toConversation: "bot/2") }
        let health = try test.place.conversationHealth()
        #expect(health.conversations == 2 && health.messages == 4 && health.expiring == 1)
        #expect(health.oldest_at == Timestamp(Self.now - 84_000_000) && health.newest_at == Timestamp(Self.now - 9000))
        #expect(try #require(health.bytes) > 100)
        #expect(try #require(health.next_expiry_at) < Timestamp(Self.now + 3_600_000))
    }

    @Test func isGoneWhenItIsCleared() throws {
        let test = try TestPlace()
        _ = try test.place.add(offered("x"), toConversation: Self.key)
        #expect(try test.place.clearConversation(Self.key).dispatch_key == Self.key)
        for work in [
            { _ = try test.place.clearConversation(Self.key) }, { _ = try test.place.conversation(Self.key) },
            { _ = try export(test.place, Self.key) },
        ] {
            #expect { try work() } throws: { ($0 as? Failure)?.code == .no }
        }
        #expect(try test.place.context(Self.key).messages.isEmpty)
    }

    @Test func comesBackFromAnExportToTheLastField() throws {
        let (one, other) = (try TestPlace(), try TestPlace())
        for number in 1...4 {
            let role = number.isMultiple(of: 2) ? "assistant" : "user"
            let message = try offered(
                "\(number) \"é日🙂\"\n", role, ago: Int64(90 - number), session: number > 2 ? "s" : nil)
            _ = try one.place.add(message, toConversation: number < 4 ? Self.key : "dir:/home/dev")
        }
        let lines = try export(one.place)
        #expect(lines.count == 4 && lines[0].contains(#""session_id":null"#))
        let file = Array(lines.joined(separator: "\r\n").utf8)
        let first = try other.place.importConversations(file)
        #expect(first.added == 4 && first.conversations == 2 && first.not_added == 0 && first.refused.isEmpty)
        #expect(try export(other.place) == lines)
        let second = try other.place.importConversations(file)
        #expect(second.added == 0 && second.not_added == 4)
        #expect(try export(other.place) == lines)
        #expect(try export(other.place, Self.key) == Array(lines.prefix(3)))
    }

    @Test func aBadLineKeepsNoneOfTheOthersBack() throws {
        let test = try TestPlace()
        let rows: [(String, String)] = [
            (#"{"dispatch_key": "bot/1", "role": "user", "text": "good", "id": "1"}"#, ""), ("{", "no JSON"), ("", ""),
            ("[]", "an object"), (#"{"role": "user", "text": "x"}"#, "dispatch_key"),
            (#"{"dispatch_key": "bot/1", "role": "user", "text": "x", "id": null}"#, "neither at nor id"),
            (#"{"dispatch_key": "a\nb", "role": "user", "text": "x"}"#, "control characters"),
            (#"{"dispatch_key": "bot/1", "role": "tool", "text": "x"}"#, "'tool'"),
            (#"{"dispatch_key": "bot/1", "role": "user", "text": 7}"#, "text is not a string"),
            (#"{"dispatch_key": "bot/1", "role": "user", "text": "x", "mood": "good"}"#, "'mood'"),
            (#"{"dispatch_key": "bot/1", "role": "user", "text": "x", "id": ""}"#, "id is"),
            (#"{"dispatch_key": "bot/1", "role": "user", "text": "x", "at": "noon"}"#, "'noon'"),
            (#"{"dispatch_key": "bot/2", "role": "assistant", "text": "good", "id": "2", "session_id": null}"#, ""),
        ]
        var lines = Array(rows.map(\.0).joined(separator: "\n").utf8)
        lines += Array("\n".utf8) + [0xff, 0xfe]
        let answer = try test.place.importConversations(lines)
        #expect(answer.added == 2 && answer.conversations == 2)
        let bad = rows.enumerated().filter { !$1.1.isEmpty }.map { ($0 + 1, $1.1) } + [(rows.count + 1, "UTF-8")]
        #expect(answer.refused.map(\.line) == bad.map(\.0))
        for (refusal, expected) in zip(answer.refused, bad) {
            #expect(refusal.reason.contains(expected.1), "\(refusal)")
        }
        #expect { try test.place.importConversations(Array(" \n\n".utf8)) } throws: {
            ($0 as? Failure)?.code == .badInput
        }
    }

    @Test func theLastOfMoreThanAreKeptAre() throws {
        let test = try TestPlace(#"{"conversations": {"max_messages": 30}}"#)
        let lines = (0..<2500).map { number in
            let at = ISOTime.text(Self.now - 3_600_000 + Int64(number))
            return #"{"dispatch_key": "bot/1", "role": "user", "text": "\#(number)", "at": "\#(at)"}"#
        }
        _ = try test.place.importConversations(Array(lines.shuffled().joined(separator: "\n").utf8))
        #expect(try test.place.conversation("bot/1").messages.map(\.text) == (2470..<2500).map(String.init))
    }

    private func forget(_ wish: ForgetWish, _ test: TestPlace) throws {
        let answer = try #require(try test.place.forget(wish, isDryRun: false) { _ in true })
        #expect(answer.outcome == .forgotten, "\(String(describing: answer.proof))")
    }

    private static let wishes = ["text", "key", "session"]

    @Test(arguments: wishes) func whatIsForgottenIsNotImportedAgain(wish: String) throws {
        let test = try TestPlace()
        _ = try test.place.add(offered("my emuword is secret", ago: 60, session: "s-1"), toConversation: Self.key)
        _ = try test.place.add(offered("herons", ago: 50), toConversation: "bot/8")
        let lines = try export(test.place)
        switch wish {
        case "text": try forget(.text(try #require(SoughtText("emuword"))), test)
        case "key": try forget(.key(try DispatchKey(Self.key)), test)
        default: try forget(.session(try #require(SessionID(rawValue: "s-1"))), test)
        }
        let answer = try test.place.importConversations(Array(lines.joined(separator: "\n").utf8))
        #expect(answer.forgotten == 1 && answer.added == 0 && answer.not_added == 1 && answer.refused.isEmpty)
        #expect(try test.place.context(Self.key).messages.isEmpty)
        #expect(try export(test.place).count == 1)
        #expect(
            try test.place.add(offered("my emuword is secret", ago: 60, session: "s-1"), toConversation: Self.key)
                .outcome == .forgotten)

        // What is said now is new, but of a session or with a text that is forgotten.
        let now = try test.place.add(OfferedMessage(role: "user", text: "it is an ostrich"), toConversation: Self.key)
        #expect(now.outcome == .added)
        let again = try test.place.add(OfferedMessage(role: "user", text: "emuword again"), toConversation: Self.key)
        #expect(again.outcome == (wish == "text" ? .forgotten : .added))
        let continued = try OfferedMessage(role: "user", text: "go on", session: "s-1")
        #expect(
            try test.place.add(continued, toConversation: "bot/9").outcome == (wish == "session" ? .forgotten : .added))
        let added = try export(test.place)
        let back = try test.place.importConversations(Array(added.joined(separator: "\n").utf8))
        #expect(back.forgotten == 0 && back.not_added == added.count, "what was said since comes back")
    }

    /// A message that was captured is known by its name, whatever session it is said to be of.
    @Test func aMessageOfATombstoneIsNotImported() throws {
        let test = try TestPlace()
        let session = try #require(SessionID(rawValue: "s-1"))
        let name = "0f3c1a52-1111-4222-8333-123456789abc", at = ISOTime.text(Self.now - 60_000)
        var tombstone = Tombstone(of: session, isWhole: false)
        tombstone.known.add(name, at: at)
        try Tombstones(test.place.settings.state).add(tombstone)
        let lines = ["", ",\"session_id\":\"s-2\""].map {
            #"{"dispatch_key":"bot/1","role":"user","text":"x","id":"\#(name)","at":"\#(at)"\#($0)}"#
        }
        let answer = try test.place.importConversations(Array(lines.joined(separator: "\n").utf8))
        #expect(answer.forgotten == 2 && answer.added == 0)
    }

    /// Nobody says that something is forgotten between the question and the deed.
    @Test func whoForgetsWaitsForWhoAdds() throws {
        let test = try TestPlace()
        let state = test.place.settings.state
        try Files.makeFolder(state.locks)
        _ = try test.place.add(offered("emuword", ago: 60), toConversation: Self.key)
        let key = try DispatchKey(Self.key)
        guard let lock = try FileLock.take(state.forgottenLock) else {
            Issue.record("somebody else has the lock")
            return
        }
        #expect { try test.place.forget(.key(key), isDryRun: false) { _ in true } } throws: {
            ($0 as? Failure)?.code == .busy
        }
        withExtendedLifetime(lock) {}
        #expect(try test.place.conversation(Self.key).messages.count == 1, "nothing went without a tombstone")
    }

    @Test func aTextThatIsForgottenIsNoMemory() throws {
        let test = try TestPlace()
        _ = try test.place.add(offered("emuword", ago: 60), toConversation: Self.key)
        try forget(.text(try #require(SoughtText("emuword"))), test)
        let added = try test.place.add("an emuword again", key: nil, patience: .zero)
        #expect(added.outcome == .error && added.episode_id == nil && added.reason?.contains("forgotten") == true)
    }
}
