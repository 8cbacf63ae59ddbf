import Domain
import Operations
import Platform
import Settings
import Storage
import TestSupport
import Testing

/// What is said of titles before a session is shown them.
@Suite(.redisServer) struct RecallTests {
    private func title(_ digit: String, _ key: String, _ project: String, _ title: String) throws -> MemoryTitle {
        MemoryTitle(
            episode: try #require(EpisodeID(rawValue: String(repeating: digit, count: 32))), session: "s",
            dispatchKey: key, project: project, milliseconds: 1, title: title)
    }

    private func check(_ test: TestPlace) throws -> Check? { try test.place.checkUp().first { $0.name == "recall" } }

    @Test func whyShowsTheTitlesThatAFreshSessionWouldBeShown() throws {
        let test = try TestPlace(#"{"recall":{"at_start":1000}}"#)
        let folder = test.scratch.path, key = try DispatchKey("coder/1")
        let project = String(folder.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        try RecallFolder(test.place.settings.state).replace(with: [
            title("1", "coder/1", "-elsewhere", "Of the key"), title("2", "coder/2", project, "Of the project"),
            title("3", "coder/3", "-elsewhere", "Of neither"),
        ])
        let fresh = try test.place.explain(key, for: folder)
        let recall = try #require(fresh.recall)
        #expect(recall.titles == 2 && recall.characters == recall.text.utf16.count)
        #expect(recall.text.hasSuffix("\n> 111111111111 Of the key\n> 222222222222 Of the project"))
        #expect(fresh.paragraph.contains("It is shown the titles of 2 memories (\(recall.characters) characters)."))
        #expect(try test.place.explain(key).recall?.titles == 1, "nobody knows of what project")
        try test.bind("s1", "coder/1")
        let bound = try test.place.explain(key, for: folder)
        #expect(bound.verdict != .none && bound.recall == nil, "a resume is shown none")
    }

    @Test func theDoctorSaysWhetherThereAreAny() throws {
        #expect(try check(TestPlace()) == nil)
        let test = try TestPlace(#"{"recall":{"at_start":1000}}"#)
        let none = try #require(try check(test))
        #expect(none.outcome == .warn && none.remedy.hasPrefix("set provider.kind"))
        try RecallFolder(test.place.settings.state).replace(with: [title("1", "coder/1", "-p", "One")])
        #expect(try check(test)?.outcome == .ok)
    }
}
