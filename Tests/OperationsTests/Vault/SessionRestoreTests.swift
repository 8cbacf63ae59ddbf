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
    private func keep(_ lines: [String], perLook: Int) throws -> String {
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

    private func damage(segment number: Int) throws {
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
        #expect(!restore.mayKeep(session))
    }
}
