import Domain
import Testing

@testable import Dashboard
@testable import Operations

@Suite struct HeadTests {
    @Test(arguments: [
        ("holdfast up", ["`holdfast up`"]),
        ("holdfast down && holdfast up", ["`holdfast down && holdfast up`"]),
        ("holdfast verify, then holdfast doctor", ["`holdfast verify`", ", then ", "`holdfast doctor`"]),
        ("mend it; 'holdfast config check' says when", ["mend it; ", "`holdfast config check`", " says when"]),
        (
            "holdfast episodes list --state dead says why; then holdfast episodes retry ID",
            ["`holdfast episodes list --state dead`", " says why; then ", "`holdfast episodes retry ID`"]
        ),
        ("nothing yet", ["nothing yet"]),
    ])
    func tellsCommandsFromWords(remedy: String, parts: [String]) {
        #expect(RemedyText.parts(remedy).map { $0.isCommand ? "`\($0.text)`" : $0.text } == parts)
    }

    @Test func offersNoCommandThatIsNotWhole() {
        #expect(RemedyText.parts("holdfast episodes retry ID").map(\.isWhole) == [false])
        #expect(RemedyText.parts("holdfast circuit close").map(\.isWhole) == [true])
    }

    @Test(arguments: [
        (Trouble.Kind.words_missing, "what was said", Head.Concern.bad),
        (.provider_overloaded, "nothing, 3 episodes wait", .warn), (.redis_down, "nothing, hooks leave notes", .warn),
        (.dead_letters, "only memories; what was said is archived", .warn), (.memory_behind, "nothing", .warn),
        (.restart_needed, "nothing", .wait), (.archive_behind, "nothing, they are in Redis", .wait),
    ])
    func isRedOnlyWhereWordsAreAtRisk(kind: Trouble.Kind, risk: String, concern: Head.Concern) {
        #expect(Head.concern(Trouble(kind, "", atRisk: risk, remedy: "")) == concern)
    }

    @Test func saysWhoIsWaitedForInPlaceOfATimeThatHasPassed() {
        var status = Status(host: "box-1", observedAt: Timestamp(10_000))
        status.llm_status.provider = "openai"
        #expect(FailureRows.waits(Timestamp(10_001), status) == nil && FailureRows.waits(nil, status) == nil)
        #expect(FailureRows.waits(Timestamp(9000), status) == "due now")
        status.circuit.state = "open"
        #expect(FailureRows.waits(Timestamp(9000), status) == "when openai is back")
    }
}
