import Domain
import Testing
import Transcripts

@Suite struct AttemptGateTests {
    private let said = ClaudeCode().resumeFailure
    private let failure =
        #"{"type":"result","subtype":"error_during_execution","is_error":true,"errors":["No conversation found with session ID: x"]}"#
        + "\n"

    @Test func holdsTheResultOfAFailureWhateverItsPieces() {
        for size in [1, 7, 4096] {
            var gate = AttemptGate(said)
            var passed: [UInt8] = []
            var rest = Array(failure.utf8)[...]
            while !rest.isEmpty {
                passed += gate.output(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            let end = gate.finish()
            #expect(passed.isEmpty)
            #expect(end.wasRefused)
            #expect(end.output == Array(failure.utf8))
        }
    }

    @Test(arguments: [
        String(repeating: "a long answer ", count: 40), #"{"type":"system","subtype":"init"}"# + "\n",
        #"{"type":"result","is_error":false,"result":"No conversation found, said the user"}"# + "\n",
        #"{"type":"result","is_error":true,"errors":["overloaded"]}"# + "\n",
    ])
    func passesOnWhatIsNoFailure(text: String) {
        var gate = AttemptGate(said)
        #expect(gate.output(Array(text.utf8)[...]) == Array(text.utf8))
        #expect(gate.isDecided)
        #expect(!gate.finish().wasRefused)
    }

    @Test func holdsAJSONAnswerWithoutALineEndUntilTheEnd() {
        var gate = AttemptGate(said)
        let text = Array(#"{"type":"result","is_error":false}"#.utf8)
        #expect(gate.output(text[...]).isEmpty)
        let end = gate.finish()
        #expect(!end.wasRefused)
        #expect(end.output == text)
    }

    @Test func passesStderrOnButForTheSentence() {
        var gate = AttemptGate(said)
        #expect(gate.error(Array("warning: slow\nNo conv".utf8)[...]) == Array("warning: slow\n".utf8))
        #expect(gate.error(Array("ersation found with session ID: x\n".utf8)[...]).isEmpty)
        #expect(gate.error(Array("[debug] half a li".utf8)[...]) == Array("[debug] half a li".utf8))
        let end = gate.finish()
        #expect(end.wasRefused)
        #expect(end.error == Array("No conversation found with session ID: x\n".utf8))
    }

    @Test func tellsTheSentenceOfAnAttemptThatHadPrintedSomething() {
        var gate = AttemptGate(said)
        let answer = Array((String(repeating: "an answer ", count: 60) + "\n").utf8)
        #expect(gate.output(answer[...]) == answer)
        _ = gate.error(Array("No conversation found with session ID: x\n".utf8)[...])
        #expect(gate.isDecided)
        #expect(gate.finish().wasRefused)
    }

    /// What a wrapper of the client says before it starts is no answer; a short answer is told from it at the end.
    @Test func holdsAFewWords() {
        var gate = AttemptGate(said)
        #expect(gate.output(Array("starting claude\n".utf8)[...]).isEmpty)
        _ = gate.error(Array("No conversation found with session ID: x\n".utf8)[...])
        #expect(!gate.isDecided)
        #expect(gate.finish().wasRefused)
        var good = AttemptGate(said)
        #expect(good.output(Array("OK".utf8)[...]).isEmpty)
        let end = good.finish()
        #expect(!end.wasRefused && !end.isSilent && end.output == Array("OK".utf8))
    }

    @Test func knowsWhatIsSilentAndWhatIsHeld() {
        var silent = AttemptGate(said)
        _ = silent.output(Array((#"{"type":"system","subtype":"plugin_install"}"# + "\n").utf8)[...])
        _ = silent.error(Array("Aborted\n".utf8)[...])
        let end = silent.finish()
        #expect(end.isSilent && !end.wasRefused && !end.wasHeld)
        var held = AttemptGate(said)
        #expect(held.error(Array("Error: That session is running in the background (ab12)\n".utf8)[...]).isEmpty)
        #expect(held.finish().wasHeld)
    }

    @Test func holdsWhatMayStandBeforeAFailure() {
        var gate = AttemptGate(said)
        let hook = "\n" + #"{"type":"system","subtype":"hook_started","hook_event":"SessionEnd"}"# + "\n"
        #expect(gate.output(Array((hook + failure).utf8)[...]).isEmpty)
        #expect(!gate.isDecided)
        #expect(gate.finish().wasRefused)
        var good = AttemptGate(said)
        let answer = hook + #"{"type":"system","subtype":"init"}"# + "\n"
        #expect(good.output(Array(answer.utf8)[...]) == Array(answer.utf8))
    }

    @Test(arguments: [
        "No conversation found with session ID: u", "Error: no conversation found to continue",
        "does not match any session title.",
    ])
    func knowsTheWordings(text: String) {
        #expect(said.isIn(text))
    }

    @Test(arguments: ["API Error: 401", "Session ID u is already in use.", "No internet", ""])
    func takesNothingElseForAFailure(text: String) {
        #expect(!said.isIn(text))
    }
}
