import Domain
import Platform
import Settings
import TestSupport
import Testing

@testable import Transcripts

/// What a program stores entry by entry.
struct SessionStoreTests {
    let scratch: Scratch
    let state: StateFolder
    let key: StoreKey

    init() throws {
        scratch = try Scratch()
        state = StateFolder(path: scratch.path + "/state")
        try Files.makeFolder(state.path)
        key = try StoreKey(project: "-srv-app", session: "0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01")
    }

    private func append(
        _ lines: String..., to key: StoreKey? = nil, others: [String] = [], by memory: KnownEntries = KnownEntries()
    ) throws -> SessionStore.Added {
        let bytes = Array(lines.joined(separator: "\n").utf8)
        return try SessionStore(state, memory).append(bytes, to: key ?? self.key, others: others)
    }

    private var store: SessionStore { SessionStore(state) }

    private func forget(_ messages: String..., isWhole: Bool = false) throws {
        var tombstone = Tombstone(of: try #require(key.id), isWhole: isWhole)
        for message in messages { tombstone.known.add(message, at: "") }
        try Tombstones(state).add(tombstone)
    }

    private func text(_ key: StoreKey? = nil) throws -> String? {
        try store.entries(of: key ?? self.key).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whoever asks remembers what is there, or reads it.
    @Test(arguments: [true, false]) func anEntryThatIsThereIsNotAddedAgain(remembers: Bool) throws {
        let memory = KnownEntries()
        func next() -> KnownEntries { remembers ? memory : KnownEntries() }
        #expect(try append(#"{"uuid":"a"}"#, #"{"n":1}"#, by: next()) == .init(added: 2))
        #expect(try append(#"{"uuid":"a"}"#, #"{"n":1}"#, #"{"uuid":"b"}"#, by: next()) == .init(added: 2, known: 1))
        #expect(try append(#"{"uuid":"b"}"#, #"{"uuid":"a"}"#, by: next()) == .init(known: 2))
        #expect(try text() == "{\"uuid\":\"a\"}\n{\"n\":1}\n{\"n\":1}\n{\"uuid\":\"b\"}\n")
    }

    /// A writer was killed in the middle of a line that nobody was told is kept.
    @Test func halfALineIsWrittenOver() throws {
        _ = try append(#"{"uuid":"a"}"#)
        try Files.add(#"{"uuid":"b","te"#, to: try #require(store.path(of: key)))
        #expect(try text() == "{\"uuid\":\"a\"}\n")
        #expect(try append(#"{"uuid":"b"}"#) == .init(added: 1))
        #expect(try text() == "{\"uuid\":\"a\"}\n{\"uuid\":\"b\"}\n")
    }

    @Test(arguments: ["", ".", "..", ".a", "a/b", "a\nb", "é", String(repeating: "x", count: 201)])
    func whatCouldBeNoNameIsRefused(name: String) throws {
        #expect(throws: StoreKeyError.self) { try StoreKey(project: name, session: "s") }
        #expect(throws: StoreKeyError.self) { try StoreKey(project: "p", session: name) }
        if name != "a/b" {
            #expect(throws: StoreKeyError.self) { try StoreKey(project: "p", session: "s", subpath: "a/\(name)") }
        }
    }

    @Test(arguments: ["[1]", "{\"a\":1", "x", "{\"a\":1}x"]) func whatIsNoEntryIsRefusedWithAllThatCameWithIt(
        line: String
    ) throws {
        #expect(throws: StoreError.self) { try append(#"{"uuid":"a"}"#, line) }
        #expect(try text() == nil)
    }

    /// What is said in it is captured from the original.
    @Test func aTranscriptThatThisHostHasItselfIsKeptAsACopy() throws {
        let client = scratch.path + "/claude"
        let original = ClaudeCode().storage(in: client) + "/-srv-app"
        try Files.makeFolder(original)
        try Files.write("{}\n", to: original + "/" + key.name)
        let sub = try StoreKey(project: key.project, session: key.session, subpath: "subagents/agent-1")
        let other = try StoreKey(project: key.project, session: "0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b02")
        for key in [key, sub, other] { _ = try append(#"{"uuid":"a"}"#, to: key, others: [client]) }
        let seen = ClaudeCode().files(in: store.own)
        #expect(seen.map(\.session?.rawValue) == [other.session])
        #expect(try text() == "{\"uuid\":\"a\"}\n" && text(sub) == text(other))
        #expect(store.subpaths(of: key) == ["subagents/agent-1"])
        #expect(store.sessions(of: key.project).map(\.session) == [key.session, other.session])
        // The original goes: a copy stays one.
        Files.remove(original + "/" + key.name)
        _ = try append(#"{"uuid":"b"}"#, others: [client])
        #expect(try text() == "{\"uuid\":\"a\"}\n{\"uuid\":\"b\"}\n")
    }

    @Test func aSummaryIsWrittenByOneWhoHasReadTheLast() throws {
        #expect(store.summary(of: key) == nil)
        #expect(try store.set(summary: "{\"a\":1}", of: key, version: 0).version == 1)
        #expect(throws: StoreError.changed) { try store.set(summary: "{}", of: key, version: 0) }
        #expect(try store.set(summary: "{\"a\":2}", of: key, version: 1).version == 2)
        #expect(store.summary(of: key)?.json == "{\"a\":2}")
        try store.remove(key)
        #expect(store.summary(of: key) == nil)
    }

    /// The SDK tries a batch again, and a program may store a session anew that it kept itself.
    @Test func whatIsForgottenIsNotStoredAgain() throws {
        try forget("a", Exclusions.nameless)
        let lines = [#"{"uuid":"a","type":"user"}"#, #"{"type":"last-prompt"}"#, #"{"uuid":"b","type":"user"}"#]
        #expect(try append(lines[0], lines[1], lines[2]) == .init(added: 1, forgotten: 2))
        #expect(try text() == lines[2] + "\n")
    }

    /// Nothing was ever stored of it, so nobody resumes it.
    @Test func nothingIsMadeOfWhatIsAllForgotten() throws {
        try forget("a")
        #expect(try append(#"{"uuid":"a","type":"user"}"#) == .init(forgotten: 1))
        #expect(try text() == nil)
        #expect(store.sessions(of: key.project).isEmpty)
    }

    @Test func aSubagentsGoesAloneAndASessionsWithAllOfIt() throws {
        let sub = try StoreKey(project: key.project, session: key.session, subpath: "subagents/agent-1")
        _ = try append(#"{"uuid":"a"}"#)
        _ = try append(#"{"uuid":"a"}"#, to: sub)
        _ = try store.set(summary: "{}", of: key, version: 0)
        try store.remove(sub)
        #expect(try text(sub) == nil && text() != nil && store.summary(of: key) != nil)
        _ = try append(#"{"uuid":"a"}"#, to: sub)
        try store.remove(key)
        #expect(try text(sub) == nil && text() == nil && store.summary(of: key) == nil)
    }

    /// Names that are none of the client's may be the same in two projects, and the vault knows sessions by their names.
    @Test func aSessionThatNoClientNamedIsSeenByNobodyElse() throws {
        let other = try StoreKey(project: key.project, session: "mine")
        _ = try append(#"{"uuid":"a"}"#, to: other)
        #expect(try text(other) != nil)
        #expect(ClaudeCode().files(in: store.own).isEmpty)
    }

    /// Someone took lines out while the companion remembered them.
    @Test func whatWasTakenOutMeanwhileIsNotRemembered() throws {
        let known = KnownEntries()
        _ = try append(#"{"uuid":"a","n":1}"#, #"{"uuid":"b","n":2}"#, by: known)
        let file = try #require(store.files.first)
        try store.remove(from: file) { ByteSearch.contains($0, "\"a\"") }
        // As long as before.
        try Files.add("{\"uuid\":\"c\",\"n\":3}\n", to: file.path)
        #expect(try append(#"{"uuid":"a","n":1}"#, #"{"uuid":"c","n":3}"#, by: known) == .init(added: 1, known: 1))
        #expect(try text()?.hasSuffix("\"c\",\"n\":3}\n{\"uuid\":\"a\",\"n\":1}\n") == true)
    }

    /// JavaScript cuts strings where it likes.
    @Test func halfACharacterIsStoredAsItIs() throws {
        let line = #"{"uuid":"a","text":"\ud83d"}"#
        #expect(try append(line) == .init(added: 1))
        #expect(try text() == line + "\n")
    }
}
