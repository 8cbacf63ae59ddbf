import Domain
import Testing

@Suite struct SoughtTextTests {
    private func sought(_ text: String) throws -> SoughtText { try #require(SoughtText(text)) }

    @Test(arguments: [
        ("hunter22", "the password is hunter22, mind"),
        ("hunter22", "hunter22"),
        ("a\nb\"c\\d", "x a\nb\"c\\d y"),
        // As a string of JSON, and as one in one.
        ("a\nb\"c\\d", #"{"text":"x a\nb\"c\\d y"}"#),
        ("a\nb\"c\\d", #"{"input":"{\"text\":\"x a\\nb\\\"c\\\\d y\"}"}"#),
        ("pass/word", #"{"text":"pass\/word"}"#),
        ("Käse€𝄞", #"{"text":"K\u00e4se\u20AC\ud834\udd1e"}"#),
        ("héllo", #"{"text":"h\u00e9llo"}"#),
        ("tab\tbed", #"a\ttab\tbed"#),
        (#"C:\new"#, #"{"path":"C:\\new"}"#),
        // Escapes that none of them are stay what they are.
        ("C:\\xyz", #"C:\xyz and \ud834 alone \u00"#),
    ])
    func findsWhatIsMeant(text: String, place: String) throws {
        #expect(try sought(text).occurs(in: place))
        #expect(try sought(text).occurs(in: Array(place.utf8)))
    }

    @Test(arguments: [
        ("hunter22", "Hunter22"), ("hunter22", "hunter 22"), ("hunter22", ""),
        ("a\nb c", #"a\\nb c"#.replacing("c", with: "d")),
        ("four", "fou"), ("say \"it\"", "say it"),
    ])
    func findsNothingElse(text: String, place: String) throws {
        #expect(try !sought(text).occurs(in: place))
    }

    @Test func isSpelledAsFilesHoldIt() throws {
        #expect(try sought("plain").spellings == [Array("plain".utf8)])
        let spellings = try sought("a\"\n\u{1}").spellings.map { String(decoding: $0, as: UTF8.self) }
        #expect(spellings == ["a\"\n\u{1}", #"a\"\n\u0001"#, #"a\\\"\\n\\u0001"#])
        for spelling in spellings { #expect(try sought("a\"\n\u{1}").occurs(in: spelling)) }
    }

    @Test func mustBeLongEnoughToBeSomethingOfItsOwn() {
        #expect(SoughtText("abc") == nil && SoughtText("") == nil)
        #expect(SoughtText("abcd") != nil && SoughtText("日本") != nil)
    }
}

@Suite struct ForgottenTests {
    private let id = EpisodeID(rawValue: "00112233445566778899aabbccddeeff")
    private func entry(_ uuid: String, _ text: String) -> EpisodeEntry {
        EpisodeEntry(uuid: uuid, hash: "h-" + text, role: .user, at: "", text: text)
    }

    @Test func leavesTheNeighbours() throws {
        let id = try #require(id)
        let lines = [entry("u1", "one"), entry("u2", "two"), entry("", "three"), entry("the words", "four")].map(\.json)
        let content = (lines + ["no entry at all"]).joined(separator: "\n")
        var forgotten = Forgotten()
        #expect(forgotten.remainder(of: content, id, ofSession: "s") == .all)
        forgotten.messages = ["u2", "u9"]
        #expect(
            forgotten.remainder(of: content, id, ofSession: "s")
                == .part(
                    content: (lines[..<1] + lines[2...] + ["no entry at all"]).joined(separator: "\n"), entries: 4))
        // A name that is none says words, and is not used.
        forgotten.messages = ["u1", "u2", "#h-three", "#h-four"]
        #expect(
            forgotten.remainder(of: content, id, ofSession: "s") == .part(content: "no entry at all", entries: 1))
        #expect(forgotten.remainder(of: lines.joined(separator: "\n"), id, ofSession: "s") == .nothing)
        forgotten = Forgotten()
        forgotten.sessions = try [#require(SessionID(rawValue: "s"))]
        #expect(forgotten.remainder(of: content, id, ofSession: "s") == .nothing)
        #expect(forgotten.remainder(of: content, id, ofSession: "t") == .all)
        forgotten = Forgotten()
        forgotten.episodes = [id]
        #expect(forgotten.remainder(of: content, id, ofSession: "t") == .nothing)
    }
}
