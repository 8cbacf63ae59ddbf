import Domain
import Hooks
import Platform
import Settings
import TestSupport
import Testing

@Suite struct HookContextTests {
    /// A folder's name may hold anything; of a file that is there all that counts is whose it is.
    @Test(arguments: ["-home-dev-project", "a\u{1B}[31m|\u{202E}\"'<b>", "new\nline"])
    func capturesATranscriptWhateverItsFolderIsCalled(folder: String) throws {
        let scratch = try Scratch()
        let context = HookContext(
            settings: try Settings.load(environment: [
                "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
                "HOLDFAST_CONFIG_DIR": scratch.path + "/config",
            ]), now: HostClock.now())
        let path = "\(scratch.path)/.claude/projects/\(folder)/s.jsonl"
        let payload = JSONValue.object([
            "session_id": "s", "cwd": "/p", "hook_event_name": "Stop", "transcript_path": .string(path),
        ])
        let input = try HookInput(Array(payload.text.utf8))
        func requested() -> String? {
            context.captureRequest(
                input, context.news(input, key: nil, host: "h") { false })?.path
        }
        let isHarmless = !path.utf8.contains { $0 < 32 }
        #expect(requested() == (isHarmless ? path : nil), "what is not there is hearsay")
        try Files.makeFolder(String(path.dropLast("/s.jsonl".count)))
        try Files.write("{}\n", to: path)
        #expect(requested() == path)
    }
}
