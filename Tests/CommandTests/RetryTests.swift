import Domain
import Platform
import TestSupport
import Testing

/// `holdfast retry` and `holdfast tools` with the built executables.
@Suite(.redisServer) struct RetryTests {
    private func policies(_ home: CompanionHome, _ text: String) throws {
        try home.scratch.write(#"{"tools": {"flaky": \#(text)}}"#, to: "config/tools.json")
    }

    private func retry(_ home: CompanionHome, _ words: String..., script: String, input: String = "") async throws
        -> Built.Outcome
    {
        try await Built.run(
            "holdfast", ["retry", "--tool", "flaky"] + words + ["--", "/bin/sh", "-c", script],
            environment: home.environment, input: Array(input.utf8))
    }

    @Test func theLastTryAloneIsSeenAndEachGetsTheInput() async throws {
        try await CompanionHome.run { home in
            try policies(home, #"{"max_retries": 3, "delay_seconds": 0.01}"#)
            let count = home.scratch.path + "/count"
            let script =
                "echo x >> \(count); cat; echo tried $(wc -l < \(count)); echo e$(wc -l < \(count)) >&2; [ $(wc -l < \(count)) -ge 3 ]"
            let outcome = try await retry(home, script: script, input: "said\n")
            #expect(outcome == Built.Outcome(code: 0, output: "said\ntried 3\n", error: "e3\n"))
            let tool = try await home.json("tools", "show", "flaky")
            #expect(tool.string("state") == "available")
            #expect(tool.text.contains(#""calls":3"#) && tool.text.contains(#""failures":2"#), "\(tool.text)")
        }
    }

    @Test func whatIsGivenUpSaysItsFallbackAndIsNotCalledForAWhile() async throws {
        try await CompanionHome.run { home in
            try policies(
                home,
                #"{"max_retries": 1, "delay_seconds": 0.01, "unavailable_after": 2, "retry_after_seconds": 3600, "fallback": "{tool}: {class}"}"#
            )
            let count = home.scratch.path + "/count"
            let script = "echo x >> \(count); echo 'request timed out' >&2; exit 3"
            let first = try await retry(home, script: script)
            #expect(
                first.code == 75 && first.output == "flaky: timeout\n" && first.error.contains("timed out"), "\(first)")
            let second = try await retry(home, "--fallback", "none", script: script)
            #expect(second.code == 75 && second.output == "none\n" && second.error.isEmpty, "\(second)")
            #expect(try Files.read(count) == "x\nx\n")
            #expect(try await home.json("tools", "show", "flaky").string("state") == "unavailable")
            let list = try await home.holdfast("tools")
            #expect(list.output.contains("unavailable"), "\(list)")
            #expect(try await home.holdfast("tools", "reset", "flaky").code == 0)
            #expect(try await retry(home, script: "echo well").output == "well\n")
        }
    }

    @Test func theDeadlineIsKeptAndWhatRunsGoes() async throws {
        try await CompanionHome.run { home in
            try policies(home, #"{"max_retries": 100, "delay_seconds": 30}"#)
            let late = try await retry(home, "--deadline", "0.3", script: "sleep 3600 & wait")
            #expect(late.code == 75 && late.output.hasPrefix("flaky did not answer in time"), "\(late)")
            // A pause of half a minute would end after it.
            let soon = try await retry(home, "--deadline", "20", script: "exit 1")
            #expect(soon.code == 75, "\(soon)")
        }
    }

    @Test func whatCannotBeRunIsNotTriedAgainAndAMistakeInTheFileIsNamed() async throws {
        try await CompanionHome.run { home in
            let none = try await retry(home, script: "exec /nowhere/at/all")
            #expect(none.code == 127, "\(none)")
            try policies(home, #"{"max_retrys": 1}"#)
            let mistake = try await retry(home, script: "true")
            #expect(mistake.code == 78 && mistake.error.contains("tools.flaky.max_retrys"), "\(mistake)")
        }
    }

    @Test func runsWhateverRedisDoes() async throws {
        try await CompanionHome.run { home in
            try policies(home, #"{"max_retries": 1, "delay_seconds": 0.01}"#)
            #expect(try await home.holdfast("down").code == 0)
            #expect(try await retry(home, script: "echo well").output == "well\n")
            #expect(try await retry(home, script: "exit 5").code == 75)
        }
    }

    @Test func outputOfAnySizeComesWhole() async throws {
        try await CompanionHome.run { home in
            let outcome = try await retry(home, script: "head -c 6000000 /dev/zero | tr '\\0' x")
            #expect(outcome.code == 0 && outcome.output.utf8.count == 6_000_000)
        }
    }
}
