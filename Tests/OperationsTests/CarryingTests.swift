import Archive
import Domain
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// A session that expires later than what was said in it is at hand.
@Suite(.redisServer) struct CarryingTests {
    private let key: DispatchKey

    init() throws { key = try DispatchKey("coder/1") }

    /// A workplace whose archive has what was said in `s1`, two days ago; Redis knows the session, and has no word of it.
    private func place(_ configuration: String = "{}") throws -> TestPlace {
        let test = try TestPlace(configuration, maxSessionAge: 1000)
        try test.bind("s1", "coder/1")
        let said: [(EpisodeEntry.Role, String)] = [
            (.user, "my name is Ada"), (.thinking, "hm"), (.assistant, "Hello Ada"),
        ]
        let ago = HostClock.wallMilliseconds - 2 * 86_400_000
        let entries = said.enumerated().map { number, words in
            EpisodeEntry(
                uuid: "u\(number)", hash: "h\(number)", role: words.0, at: ISOTime.text(ago + Int64(number)),
                text: words.1)
        }
        let content = entries.map(\.json).joined(separator: "\n")
        let file = FileID(host: "h", path: "/s1.jsonl"), bytes: Range<Int64> = 0..<100
        let episode = StoredEpisode(
            id: EpisodeID(file: file, generation: 0, bytes: bytes, content: content), sessionID: "s1",
            dispatchKey: "coder/1", groupID: "coder", host: "h", sessionFile: "/s1.jsonl", file: file, generation: 0,
            bytes: bytes, filterMark: "f", capturedMilliseconds: ago, entryCount: entries.count, content: content)
        let store = ArchiveStores.at(test.place.settings.archivePath(host: test.place.host))
        _ = try store.open(id: nil).ingest([episode], nowMilliseconds: ago)
        return test
    }

    private func expire(_ test: TestPlace) async throws {
        try await poll("its expiry") { try test.place.explain(key).verdict == .expired }
    }

    @Test func whatWasSaidComesFromTheArchive() async throws {
        let test = try place()
        try await expire(test)
        let shown = try #require(try test.place.explain(key).carry_over)
        #expect(shown.reason == .expired && shown.session_id == "s1" && shown.messages == 2)
        let conversations = Conversations(keys: test.keys)
        var carriable = try test.connection.ask(conversations.carriable(9, of: key))
        #expect(carriable.messages.isEmpty, "a look changes nothing")

        #expect(try test.place.lookUp(key).verdict == .expired)
        carriable = try test.connection.ask(conversations.carriable(9, of: key))
        #expect(carriable.carry?.reason == .expired && carriable.carry?.sessionID?.rawValue == "s1")
        #expect(carriable.messages.map(\.text) == ["my name is Ada", "Hello Ada"])
        #expect(try test.place.explain(key).carry_over?.messages == 2, "the next start has it still to do")
    }

    @Test(arguments: [#"{"carry_over": {"when": "never"}}"#, "{}"]) func whoWantsNoneIsShownNone(setting: String)
        async throws
    {
        let test = try place(setting)
        if setting == "{}" {
            let message = try OfferedMessage(role: "user", text: "said since")
            _ = try test.place.add(message, toConversation: "coder/1")
            _ = try test.place.clearConversation("coder/1")
        }
        try await expire(test)
        #expect(try test.place.explain(key).carry_over == nil)
        _ = try test.place.lookUp(key)
        #expect(try test.connection.ask(Conversations(keys: test.keys).carriable(9, of: key)).carry == nil)
    }
}
