import Domain
import Glibc
import Platform
import TestSupport
import Testing

/// `holdfast audit` with the built executables: what was damaged is mended from the next source that is whole.
@Suite(.redisServer) struct AuditCommandTests {
    private let session = "11111111-0000-4000-8000-000000000001"

    private func archive(_ home: CompanionHome) throws -> String {
        let folder = home.scratch.path + "/state/archive"
        return folder + "/" + (try #require(try Files.names(in: folder).first { $0.hasSuffix(".sqlite") }))
    }

    private func outcomes(_ answer: JSONValue, _ kind: String) -> [String] {
        guard case .array(let findings)? = answer.member("findings") else { return [] }
        return findings.filter { $0.string("kind") == kind }.map {
            "\($0.string("outcome") ?? "") \($0.string("source") ?? "")"
        }
    }

    @Test func anEpisodeComesBackFromItsTranscript() async throws {
        try await CompanionHome.run { home in
            try await home.say(session, "the lighthouse is tall", "yes")
            try await home.settle()
            try SQLiteFile.run("UPDATE entry SET text = replace(text, 'lighthouse', 'lightfouse')", in: archive(home))
            #expect(try await home.holdfast("audit").code == 0)
            #expect(try await home.holdfast("audit", "--deep").code == 1)
            let mended = try await home.json("audit", "--deep", "--repair")
            #expect(outcomes(mended, "episode_damaged") == ["mended transcript"], "\(mended.text)")
            #expect(try await home.holdfast("audit", "--deep").code == 0)
            let report = try await home.json("reliability")
            #expect(report.member("integrity")?.member("mended") != .number(0), "\(report.text)")
        }
    }

    @Test func anEpisodeComesBackFromACheckpointAndIsLostWithoutOne() async throws {
        try await CompanionHome.run { home in
            try await home.say(session, "the lighthouse is tall", "yes")
            try await home.settle()
            let made = try await home.json("checkpoint", "create")
            let id = try #require(made.string("id"))
            Files.remove(home.transcript(session))
            try SQLiteFile.run("UPDATE entry SET text = replace(text, 'lighthouse', 'lightfouse')", in: archive(home))
            Files.removeFolder(home.scratch.path + "/state/vault")
            let mended = try await home.json("audit", "--deep", "--repair")
            #expect(outcomes(mended, "episode_damaged") == ["mended checkpoint \(id)"], "\(mended.text)")
            #expect(try await home.holdfast("audit", "--deep").code == 0)

            for place in ["checkpoints", "vault"] { Files.removeFolder(home.scratch.path + "/state/" + place) }
            try SQLiteFile.run("UPDATE entry SET text = replace(text, 'lighthouse', 'lightfouse')", in: archive(home))
            let lost = try await home.holdfast("audit", "--deep", "--repair", "--json")
            #expect(lost.code == 1)
            #expect(outcomes(try JSONValue(parsing: lost.output), "episode_damaged") == ["lost "], "\(lost)")
            let report = try await home.json("reliability")
            #expect(report.member("loss")?.text.contains("\"episodes\":1") == true, "\(report.text)")
        }
    }

    /// Of the sources that are tried one after the other each is the only one that is left.
    enum Source: String, CaseIterable { case vault, checkpoint, secondCopy = "second copy" }

    /// A session of which only one source is whole beside the archive.
    private func keepOnly(_ source: Source, _ home: CompanionHome) async throws {
        let copy = home.scratch.path + "/copy"
        try Files.makeFolder(copy)
        try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false}"#)
        try await home.say(session, "the lighthouse is tall", "yes")
        try await home.settle()
        switch source {
        case .vault: #expect(try await home.holdfast("sync", "--since", "1w").code == 0)
        case .checkpoint: #expect(try await home.holdfast("checkpoint", "create").code == 0)
        case .secondCopy: #expect(try await home.json("remote", "sync", "--force").string("outcome") == "done")
        }
        Files.remove(home.transcript(session))
        if source != .vault { Files.removeFolder(home.scratch.path + "/state/vault") }
        if source != .checkpoint { Files.removeFolder(home.scratch.path + "/state/checkpoints") }
        if source != .secondCopy {
            Files.removeFolder(copy)
            try home.configure()
        }
    }

    @Test(arguments: Source.allCases) func anEpisodeComesBackFrom(source: Source) async throws {
        try await CompanionHome.run { home in
            try await keepOnly(source, home)
            try SQLiteFile.run("UPDATE entry SET text = replace(text, 'lighthouse', 'lightfouse')", in: archive(home))
            let mended = try await home.holdfast("audit", "--deep", "--repair", "--json")
            let outcome = outcomes(try JSONValue(parsing: mended.output), "episode_damaged")
            #expect(outcome.count == 1 && outcome[0].hasPrefix("mended \(source.rawValue)"), "\(mended)")
            #expect(try await home.finds("lighthouse"))
            #expect(!Files.exists(home.transcript(session)), "what was laid back is taken away again")
        }
    }

    @Test(arguments: Source.allCases, ["deleted", "damaged"])
    func anArchiveIsFilledFrom(source: Source, what: String) async throws {
        try await CompanionHome.run { home in
            try await keepOnly(source, home)
            let path = try archive(home)
            #expect(try await home.holdfast("down").code == 0)
            // Redis is the same: what it said of the episode goes, too.
            Files.removeFolder(home.scratch.path + "/state/redis")
            if what == "deleted" {
                for end in ["", "-wal", "-shm"] { Files.remove(path + end) }
            } else {
                try Files.write(String(repeating: "no archive", count: 2000), to: path)
            }
            #expect(try await home.holdfast("up").code == 0)
            let end = ContinuousClock().now + .seconds(120)
            while try await !home.finds("lighthouse") { try #require(ContinuousClock().now < end) }
            try await poll("the archive is filled") { !Files.exists(home.scratch.path + "/state/fill") }
            let audit = try await home.holdfast("audit", "--deep")
            #expect(audit.code == 0, "\(audit)")
        }
    }

    @Test(arguments: ["flipped", "deleted"]) func aPackComesBackFromTheSecondCopy(what: String) async throws {
        try await CompanionHome.run { home in
            let copy = home.scratch.path + "/copy"
            try Files.makeFolder(copy)
            try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false}"#)
            try await home.say(session, "the lighthouse is tall", "yes")
            try await home.settle()
            #expect(try await home.holdfast("sync", "--since", "1w").code == 0)
            #expect(try await home.json("remote", "sync", "--force").string("outcome") == "done")
            Files.remove(home.transcript(session))
            let packs = home.scratch.path + "/state/vault/packs"
            let pack = packs + "/" + (try #require(try Files.names(in: packs).first))
            if what == "deleted" {
                Files.remove(pack)
            } else {
                var bytes = try Files.bytes(pack, limit: 1 << 20)
                bytes[bytes.count - 3] ^= 1
                // A disk that alters a byte tells nobody when.
                let before = home.scratch.path + "/pack-before"
                _ = try await Built.run("/bin/cp", ["-p", pack, before])
                try Files.write(bytes, to: pack)
                #expect(try await Built.run("/usr/bin/touch", ["-r", before, pack]).code == 0)
            }
            let mended = try await home.holdfast("audit", "--deep", "--repair", "--json")
            let kind = what == "deleted" ? "pack_missing" : "segment_damaged"
            #expect(
                outcomes(try JSONValue(parsing: mended.output), kind) == ["mended second copy"], "\(mended)")
            #expect(try await home.holdfast("vault", "restore", session, "--project", home.scratch.path).code == 0)
        }
    }

    /// What a source may have that cannot be asked now is not lost, and no later audit takes it for known to be.
    @Test(arguments: ["local-only", "away"]) func nothingIsLostWhileASourceCannotBeAsked(why: String) async throws {
        try await CompanionHome.run { home in
            let copy = home.scratch.path + "/copy"
            try Files.makeFolder(copy)
            try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false}"#)
            try await home.say(session, "the lighthouse is tall", "yes")
            try await home.settle()
            #expect(try await home.json("remote", "sync", "--force").string("outcome") == "done")
            if why == "away" {
                #expect(Files.rename(copy, to: copy + ".away"))
            } else {
                try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false, "mode": "local-only"}"#)
            }
            Files.remove(home.transcript(session))
            for place in ["vault", "checkpoints", "copy/changes"] {
                Files.removeFolder(home.scratch.path + "/state/" + place)
            }
            try SQLiteFile.run("UPDATE entry SET text = replace(text, 'lighthouse', 'lightfouse')", in: archive(home))
            for _ in 0..<2 {
                let asked = try await home.holdfast("audit", "--deep", "--repair", "--json")
                #expect(asked.code == 1)
                #expect(outcomes(try JSONValue(parsing: asked.output), "episode_damaged") == ["found "], "\(asked)")
            }
            if why == "away" {
                #expect(Files.rename(copy + ".away", to: copy))
            } else {
                try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false}"#)
            }
            let mended = try await home.holdfast("audit", "--deep", "--repair", "--json")
            #expect(
                outcomes(try JSONValue(parsing: mended.output), "episode_damaged") == ["mended second copy"],
                "\(mended)")
        }
    }
}
