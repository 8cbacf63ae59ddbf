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

    /// A turn of which nobody knows where it is written is missed; an end may come without any turn.
    @Test(arguments: [("Stop", 1), ("StopFailure", 1), ("SessionEnd", 0), ("UserPromptSubmit", 0)])
    func missesATurnWithoutATranscript(event: String, count: Int) throws {
        let scratch = try Scratch()
        let settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "HOLDFAST_REDIS_URL": "unix:\(scratch.path)/none",
        ])
        let payload = JSONValue.object([
            "session_id": "s", "cwd": "/p", "hook_event_name": .string(event), "transcript_path": "",
        ])
        HookRun(context: HookContext(settings: settings, now: HostClock.now())).run(Array(payload.text.utf8)) { _ in
            true
        }
        let marked = (try? Files.names(in: settings.state.path + "/uncaptured")) ?? []
        #expect(marked.count == count, "\(marked)")
    }

    /// A client on Windows whose Linux mounts the drives elsewhere.
    @Test func findsADriveOfWindowsWhereItIsMounted() throws {
        let scratch = try Scratch()
        try scratch.write("[automount]\nroot = \(scratch.path)/drives/\n", to: "wsl.conf")
        var context = HookContext(
            settings: try Settings.load(environment: [
                "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
                "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "HOLDFAST_REDIS_URL": "unix:\(scratch.path)/none",
            ]), now: HostClock.now())
        context.wslConfiguration = scratch.path + "/wsl.conf"
        let folder = "\(scratch.path)/drives/c/Users/a/.claude/projects/C--p"
        try Files.makeFolder(folder)
        try Files.write("{}\n", to: folder + "/s.jsonl")
        let payload = JSONValue.object([
            "session_id": "s", "cwd": #"C:\p"#, "hook_event_name": "Stop",
            "transcript_path": #"C:\Users\a\.claude\projects\C--p\s.jsonl"#,
        ])
        var noted: [String] = []
        HookRun(context: context).run(Array(payload.text.utf8)) { note in
            noted.append((try? Files.read(note.hasPrefix("/") ? note : "\(scratch.path)/state/spool/\(note)")) ?? note)
            return true
        }
        #expect(noted.first?.contains("\(folder)/s.jsonl") == true, "\(noted)")
    }
}
