import Domain
import Glibc
import Platform
import TestSupport
import Testing
import Transcripts

@Suite struct WithdrawalTests {
    private let house: Placing
    private let receipt: PlacementReceipt

    init() throws {
        house = try Placing()
        receipt = try house.placed(Placing.files)
    }

    private func withdraw() -> Withdrawal { SessionPlacement.withdraw(receipt, by: ClaudeCode()) }

    private func append(_ text: String, to name: String) throws { try Files.add(text, to: "\(house.slug)/\(name)") }

    @Test func takesAllAwayAgain() {
        #expect(Set(withdraw().removed) == Set(Placing.files.keys))
        #expect(!Files.exists(house.config))
        let again = withdraw()
        #expect(again.removed.isEmpty && again.left.isEmpty)
    }

    @Test func takesATranscriptToWhichTheClientAddedNoMessage() throws {
        try append(#"{"type":"last-prompt","sessionId":"\#(Placing.id)"}"# + "\n", to: "\(Placing.id).jsonl")
        #expect(withdraw().left.isEmpty)
        #expect(!Files.exists(house.config))
    }

    @Test func leavesASessionThatWentOn() throws {
        try append(Said.user("more") + "\n", to: "\(Placing.id).jsonl")
        let withdrawal = withdraw()
        #expect(withdrawal.removed.isEmpty)
        #expect(withdrawal.left["\(Placing.id).jsonl"] == "the conversation went on in it")
        #expect(house.tree.count == Placing.files.count)
    }

    @Test func leavesWhatWasWrittenOrReplacedSince() throws {
        let agent = "\(Placing.id)/subagents/agent-x.jsonl", result = "\(Placing.id)/tool-results/b1.txt"
        try append("more", to: agent)
        try Files.write(Placing.files[result] ?? "", to: "\(house.slug)/\(result)")
        #expect(
            withdraw().left == [agent: "it was written since", result: "another file is in its place"])
        #expect(Set(house.tree.keys) == [agent, result])
    }

    /// Of the same length, in the same file.
    @Test func leavesATranscriptThatWasWrittenAnew() throws {
        let descriptor = unsafe open(house.transcript, O_WRONLY)
        #expect(unsafe write(descriptor, "{", 1) == 1)
        close(descriptor)
        #expect(withdraw().left["\(Placing.id).jsonl"] == "it was written since")
        #expect(house.tree.count == Placing.files.count)
    }
}
