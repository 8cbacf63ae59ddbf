import Domain
import Foundation
import Platform
import Settings
import TestSupport
import Testing
import Transcripts
import Vault

@testable import Operations

@Suite struct SessionRestoreTests {
    private let scratch: Scratch
    private let settings: Settings
    private let session: SessionID
    private let restore: SessionRestore

    init() throws {
        scratch = try Scratch()
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc"))
        settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
        ])
        try settings.state.prepare()
        restore = SessionRestore(settings: settings)
    }

    private var config: String { scratch.path + "/claude" }
    private var project: String { scratch.path + "/project" }

    /// Turns of 100 KB, as the client chains them.
    private func turns(_ count: Int) -> [String] {
        (0..<count).map { number in
            let parent = number == 0 ? "null" : "\"u\(number - 1)\""
            let words = (0..<10_000).map { "w\($0 * number % 997)" }.joined(separator: " ")
            let role = number % 2 == 0 ? "user" : "assistant"
            let content =
                role == "user"
                ? "\"turn \(number) \(words)\"" : "[{\"type\":\"text\",\"text\":\"turn \(number) \(words)\"}]"
            return
                #"{"parentUuid":\#(parent),"type":"\#(role)","uuid":"u\#(number)","timestamp":"2026-01-01T00:00:00.000Z","sessionId":"\#(session)","cwd":"/old","message":{"role":"\#(role)","id":"m\#(number)","model":"m","content":\#(content)}}"#
        }
    }

    /// Keeps a session of so many turns, each look a segment of its own, and deletes it.
    private func keep(_ lines: [String], perLook: Int, _ other: Settings? = nil) throws -> String {
        let settings = other ?? self.settings
        let name = "claude/projects/-old/\(session).jsonl"
        let keeper = SessionKeeper(vault: try Vault.open(settings), state: settings.state, host: "box")
        var text = ""
        for start in stride(from: 0, to: lines.count, by: perLook) {
            text += lines[start..<min(lines.count, start + perLook)].joined(separator: "\n") + "\n"
            let path = try scratch.write(text, to: name)
            let file = try #require(ClaudeCode().file(path, in: config))
            _ = try keeper.keep(file, isHurried: true, now: HostClock.wallMilliseconds)
        }
        Files.remove("\(scratch.path)/\(name)")
        return text
    }

    private func damage(segment number: Int, _ other: Settings? = nil) throws {
        let settings = other ?? self.settings
        let vault = try Vault.open(settings)
        let segments = try #require(try vault.session(session)?.transcript?.segments)
        try #require(segments.count > 1)
        let parts = segments[number].name.split(separator: ",")
        let offset = try #require(Int(parts[1].filter(\.isNumber)))
        let file = "\(settings.state.vault)/packs/\(parts[0])"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[offset + Int(segments[number].storedBytes) - 100] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
    }

    @Test func putsBackByteForByteUnderTheFolderOfTheCaller() throws {
        let text = try keep(turns(40), perLook: 12)
        let restored = try #require(try restore.restore(session, to: config, for: project, words: { [] }))
        #expect(restored.outcome == .whole)
        #expect(ClaudeCode().isKept(restored.path, for: project))
        #expect(!restored.sentence(for: project).contains("written over"))
        #expect(try Files.read(restored.path, limit: 1 << 30) == text)
        #expect(try restore.restore(session, to: config, for: project, words: { [] }) == nil, "it is there")
        restore.withdraw(restored)
        #expect(!Files.exists(restored.path))
    }

    /// Names that no client gives, and what was a file and became a folder.
    @Test func aFileThatCannotHaveItsNameKeepsNoTranscriptFromComingBack() throws {
        let folder = "claude/projects/-old/\(session)"
        for name in ["good.txt", "two\nlines.txt", "once"] { try scratch.write("words", to: "\(folder)/\(name)") }
        _ = try keep(turns(2), perLook: 2)
        Files.remove("\(scratch.path)/\(folder)/once")
        try scratch.write("words", to: "\(folder)/once/inner.txt")
        let text = try keep(turns(3), perLook: 3)
        Files.removeFolder("\(scratch.path)/\(folder)")
        let restored = try #require(try restore.restore(session, to: config, for: project, words: { [] }))
        #expect(restored.outcome == .whole && restored.files == 3)
        #expect(try Files.read(restored.path, limit: 1 << 30) == text)
        #expect(restored.left.keys.sorted() == ["\(session)/once", "\(session)/two\nlines.txt"])
    }

    @Test(arguments: [0, 1]) func goesOnWithWhatIsLeft(of segment: Int) throws {
        _ = try keep(turns(40), perLook: 12)
        try damage(segment: segment)
        let restored = try #require(try restore.restore(session, to: config, for: project, words: { [] }))
        #expect(restored.outcome == .reduced)
        var last: String?
        for line in try Files.read(restored.path, limit: 1 << 30).split(separator: "\n") {
            let entry = try JSONValue(parsing: String(line))
            #expect(entry["parentUuid"]?.string == last)
            last = entry["uuid"]?.string
        }
        #expect(last != nil)
    }

    @Test func goesOnWithTheWordsWhereNothingElseIsLeft() throws {
        _ = try keep(turns(2), perLook: 1)
        let vault = try Vault.open(settings)
        let pack = "\(settings.state.vault)/packs/00000001.pack"
        try Data(repeating: 0, count: try Data(contentsOf: URL(fileURLWithPath: pack)).count).write(
            to: URL(fileURLWithPath: pack))
        let words = [SpokenTranscript.Message(role: .user, at: "2026-01-01T00:00:00.000Z", text: "MARIGOLD")]
        let restored = try #require(try restore.restore(session, to: config, for: project, words: { words }))
        #expect(restored.outcome == .spoken)
        #expect(try Files.read(restored.path).contains("MARIGOLD"))
        restore.withdraw(restored)
        #expect { try restore.restore(session, to: config, for: project, words: { [] }) } throws: {
            "\($0)".contains("vault verify")
        }
        #expect(try vault.verify().damaged.count == 1)
    }

    @Test func whatIsNotKeptIsSaid() throws {
        #expect { try restore.restore(session, to: config, for: project, words: { [] }) } throws: {
            "\($0)".contains("vault list")
        }
        #expect(restore.holding(session) == .nothing)
    }

    // MARK: - What is only so now, and what hides nothing

    /// A key that is not at hand is no damage: the session comes back when it is.
    @Test(arguments: ["", "other"], [false, true]) func aKeyThatIsNotAtHandCostsNothing(
        other: String, isDamaged: Bool
    ) throws {
        let keys = try ["own", "other"].map { name in
            try scratch.write(String(repeating: name == "own" ? "1" : "2", count: 64) + "\n", to: name)
        }
        func with(_ key: String) throws -> (Settings, SessionRestore) {
            try scratch.write(#"{"vault": {"encrypt_key_file": "\#(key)"}}"#, to: "config/holdfast.json")
            let settings = try Settings.load(environment: self.settings.environment)
            return (settings, SessionRestore(settings: settings))
        }
        let text = try keep(turns(40), perLook: 12, with(keys[0]).0)
        if isDamaged { try damage(segment: 1, with(keys[0]).0) }
        let words = [SpokenTranscript.Message(role: .user, at: "2026-01-01T00:00:00.000Z", text: "MARIGOLD")]
        let away = try with(other.isEmpty ? "" : keys[1]).1
        let error = #expect(throws: RestoreError.self) {
            try away.restore(session, to: config, for: project, words: { words })
        }
        #expect(try !#require(error).isFinal, "\(error.map { "\($0)" } ?? "")")
        #expect(away.holding(session) != .nothing)
        let back = try #require(try with(keys[0]).1.restore(session, to: config, for: project, words: { words }))
        #expect(back.outcome == (isDamaged ? .reduced : .whole))
        let content = try Files.read(back.path, limit: 1 << 30)
        #expect(isDamaged != (content == text))
    }

    /// What was put back has nothing of what was said while recording was off, and other positions: what is said then is
    /// kept, unless recording is off still.
    @Test(arguments: [false, true]) func whatIsSaidAfterwardsIsKept(isOff: Bool) throws {
        let lines = turns(6)
        let name = "claude/projects/-old/\(session).jsonl"
        let path = try scratch.write(lines[..<1].joined(separator: "\n") + "\n", to: name)
        func gaps() throws -> RecordingGaps { try RecordingGaps(state: settings.state, session: session) }
        func size() throws -> Int64 { Int64(try Files.read(path, limit: 1 << 30).utf8.count) }
        try gaps().begin(at: size(), of: path, now: 1000)
        try scratch.write(lines[..<5].joined(separator: "\n") + "\n", to: name)
        if !isOff { try gaps().end(at: size(), now: 2000) }
        let text = try keep(lines, perLook: 6)
        #expect(text.contains("turn 3 "))
        let restored = try #require(try restore.restore(session, to: config, for: project, words: { [] }))
        #expect(restored.outcome == .reduced)
        let before = try Files.read(restored.path, limit: 1 << 30)
        #expect(!before.contains("turn 3 ") && before.contains("turn 0 ") && before.contains("turn 5 ") != isOff)
        let more = Said.user("AFTERWARDS", uuid: "v")
        try Files.add(more + "\n", to: restored.path)
        let keeper = SessionKeeper(vault: try Vault.open(settings), state: settings.state, host: "box")
        let file = try #require(ClaudeCode().file(restored.path, in: config))
        _ = try keeper.keep(file, isHurried: true, now: HostClock.wallMilliseconds)
        let vault = try Vault.open(settings)
        let kept = try #require(try vault.session(session)?.transcript?.segments).map { try vault.content(of: $0) }
        #expect(String(decoding: kept.joined(), as: UTF8.self).contains("AFTERWARDS") != isOff)
    }

    /// A file that was written over is another state of it, and hides none that a client can go on with.
    @Test(arguments: [#"{"type":"summary","summary":"x","leafUuid":"u1"}"#, "no line of a transcript", ""])
    func whatWasWrittenOverComesBack(junk: String) throws {
        let text = try keep(turns(4), perLook: 4)
        _ = try keep([junk], perLook: 1)
        let words = [SpokenTranscript.Message(role: .user, at: "2026-01-01T00:00:00.000Z", text: "MARIGOLD")]
        let restored = try #require(try restore.restore(session, to: config, for: project, words: { words }))
        #expect(restored.outcome == .whole)
        #expect(restored.sentence(for: project).contains("was written over later"))
        #expect(try Files.read(restored.path, limit: 1 << 30) == text)
    }

    /// A capturer has handed over what nobody took in yet, and the transcript is gone.
    @Test(arguments: [false, true]) func whatWaitsToBeTakenInIsKept(isVaultThere: Bool) throws {
        if isVaultThere { _ = try Vault.open(settings) }
        let text = turns(2).joined(separator: "\n") + "\n"
        let path = try scratch.write(text, to: "claude/projects/-old/\(session).jsonl")
        let open = try ClaudeCode().open(path, in: config)
        let end = Int64(text.utf8.count)
        let part = Intake.Part(
            session: session, name: "\(session).jsonl", path: path, configDirectory: config, host: "box",
            from: try open.cursor(at: 0, generation: 0), to: try open.cursor(at: end, generation: 0), cuts: [])
        try Intake(settings.state).add(part, Array(text.utf8), now: 1)
        Files.remove(path)
        #expect(restore.holding(session) == .content)
        let restored = try #require(try restore.restore(session, to: config, for: project, words: { [] }))
        #expect(restored.outcome == .whole)
        #expect(try Files.read(restored.path, limit: 1 << 30) == text)
    }
}
