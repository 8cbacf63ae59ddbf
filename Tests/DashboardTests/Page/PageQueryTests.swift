import Testing

@testable import Dashboard

@Suite struct PageQueryTests {
    @Test func takesWhatFits() {
        let query = PageQuery([
            "search": "coder/", "offset": "40", "class": "crash", "key": "coder", "since": "7d", "cursor": "20",
            "q": "parser", "memory_key": "docs", "episode": String(repeating: "3f", count: 16),
        ])
        #expect(query.search == "coder/")
        #expect(query.offset == 40)
        #expect(query.failureClass == "crash")
        #expect(query.key == "coder")
        #expect(query.since == "7d")
        #expect(query.cursor == "20")
        #expect(query.words == "parser")
        #expect(query.memoryKey == "docs")
        #expect(query.episode.count == 32)
        #expect(!query.isOfFleet && PageQuery(["view": "fleet"]).isOfFleet)
    }

    @Test(arguments: [
        ("offset", "-1"), ("offset", "1e3"), ("offset", "999999999"), ("offset", "٣"), ("class", "nonsense"),
        ("since", "5m"), ("cursor", "a b"), ("cursor", "\u{E9}"), ("episode", "3F"), ("episode", "../../etc/passwd"),
        ("search", String(repeating: "x", count: 513)), ("q", String(repeating: "x", count: 801)), ("q", "a\0b"),
        ("key", ""), ("unknown", "x"), ("token", "x"),
        ("view", "other"),
    ])
    func ignoresWhatDoesNot(name: String, value: String) {
        #expect(PageQuery([name: value]) == PageQuery())
    }

    @Test func writesAddressesThatHoldAnything() {
        #expect(PageLink.to("sessions", []) == "/#sessions")
        #expect(
            PageLink.to("failures", [("class", ""), ("key", "a b/ü&\"'")])
                == "/?key=a+b%2F%C3%BC%26%22%27#failures")
        #expect(PageLink.part("coder/issue 430\n") == "coder%2Fissue%20430%0A")
    }
}
