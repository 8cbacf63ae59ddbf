import Domain
import Testing

@Suite struct DispatchArgumentsTests {
    @Test(arguments: [
        ["--resume", "x"], ["--resume=x"], ["-r"], ["-p", "-c"], ["--continue"], ["-pc", "hi"], ["--session-id", "u"],
        ["--fork-session"], ["-rB"],
        ["--teleport"], ["--cloud", "u"], ["--cloud=u"], ["--remote"],
    ])
    func refusesArgumentsThatChooseASession(arguments: [String]) {
        #expect(throws: DispatchArguments.ChoosesSession.self) { try DispatchArguments.check(arguments) }
    }

    @Test(arguments: ["--desktop", "--remote-control", "--remote-control=name", "--rc"])
    func refusesWhatHasNoSessionHere(argument: String) {
        #expect(throws: DispatchArguments.HasNoSession.self) { try DispatchArguments.check(["-p", argument]) }
    }

    @Test(arguments: [
        "0f3c1a2b-0000-4000-8000-00000000000a", "0F3C1A2B-0000-4000-8000-00000000000A", "good", "x-y", "a_b",
        String(repeating: "a", count: 36),
    ])
    func handsASessionOverSoThatNothingTakesItForAFlag(id: String) throws {
        let session = try #require(SessionID(rawValue: id))
        let words = DispatchArguments.resuming(session)
        #expect(words == ["--resume", id] || words == ["--resume=" + id])
        #expect((words.count == 2) == (id.count == 36 && id.contains("-")))
        #expect(words.dropFirst().allSatisfy { !$0.hasPrefix("-") })
    }

    @Test(arguments: [
        ["-p", "go on"], ["-p", "tell me what --resume does"], ["--print", "--output-format", "json"],
        ["--", "--resume"], ["-d", "api"],
    ])
    func letsAllElseThrough(arguments: [String]) throws {
        try DispatchArguments.check(arguments)
    }

    @Test func findsTheClientBehindALauncher() throws {
        #expect(try DispatchArguments.client(in: ["claude", "-p", "hi"]) == 0)
        #expect(try DispatchArguments.client(in: ["./agent", "-p", "claude"]) == 0)
        #expect(try DispatchArguments.client(in: ["timeout", "5", "/opt/claude", "-p", "hi"]) == 2)
        #expect(throws: DispatchArguments.HidesClient.self) { try DispatchArguments.client(in: ["sh", "-c", "x"]) }
    }
}
