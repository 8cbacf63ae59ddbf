import Domain
import Foundation
import LanguageModel
import Providers
import Settings
import TestSupport
import Testing

/// The real client against a scripted API, where one is to be had: `HOLDFAST_TEST_CLAUDE` names it, `ANTHROPIC_BASE_URL`
/// the API, and the network holds nothing else.
@Suite struct RealClientTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test(.enabled(if: environment["HOLDFAST_TEST_CLAUDE"] != nil, "needs HOLDFAST_TEST_CLAUDE and a scripted API"))
    func answersAndLeavesNothingBehind() async throws {
        let folder = try Scratch()
        try folder.write("PROJECT-MEMORY", to: "CLAUDE.md")
        let home = try Scratch()
        try FileManager.default.createDirectory(atPath: home.path + "/.claude", withIntermediateDirectories: true)
        let hook = #"{"hooks":[{"type":"command","command":"touch \#(home.path)/hook-ran"}]}"#
        try home.write(
            #"{"hooks":{"SessionStart":[\#(hook)],"Stop":[\#(hook)],"SessionEnd":[\#(hook)]}}"#,
            to: ".claude/settings.json")
        var environment = Self.environment.filter { $0.key.hasPrefix("ANTHROPIC_") || $0.key == "PATH" }
        environment["HOME"] = home.path
        environment["ANTHROPIC_API_KEY"] = "dummy"
        var settings = ProviderEndpoint(kind: .claudeCLI)
        settings.command = try #require(Self.environment["HOLDFAST_TEST_CLAUDE"])
        let provider = ClaudeCLIProvider(settings, folder: folder.path, environment: environment)
        try await provider.check(deadline: .seconds(60))
        let request = ModelRequest(system: "Be brief.", prompt: "SAY{the answer}", maxOutputTokens: 100)
        let answer = try await provider.complete(request, deadline: .seconds(60))
        #expect(answer.text == "the answer")
        #expect(answer.inputTokens > 0 && answer.inputTokens < 2000)
        #expect(home.read("hook-ran") == nil)
        let files = FileManager.default.enumerator(atPath: home.path)?.compactMap { $0 as? String } ?? []
        #expect(!files.contains { $0.hasSuffix(".jsonl") && $0.contains("projects") })
    }
}
