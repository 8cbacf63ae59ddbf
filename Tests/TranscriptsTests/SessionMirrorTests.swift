import Domain
import Platform
import Settings
import TestSupport
import Testing

@testable import Transcripts

/// What a program stores entry by entry.
struct SessionMirrorTests {
    let scratch: Scratch
    let state: StateFolder
    let key: MirrorKey

    init() throws {
        scratch = try Scratch()
        state = StateFolder(path: scratch.path + "/state")
        try Files.makeFolder(state.path)
        key = try MirrorKey(project: "-srv-app", session: "0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01")
    }

    private func append(
        _ lines: String..., to key: MirrorKey? = nil, others: [String] = [], by memory: MirrorMemory = MirrorMemory()
    ) throws -> SessionMirror.Added {
        let bytes = Array(lines.joined(separator: "\n").utf8)
        return try SessionMirror(state, memory).append(bytes, to: key ?? self.key, others: others)
    }

    private var mirror: SessionMirror { SessionMirror(state, MirrorMemory()) }

    private func text(_ key: MirrorKey? = nil) throws -> String? {
        try mirror.entries(of: key ?? self.key).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whoever asks remembers what is there, or reads it.
    @Test(arguments: [true, false]) func anEntryThatIsThereIsNotAddedAgain(remembers: Bool) throws {
        let memory = MirrorMemory()
        func next() -> MirrorMemory { remembers ? memory : MirrorMemory() }
        #expect(try append(#"{"uuid":"a"}"#, #"{"n":1}"#, by: next()) == .init(added: 2))
        #expect(try append(#"{"uuid":"a"}"#, #"{"n":1}"#, #"{"uuid":"b"}"#, by: next()) == .init(added: 2, known: 1))
        #expect(try append(#"{"uuid":"b"}"#, #"{"uuid":"a"}"#, by: next()) == .init(known: 2))
        #expect(try text() == "{\"uuid\":\"a\"}\n{\"n\":1}\n{\"n\":1}\n{\"uuid\":\"b\"}\n")
    }

    /// A writer was killed in the middle of a line that nobody was told is kept.
    @Test func halfALineIsWrittenOver() throws {
        _ = try append(#"{"uuid":"a"}"#)
        try Files.add(#"{"uuid":"b","te"#, to: try #require(mirror.path(of: key)))
        #expect(try text() == "{\"uuid\":\"a\"}\n")
        #expect(try append(#"{"uuid":"b"}"#) == .init(added: 1))
        #expect(try text() == "{\"uuid\":\"a\"}\n{\"uuid\":\"b\"}\n")
    }

    @Test(arguments: ["", ".", "..", ".a", "a/b", "a\nb", "é", String(repeating: "x", count: 201)])
    func whatCouldBeNoNameIsRefused(name: String) throws {
        #expect(throws: MirrorKeyError.self) { try MirrorKey(project: name, session: "s") }
        #expect(throws: MirrorKeyError.self) { try MirrorKey(project: "p", session: name) }
        if name != "a/b" {
            #expect(throws: MirrorKeyError.self) { try MirrorKey(project: "p", session: "s", subpath: "a/\(name)") }
        }
    }

    @Test(arguments: ["[1]", "{\"a\":1", "x", "{\"a\":1}x"]) func whatIsNoEntryIsRefusedWithAllThatCameWithIt(
        line: String
    ) throws {
        #expect(throws: MirrorError.self) { try append(#"{"uuid":"a"}"#, line) }
        #expect(try text() == nil)
    }

    /// What is said in it is captured from the original.
    @Test func aTranscriptThatThisHostHasItselfIsKeptAsACopy() throws {
        let client = scratch.path + "/claude"
        let original = ClaudeCode().storage(in: client) + "/-srv-app"
        try Files.makeFolder(original)
        try Files.write("{}\n", to: original + "/" + key.name)
        let sub = try MirrorKey(project: key.project, session: key.session, subpath: "subagents/agent-1")
        let other = try MirrorKey(project: key.project, session: "0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b02")
        for key in [key, sub, other] { _ = try append(#"{"uuid":"a"}"#, to: key, others: [client]) }
        let seen = ConfigDirectories(state: state).all.flatMap { ClaudeCode().files(in: $0) }
        #expect(seen.map(\.session?.rawValue) == [other.session])
        #expect(try text() == "{\"uuid\":\"a\"}\n" && text(sub) == text(other))
        #expect(mirror.subpaths(of: key) == ["subagents/agent-1"])
        #expect(mirror.sessions(of: key.project).map(\.session) == [key.session, other.session])
        // The original goes: a copy stays one.
        Files.remove(original + "/" + key.name)
        _ = try append(#"{"uuid":"b"}"#, others: [client])
        #expect(try text() == "{\"uuid\":\"a\"}\n{\"uuid\":\"b\"}\n")
    }

    @Test func aSummaryIsWrittenByOneWhoHasReadTheLast() throws {
        #expect(mirror.summary(of: key) == nil)
        #expect(try mirror.set(summary: "{\"a\":1}", of: key, version: 0).version == 1)
        #expect(throws: MirrorError.changed) { try mirror.set(summary: "{}", of: key, version: 0) }
        #expect(try mirror.set(summary: "{\"a\":2}", of: key, version: 1).version == 2)
        #expect(mirror.summary(of: key)?.json == "{\"a\":2}")
        try mirror.remove(key)
        #expect(mirror.summary(of: key) == nil)
    }
}
