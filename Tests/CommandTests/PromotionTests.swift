import Domain
import Platform
import TestSupport
import Testing
import Vault

/// A vault that is nearly full, and its sessions in the second copy, with the built executables.
@Suite(.redisServer) struct PromotionTests {
    private func session(_ number: Int) -> String { "0000000\(number)-0000-4000-8000-000000000001" }

    /// Some 450 KB in the vault, which do not become smaller; the same with each run.
    private func words(_ seed: UInt64) -> String {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".utf8)
        let bytes = (0..<600_000).map { index -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return index % 60 == 0 ? 32 : letters[Int(state >> 58)]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Four sessions, of which a vault of 1 MiB can hold two; all are kept.
    private func fill(_ home: CompanionHome) async throws {
        try Files.makeFolder(home.scratch.path + "/copy")
        try home.scratch.write(
            """
            {"inactivity_timeout_seconds": 1, "check_interval_seconds": 1, "dashboard": {"enabled": false},
             "vault": {"max_bytes": 1048576}, "remote": {"url": "\(home.scratch.path)/copy"}}
            """, to: "config/holdfast.json")
        #expect(try await home.holdfast("remote", "key", "--make").code == 0)
        for number in 1...4 {
            // Nobody said it: it lies in the transcript, and in the vault.
            let line = #"{"type":"file-history-snapshot","content":"\#(words(UInt64(number)))"}"#
            try Files.makeFolder(home.scratch.path + "/claude/projects/-p")
            try Files.add(line + "\n", to: home.transcript(session(number)))
            try await home.say(session(number), "the lighthouse \(number)", "yes")
        }
        try await home.settle()
        #expect(try await home.holdfast("sync", "--since", "1w").code == 0)
        try await wait(home, "all are kept or sent") { try await $0("sessions") + $0("away_sessions") >= 4 }
    }

    private func pass(_ home: CompanionHome) async throws {
        try await wait(home, "two lie in the second copy alone") { number in
            _ = try await home.holdfast("vault", "prune")
            _ = try await home.holdfast("remote", "sync", "--force")
            return try await number("away_sessions") >= 2
        }
    }

    private func number(_ name: String, _ home: CompanionHome) async throws -> Int64 {
        guard case .number(let number)? = try await home.json("vault", "status").member(name) else { return -1 }
        return Int64(number)
    }

    private func wait(
        _ home: CompanionHome, _ what: String, _ body: (_ number: (String) async throws -> Int64) async throws -> Bool
    ) async throws {
        let end = ContinuousClock().now + .seconds(120)
        while try await !body({ try await number($0, home) }) {
            try #require(ContinuousClock().now < end, "\(what): not within 120 s")
        }
    }

    @Test func theLongestUnusedLeavesAndComesBack() async throws {
        try await CompanionHome.run { home in
            try await fill(home)
            try await pass(home)
            let (here, bytes) = (try await number("sessions", home), try await number("stored_bytes", home))
            #expect(here <= 2 && bytes <= 1 << 20, "\(here) with \(bytes)")
            let list = try await home.holdfast("vault", "list")
            #expect(list.output.contains("second copy"), "\(list)")
            let shown = try await home.holdfast("vault", "show", session(1))
            #expect(shown.code == 1 && shown.error.contains("holdfast vault fetch \(session(1))"), "\(shown)")

            let path = home.transcript(session(1)), before = try Files.bytes(path, limit: 1 << 30)
            Files.remove(path)
            let back = try await home.holdfast("vault", "restore", session(1), "--project", home.scratch.path)
            #expect(back.code == 0, "\(back)")
            let restored = back.output.split(separator: "\n").first.map(String.init) ?? ""
            #expect(try Files.bytes(restored, limit: 1 << 30) == before)

            // Of one that is forgotten nothing comes back.
            #expect(try await home.holdfast("forget", "--session", session(2), "--yes").code <= 1)
            #expect(try await home.holdfast("remote", "sync", "--force").code == 0)
            let gone = try await home.holdfast("vault", "fetch", session(2))
            #expect(gone.code == 1 && gone.error.contains("did not come"), "\(gone)")
        }
    }

    @Test func whatIsKnownOfItIsAudited() async throws {
        try await CompanionHome.run { home in
            try await fill(home)
            try await pass(home)
            let tier = VaultTier(vault: home.scratch.path + "/state/vault")
            let packs = tier.passedOn
            // The word is gone, the copy has the session.
            tier.forget(packs[0].name)
            let found = try await home.holdfast("audit", "--deep", "--repair", "--json")
            #expect(found.output.contains("away_unlisted"), "\(found)")
            #expect(tier.passedOn.map(\.name) == packs.map(\.name))
            // A whole repair resends what is here, and nothing that lies there alone.
            #expect(try await home.json("remote", "status", "--ask").member("lacking_items") == .number(0))

            // All that was sent is gone. Of one session the transcript is there yet, of the other it is not.
            Files.remove(home.transcript(session(2)))
            Files.removeFolder(home.scratch.path + "/copy/objects")
            let missing = try await home.holdfast("audit", "--deep", "--repair", "--json")
            guard case .array(let findings)? = try JSONValue(parsing: missing.output).member("findings") else {
                return #expect(Bool(false), "\(missing)")
            }
            func outcome(_ number: Int) -> [String?] {
                findings.filter {
                    $0.string("kind") == "away_missing" && $0.string("session") == session(number)
                }.map { $0.string("outcome") }
            }
            #expect(outcome(1) == ["mended"] && outcome(2) == ["lost"], "\(missing)")
        }
    }

    private func isBack(_ number: Int, _ home: CompanionHome) async throws -> Bool {
        let fetched = try await home.holdfast("vault", "fetch", session(number))
        let shown = try await home.holdfast("vault", "show", session(number))
        return fetched.code == 0 && shown.code == 0
    }

    /// What is lost of the journal or of our own records takes no session away, whatever is mended or forgotten then.
    @Test func nothingThatIsLostHereTakesItFromTheCopy() async throws {
        try await CompanionHome.run { home in
            try await fill(home)
            try await pass(home)
            let tier = VaultTier(vault: home.scratch.path + "/state/vault")
            let hosts = home.scratch.path + "/copy/hosts"
            for host in try Files.names(in: hosts) {
                for entry in try Files.names(in: "\(hosts)/\(host)").sorted().dropLast() {
                    Files.remove("\(hosts)/\(host)/\(entry)")
                }
            }
            let told = try await home.holdfast("audit", "--deep", "--repair", "--json")
            #expect(!told.output.contains("away_missing"), "\(told)")
            #expect(try await isBack(1, home))

            // Its record is gone, and something is forgotten, for which the copy is emptied of all that is not here.
            let gone = try #require(tier.passedOn.first { $0.session.session.rawValue == session(2) })
            tier.forget(gone.name)
            #expect(try await home.holdfast("forget", "--session", session(3), "--yes").code <= 1)
            #expect(try await home.holdfast("remote", "sync", "--force").code == 0)
            #expect(try await home.holdfast("audit", "--deep", "--repair").code <= 1)
            #expect(try await isBack(2, home))
        }
    }

    /// Where it lies is the copy it was passed on to: another address has it not, and nobody calls it lost.
    @Test func anotherCopyIsNotAskedForIt() async throws {
        try await CompanionHome.run { home in
            try await fill(home)
            try await pass(home)
            let tier = VaultTier(vault: home.scratch.path + "/state/vault"), packs = tier.passedOn.count
            let file = home.scratch.path + "/config/holdfast.json", before = try Files.read(file)
            try Files.makeFolder(home.scratch.path + "/other")
            try Files.write(before.replacing("/copy\"", with: "/other\""), to: file)
            let told = try await home.holdfast("audit", "--deep", "--repair", "--json")
            #expect(
                told.output.contains("which is not remote.url any more") && !told.output.contains("away_missing"),
                "\(told)")
            #expect(tier.passedOn.count >= packs)
            try Files.write(before, to: file)
            #expect(try await isBack(1, home))
        }
    }

    /// What is fetched and leaves again stays in the copy; text in it is found where it is to be forgotten.
    @Test func textIsForgottenWhereverItLies() async throws {
        try await CompanionHome.run { home in
            try await fill(home)
            try await pass(home)
            #expect(try await home.holdfast("vault", "fetch", "--all").code == 0)
            try await wait(home, "they leave again") { number in
                _ = try await home.holdfast("remote", "sync", "--force")
                return try await number("away_sessions") >= 1
            }
            let forgotten = try await home.holdfast("forget", "--text", "the lighthouse 1", "--yes", "--json")
            #expect(!forgotten.output.contains("sessions that the second copy has"), "\(forgotten)")
            #expect(try await home.holdfast("remote", "sync", "--force").code == 0)
            _ = try await home.holdfast("vault", "fetch", session(1))
            _ = try await home.holdfast("vault", "restore", session(1), "--project", home.scratch.path)
            let grep = try await Built.run(
                "/bin/grep", ["-rla", "the lighthouse 1", home.scratch.path + "/state", home.scratch.path + "/copy"],
                environment: home.environment, input: [])
            #expect(grep.code == 1, "\(grep)")
            let exported = try await Built.run(
                "/bin/sh",
                ["-c", "\(Built.folder)/holdfast vault export \(session(1)) | zstd -dc | grep -ac 'the lighthouse 1'"],
                environment: home.environment, input: [])
            #expect(exported.output.hasPrefix("0"), "\(exported)")
        }
    }
}
