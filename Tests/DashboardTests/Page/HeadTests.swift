import Domain
import Testing

@testable import Dashboard
@testable import Operations

@Suite struct HeadTests {
    @Test func tellsCommandsFromWords() throws {
        var status = Status(host: "box-1", observedAt: Timestamp(10_000))
        let remedy = "mend it ('rm /x/*.corrupt'); 'holdfast circuit close' tries it, if it's ours"
        status.troubles = [Trouble(.provider_down, "", atRisk: "nothing", remedy: remedy)]
        guard case .array(let rows)? = Head.context(status)["head"], let row = rows.first else {
            Issue.record("the head has no rows")
            return
        }
        let parts: [(String, Bool)] = [
            ("mend it ('rm /x/*.corrupt'); ", false), ("holdfast circuit close", true),
            (" tries it, if it's ours", false),
        ]
        #expect(
            row["remedy"]
                == .array(parts.map { .object(["text": .string($0.0), "is_command": .bool($0.1)]) }))
        #expect(row["can_close"] == .bool(true) && row["can_retry"] == .bool(false))
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
