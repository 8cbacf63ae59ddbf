import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// What lists, tables and sentences have in common on every verb.
@Suite(.redisServer) struct ListTests {
    private static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return digits + String(repeating: "a", count: 32 - digits.count)
    }

    /// A queue of its own: episodes of each state.
    private func queue(_ house: House) throws -> PoolKeys {
        let folder = StateFolder(path: house.scratch.path + "/state")
        try folder.prepare()
        let pool = house.keys.pool(try folder.host())
        var connection = try house.server.connect()
        let now = HostClock.wallMilliseconds
        for (set, first, at) in [
            (pool.schedule, 0x10_0000, now + 7_200_000), (pool.dead, 0x20_0000, now - 60_000),
            (pool.done, 0x30_0000, now - 60_000),
        ] {
            for number in first..<first + 3 {
                let id = Self.id(number)
                _ = try connection.send(["ZADD", set.name, "\(at)", id])
                if set == pool.done { continue }
                _ = try connection.send([
                    "HSET", pool.prefix + "episode:" + id, "session_id", "s", "dispatch_key", "coder/1", "entries", "1",
                    "content", #"{"uuid":"u","hash":"0","role":"user","at":"2026-11-21T18:30:29.123Z","text":"hello"}"#,
                    "error_type", set == pool.dead ? "quota" : "", "captured_at", "2026-11-21T18:30:29.123Z",
                ])
            }
        }
        return pool
    }

    @Test func aLimitCountsRows() async throws {
        let house = try House()
        _ = try queue(house)
        for limit in 1...5 {
            let listed = try await house.holdfast("episodes", "list", "--limit", "\(limit)")
            #expect(listed.output.split(separator: "\n").count == limit + 1, "\(listed)")
        }
        for verb in [
            ["episodes", "list"], ["sessions", "list"], ["conversation", "list"], ["vault", "list"], ["events"],
        ] {
            let outcome = try await Built.run("holdfast", verb + ["--limit", "0"], environment: house.environment)
            #expect(outcome.code == 64 && outcome.error.contains("10000"), "\(verb): \(outcome)")
        }
    }

    @Test func aTimeHasOneForm() async throws {
        let house = try House()
        _ = try queue(house)
        let listed = try await house.holdfast("episodes", "list")
        #expect(listed.output.contains("in 1 h") || listed.output.contains("in 2 h"), "\(listed)")
        #expect(listed.output.contains("1 min ago"), "\(listed)")
        #expect(!listed.output.contains("T18:30"), "\(listed)")
    }

    @Test func whatIsDoneHasItsColumns() async throws {
        let house = try House()
        _ = try queue(house)
        let done = try await house.holdfast("episodes", "list", "--state", "done")
        let rows = done.output.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
        #expect(rows.count == 4, "\(done)")
        #expect(rows.allSatisfy { $0.count >= 6 }, "no cell is empty: \(done)")
    }

    @Test func anIDMayBeCutWhereverAnEpisodeIsNamed() async throws {
        let house = try House()
        _ = try queue(house)
        #expect(try await house.holdfast("episodes", "show", "100000").output.contains("hello"))
        #expect(try await house.holdfast("episodes", "retry", "200001").output == "1 scheduled\n")
        #expect(try await house.holdfast("episodes", "discard", "200002aa").output == "1 of 1 discarded\n")
        let several = try await house.holdfast("episodes", "show", "10000")
        #expect(several.code == 65 && several.error.contains("6 to 32"), "\(several)")
        #expect(try await house.holdfast("episodes", "show", "ffffff").code == 1)
    }

    @Test func aSessionIsShownByTheBeginningOfItsID() async throws {
        let house = try House()
        try await house.bind("0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01")
        #expect(try await house.holdfast("sessions", "show", "0f3c2f0e").code == 0)
        let mistyped = try await house.holdfast("sessions", "show", "codr/1")
        #expect(mistyped.code == 1 && mistyped.error.contains("did you mean coder/1?"), "\(mistyped)")
        #expect(try await house.holdfast("why", "codr/1").error.contains("did you mean coder/1?"))
    }

    @Test func askingWhatASyncWouldDoIsNoFailure() async throws {
        let house = try House()
        let dry = try await house.holdfast("sync", "--dry-run")
        #expect(dry.code == 0 && dry.output.contains("nothing to capture"), "\(dry)")
        #expect(try await house.holdfast("sync", "--dry-run", "--json").code == 0)
        let unknown = try await house.holdfast("sync", "--dry-run", "--project", "/no/such/folder")
        #expect(unknown.code == 65 && unknown.error.contains("/no/such/folder"), "\(unknown)")
    }

    /// On a terminal of so many columns.
    private func seen(
        _ house: House, columns: Int, _ words: String, with more: [String: String] = [:]
    ) async throws -> String {
        let outcome = try await Built.run(
            "script", ["-qec", "stty cols \(columns); holdfast \(words)", "/dev/null"],
            environment: house.environment.merging(["TERM": "xterm", "SHELL": "/bin/sh"]) { $1 }
                .merging(more) { $1 })
        return outcome.output
    }

    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map(String.init)
    }

    @Test(arguments: [40, 60, 80, 120])
    func tablesAndSentencesFitTheTerminal(columns: Int) async throws {
        let house = try House()
        try await house.bind("0f3c2f0e-6a36-4a7e-9f55-1f4d7e2a9b01")
        _ = try queue(house)
        for words in ["status", "doctor", "sessions", "why coder/1", "episodes list", "help keys", "lokup", "circuit"] {
            let lines = Self.lines(try await seen(house, columns: columns, words))
            // An ID or a path is not broken.
            let long = lines.filter { line in
                LineWrap.columns(of: line) > columns
                    && line.split(separator: " ").allSatisfy { $0.count < columns - 30 }
            }
            #expect(long.isEmpty, "\(words): \(long)")
        }
    }

    @Test func whatAProgramReadsIsNotBroken() async throws {
        let house = try House()
        let status = try await house.holdfast("status", with: ["COLUMNS": "20"])
        #expect(status.output.split(separator: "\n")[0].count > 60, "\(status)")
    }

    @Test(arguments: ["status", "sessions list", "doctor", "episodes list", "frobnicate", "memory search x"])
    func coloursFollowOneRule(words: String) async throws {
        let house = try House()
        try await house.bind("s")
        _ = try queue(house)
        func hasColour(_ text: String) -> Bool { text.contains("\u{1b}[") }
        let isVerb = words != "frobnicate"
        #expect(hasColour(try await seen(house, columns: 80, words)), "on a terminal")
        #expect(!hasColour(try await seen(house, columns: 80, words, with: ["NO_COLOR": "1"])))
        #expect(!hasColour(try await seen(house, columns: 80, words, with: ["TERM": "dumb"])))
        if isVerb {
            #expect(!hasColour(try await seen(house, columns: 80, words + " --color never")))
            #expect(
                hasColour(try await seen(house, columns: 80, words + " --color always", with: ["NO_COLOR": "1"])))
        }
        let arguments = words.split(separator: " ").map(String.init)
        let piped = try await Built.run("holdfast", arguments, environment: house.environment)
        #expect(!hasColour(piped.output + piped.error))
        guard isVerb else { return }
        let wished = try await Built.run(
            "holdfast", arguments + ["--color", "always"], environment: house.environment)
        #expect(hasColour(wished.output + wished.error))
        let json = try await Built.run(
            "holdfast", arguments + ["--color", "always", "--json"], environment: house.environment)
        #expect(!hasColour(json.output))
    }
}
