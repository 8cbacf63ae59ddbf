import Domain
import Operations
import Platform
import Settings
import TestSupport
import Testing
import Transcripts
import Vault

/// What a program stores with us of sessions that the vault has, too.
@Suite(.redisServer) struct StoredSessionTests {
    private static let session = "0f3c1a52-1111-4222-8333-123456789abc"
    private let test: TestPlace
    private let key: StoreKey

    init() throws {
        test = try TestPlace()
        key = try StoreKey(project: "-p", session: Self.session)
    }

    private func line(_ uuid: String, _ text: String) -> String {
        Said.user(text, uuid: uuid) + "\n"
    }

    private func stored() throws -> String { String(decoding: try test.place.storedEntries(of: key), as: UTF8.self) }

    private func add(_ lines: String) throws { _ = try test.place.store(Array(lines.utf8), in: key, KnownEntries()) }

    /// Keeps a client's transcript that is deleted then.
    private func keep(_ text: String) throws {
        let state = test.place.settings.state
        let path = try test.scratch.write(text, to: "claude/projects/-p/\(Self.session).jsonl")
        let file = try #require(ClaudeCode().file(path, in: test.scratch.path + "/claude"))
        let keeper = SessionKeeper(vault: try Vault.open(state.vault), state: state, host: "box")
        _ = try keeper.keep(file, isHurried: true, now: HostClock.wallMilliseconds)
        Files.remove(path)
    }

    /// What is stored hides what is kept: it must go on behind it.
    @Test func goesOnBehindWhatTheVaultHas() throws {
        let past = line("a", "MARIGOLD") + line("b", "THISTLE")
        try keep(past)
        #expect(try stored() == past)
        // What the program says again of it is known.
        try add(line("b", "THISTLE") + line("c", "CLOVER"))
        #expect(try stored() == past + line("c", "CLOVER"))
        try add(line("d", "VIOLET"))
        #expect(try stored() == past + line("c", "CLOVER") + line("d", "VIOLET"))
    }

    /// Of a session that was removed nothing comes back, also not what a capturer has handed over.
    @Test func whatIsRemovedStaysAway() throws {
        let state = test.place.settings.state
        try keep(line("a", "MARIGOLD"))
        try add(line("b", "THISTLE"))
        let path = try #require(SessionStore(state).path(of: key))
        let open = try ClaudeCode().open(path, in: nil)
        let end = try open.end()
        let part = Intake.Part(
            session: try #require(SessionID(rawValue: Self.session)), name: key.name, path: path,
            configDirectory: SessionStore(state).own, host: "box", from: try open.cursor(at: 0, generation: 0),
            to: try open.cursor(at: end, generation: 0), cuts: [])
        try Intake(state).add(part, try #require(try open.bytes(at: 0..<end)), now: 1)
        _ = try test.place.removeStored(key)
        let keeper = SessionKeeper(vault: try Vault.open(state.vault), state: state, host: "box")
        _ = try keeper.takeIn(isHurried: true, now: HostClock.wallMilliseconds)
        #expect(throws: Failure.self) { try stored() }
        // It may be begun anew.
        try add(line("c", "CLOVER"))
        #expect(try stored() == line("c", "CLOVER"))
    }
}
