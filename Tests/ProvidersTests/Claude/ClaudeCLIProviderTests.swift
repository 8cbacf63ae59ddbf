import Domain
import Foundation
import Glibc
import LanguageModel
import Providers
import Settings
import TestSupport
import Testing

/// Claude Code played by shell scripts.
@Suite struct ClaudeCLIProviderTests {
    private let folder: Scratch
    private static let request = ModelRequest(system: "Be brief.", prompt: "Tell of 'it' $HOME", maxOutputTokens: 77)

    init() throws {
        folder = try Scratch()
        try FileManager.default.createDirectory(atPath: folder.path + "/work", withIntermediateDirectories: true)
    }

    private func provider(_ script: String) throws -> ClaudeCLIProvider {
        try folder.writeExecutable("#!/bin/sh\nD='\(folder.path)'\n" + script, to: "claude")
        var settings = ProviderEndpoint(kind: .claudeCLI)
        settings.command = folder.path + "/claude"
        settings.maxResponseBytes = 1 << 20
        let environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "ANTHROPIC_API_KEY": "sk-ant-cli-secret-0123",
            "CLAUDE_CONFIG_DIR": folder.path + "/config", "CLAUDECODE": "1",
        ]
        return ClaudeCLIProvider(settings, folder: folder.path + "/work", environment: environment)
    }

    private func failure(_ script: String, deadline: Duration = Asking.long) async throws -> ModelFailure {
        let provider = try provider(script)
        let answer: ModelAnswer
        do throws(ModelFailure) {
            answer = try await provider.complete(Self.request, deadline: deadline)
        } catch {
            return error
        }
        throw Unexpected(answer: answer)
    }

    private struct Unexpected: Error {
        var answer: ModelAnswer
    }

    private static let result =
        #"{"type":"result","subtype":"success","is_error":false,"result":"hello","usage":{"input_tokens":5,"output_tokens":6}}"#

    @Test func asksWithEverythingElseSwitchedOff() async throws {
        let provider = try provider(
            "printf '%s\\n' \"$@\" > $D/arguments; env > $D/environment; pwd > $D/cwd; cat > $D/stdin; echo '\(Self.result)'"
        )
        let answer = try await provider.complete(Self.request, deadline: Asking.long)
        #expect(answer == ModelAnswer(text: "hello", inputTokens: 5, outputTokens: 6))
        #expect(folder.read("stdin") == Self.request.prompt)
        #expect(folder.read("cwd") == folder.path + "/work\n")
        let arguments = try #require(folder.read("arguments")).split(separator: "\n", omittingEmptySubsequences: false)
        let wanted: [Substring] = [
            "-p", "--output-format", "json", "--no-session-persistence", "--tools", "", "--strict-mcp-config",
            "--disable-slash-commands", "--settings", "{\"disableAllHooks\":true}", "--system-prompt", "Be brief.",
            "--model", "haiku", "",
        ]
        #expect(arguments == wanted)
        let environment = Set(try #require(folder.read("environment")).split(separator: "\n").map(String.init))
        #expect(
            environment.isSuperset(of: [
                "HOLDFAST_DISABLED=1", "CLAUDE_CODE_SAFE_MODE=1", "CLAUDE_CODE_MAX_OUTPUT_TOKENS=77",
                "ANTHROPIC_API_KEY=sk-ant-cli-secret-0123", "CLAUDE_CONFIG_DIR=\(folder.path)/config",
            ]))
        #expect(!environment.contains("CLAUDECODE=1"))
    }

    @Test func doesNotMindAChildThatReadsNothing() async throws {
        let provider = try provider("echo '\(Self.result)'")
        var request = Self.request
        request.prompt = String(repeating: "word ", count: 1 << 18)
        let answer = try await provider.complete(request, deadline: Asking.long)
        #expect(answer.text == "hello")
    }

    @Test func passesOnAnAnswerWhoseStdoutSomebodyHolds() async throws {
        let provider = try provider("sleep 1000 & echo $! > $D/sleeper; echo '\(Self.result)'")
        let answer = try await provider.complete(Self.request, deadline: Asking.long)
        #expect(answer.text == "hello")
        try await expectDead("sleeper")
    }

    @Test(arguments: [
        "echo $$ > $D/leader; exec sleep 1000",
        "echo $$ > $D/leader; trap '' TERM; while :; do sleep 1; done",
    ])
    func killsWhatHangs(script: String) async throws {
        try await failsInTime(script, once: "leader")
        try await expectDead("leader")
    }

    /// With more time where a busy machine had not begun the script before its time was up.
    private func failsInTime(_ script: String, once file: String) async throws {
        for factor in [1, 10, 100] {
            let failure = try await failure(script, deadline: Asking.short * factor)
            #expect(failure.failureClass == .timeout)
            if folder.read(file)?.hasSuffix("\n") == true { return }
        }
    }

    @Test(arguments: ["", "trap '' TERM; "])
    func killsGrandchildrenToo(trap: String) async throws {
        try await failsInTime(
            "( \(trap)echo ready > $D/ready; while :; do sleep 1; done ) & echo $! > $D/grandchild; wait",
            once: "grandchild")
        try await expectDead("grandchild")
    }

    @Test func killsEverythingWhenItsTaskIsCancelled() async throws {
        let provider = try provider("sleep 1000 & echo $! > $D/grandchild; echo $$ > $D/leader; wait")
        let failure = try await withThrowingTaskGroup(of: ModelFailure?.self) { group in
            group.addTask {
                do throws(ModelFailure) {
                    _ = try await provider.complete(Self.request, deadline: Asking.long)
                    return nil
                } catch {
                    return error
                }
            }
            try await poll("the child runs") { folder.read("leader")?.hasSuffix("\n") == true }
            group.cancelAll()
            return try await group.next() ?? nil
        }
        #expect(failure?.failureClass == .aborted)
        try await expectDead("leader")
        try await expectDead("grandchild")
    }

    @Test func cutsOffAHundredMegabytes() async throws {
        let failure = try await failure("echo $$ > $D/leader; exec head -c 104857600 /dev/zero")
        #expect(failure.failureClass == .unusableAnswer)
        #expect(failure.message.contains("larger than 1048576 bytes"))
        try await expectDead("leader")
    }

    @Test func readsOnlyTheBeginningOfAFloodOfErrors() async throws {
        let failure = try await failure("head -c 10485760 /dev/zero | tr '\\0' 'e' >&2; exit 1")
        #expect(failure.message.contains("exited with 1: eeee"))
        #expect(failure.message.utf8.count <= 300)
    }

    @Test(arguments: [
        ("echo garbage", "no result but: garbage"), ("exit 0", "without a word"),
        ("echo 'Invalid API key · Please run /login' >&2; exit 1", "exited with 1: Invalid API key"),
        ("kill -9 $$", "was ended by a signal"),
        (
            #"echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":529,"result":"API Error: Overloaded"}'; exit 1"#,
            "API Error: Overloaded"
        ),
        ("echo \"bad key $ANTHROPIC_API_KEY\" >&2; exit 1", "bad key [redacted"),
    ])
    func tellsWhatItSaid(script: String, says: String) async throws {
        let failure = try await failure(script)
        #expect(failure.message.contains(says))
        #expect(!failure.message.contains("sk-ant-cli-secret"))
    }

    @Test func classifiesByTheStatusOfTheAPI() async throws {
        let failure = try await failure(
            #"echo '{"type":"result","is_error":true,"api_error_status":401,"result":"no"}'; exit 1"#)
        #expect(failure.failureClass.category == .auth)
        #expect(failure.httpStatus == 401)
    }

    @Test func namesACommandThatIsNot() async throws {
        var settings = ProviderEndpoint(kind: .claudeCLI)
        settings.command = folder.path + "/absent"
        let provider = ClaudeCLIProvider(settings, folder: folder.path, environment: [:])
        await #expect { try await provider.check(deadline: Asking.long) } throws: {
            "\($0)".contains("cannot run") && ($0 as? ModelFailure)?.failureClass.isRetryable == false
        }
    }

    @Test func checksWithoutSpendingTokens() async throws {
        let provider = try provider("printf '%s ' \"$@\" > $D/arguments; echo '2.1.329 (Claude Code)'")
        try await provider.check(deadline: Asking.long)
        #expect(folder.read("arguments") == "--version ")
        let broken = try self.provider("exit 3")
        await #expect(throws: ModelFailure.self) { try await broken.check(deadline: Asking.long) }
    }

    @Test func fingerprintsCommandAndConfiguration() throws {
        let one = ClaudeCLIProvider(ProviderEndpoint(kind: .claudeCLI), folder: "/", environment: ["HOME": "/home/me"])
        let same = ClaudeCLIProvider(
            ProviderEndpoint(kind: .claudeCLI), folder: "/", environment: ["CLAUDE_CONFIG_DIR": "/home/me/.claude"])
        let other = ClaudeCLIProvider(
            ProviderEndpoint(kind: .claudeCLI), folder: "/", environment: ["HOME": "/home/you"])
        #expect(one.fingerprint == same.fingerprint)
        #expect(one.fingerprint != other.fingerprint)
        #expect(one.fingerprint.count == 8)
    }

    /// A process that is gone, or waits only for a parent to ask after it.
    private func expectDead(_ name: String) async throws {
        let pid = try #require(folder.read(name).flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
        try await poll("\(name) is dead") {
            guard kill(pid, 0) == 0 else { return true }
            let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ") Z"
            return status.contains(") Z")
        }
    }
}
