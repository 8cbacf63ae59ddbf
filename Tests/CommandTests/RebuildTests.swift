import Domain
import Glibc
import Platform
import TestSupport
import Testing

/// `holdfast sessions rebuild` with the built executables: from the vault, from the archive's words, from a checkpoint.
@Suite(.redisServer) struct RebuildTests {
    private let session = "11111111-0000-4000-8000-000000000001"

    @Test func aSessionIsMadeOfWhateverHasPartsOfIt() async throws {
        try await CompanionHome.run { home in
            let state = home.scratch.path + "/state"
            try await home.say(session, "the lighthouse is tall", "yes, it is")
            try await home.settle()
            #expect(try await home.holdfast("sync", "--since", "1w").code == 0)
            #expect(try await home.holdfast("checkpoint", "create").code == 0)
            func rebuilt() async throws -> JSONValue {
                Files.remove(home.transcript(session))
                return try await home.json("sessions", "rebuild", session, "--project", home.scratch.path)
            }
            let there = try await home.json("sessions", "rebuild", session, "--project", home.scratch.path)
            #expect(there.string("outcome") == "there")
            #expect(try await rebuilt().string("source") == "vault")
            func lose() throws {
                let folder = home.scratch.path + "/claude/projects"
                for slug in try Files.names(in: folder) { Files.removeFolder("\(folder)/\(slug)") }
            }
            try lose()
            #expect(try await home.holdfast("down").code == 0)
            Files.removeFolder(state + "/vault")
            #expect(try await home.holdfast("up").code == 0)
            let spoken = try await rebuilt()
            #expect(spoken.string("source") == "archive" && spoken.string("outcome") == "spoken", "\(spoken.text)")
            let path = try #require(spoken.string("path"))
            #expect(try Files.read(path).contains("the lighthouse is tall"))
            #expect(spoken.member("missing")?.text.contains("tools") == true)
            try lose()
            #expect(try await home.holdfast("down").code == 0)
            Files.removeFolder(state + "/archive")
            Files.removeFolder(state + "/redis")
            Files.removeFolder(state + "/vault")
            #expect(try await home.holdfast("up").code == 0)
            let last = try await rebuilt()
            // The companion may have filled the archive from it by then.
            #expect(["checkpoint", "archive"].contains(last.string("source")), "\(last.text)")
        }
    }

    @Test func ofWhatNobodyHasNothingIsMade() async throws {
        let house = try House()
        let outcome = try await house.holdfast("sessions", "rebuild", session)
        #expect(outcome.code == 1 && outcome.error.contains("nothing has any part of session"), "\(outcome)")
    }
}
