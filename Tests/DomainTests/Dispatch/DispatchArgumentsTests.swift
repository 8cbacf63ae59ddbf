import Domain
import Testing

@Suite struct DispatchArgumentsTests {
    @Test(arguments: [
        ["--resume", "x"], ["--resume=x"], ["-r"], ["-p", "-c"], ["--continue"], ["-pc", "hi"], ["--session-id", "u"],
        ["--fork-session"], ["-rB"],
        ["--teleport"],
    ])
    func refusesArgumentsThatChooseASession(arguments: [String]) {
        #expect(throws: DispatchArguments.ChoosesSession.self) { try DispatchArguments.check(arguments) }
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
