import TestSupport
import Testing

/// `holdfast memory` on an archive that a companion of the test's own has filled.
@Suite struct SearchTests {
    private func withCompanion(_ body: (([String]) async throws -> Built.Outcome) async throws -> Void) async throws {
        let scratch = try Scratch()
        let environment = [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
        ]
        try scratch.write(#"{"check_interval_seconds": 1}"#, to: "config/holdfast.json")
        func run(_ words: [String]) async throws -> Built.Outcome {
            try await Built.run("holdfast", words, environment: environment)
        }
        #expect(try await run(["up"]).code == 0)
        do {
            try await body(run)
        } catch {
            _ = try await run(["down"])
            throw error
        }
        _ = try await run(["down"])
    }

    @Test func hitsAreMarkedByStyleAndDigestsExplainTheirSigns() async throws {
        try await withCompanion { run in
            _ = try await run(["memory", "add", "The begonia stands in the shade.", "--wait", "20"])
            var found = try await run(["memory", "search", "begonia"])
            for _ in 0..<100 where found.code != 0 {
                try await Task.sleep(for: .milliseconds(100))
                found = try await run(["memory", "search", "begonia"])
            }
            #expect(found.output.contains("The begonia stands") && !found.output.contains("["), "\(found)")
            let styled = try await run(["memory", "search", "begonia", "--color", "always"])
            #expect(styled.output.contains("The \u{1b}[1mbegonia\u{1b}[0m stands"), "\(styled)")
            let json = try await run(["memory", "search", "begonia", "--color", "always", "--json"])
            #expect(json.output.contains("The begonia stands"), "\(json)")
            // What a search prints can be shown.
            let id = String(found.output.prefix { $0 != " " })
            let shown = try await run(["memory", "show", id])
            #expect(shown.output.contains("? The begonia") && shown.output.contains("(? asked"), "\(shown)")
            for verb in [["episodes", "show", id], ["memory", "show", id, "--raw"]] {
                let outcome = try await run(verb)
                #expect(outcome.code == 0 && outcome.output.contains("begonia"), "\(verb): \(outcome)")
            }
            let done = try await run(["episodes", "list", "--state", "done"])
            #expect(done.output.contains("ENTRIES") && done.output.contains(" 1\n"), "\(done)")
        }
    }
}
