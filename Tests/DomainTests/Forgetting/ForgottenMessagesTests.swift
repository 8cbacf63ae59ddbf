import Domain
import Testing

@Suite struct ForgottenMessagesTests {
    /// A transcript may hold anything as a time, words too; and a tombstone's first line has three.
    @Test func whatIsNoTimeIsNotKeptAsOne() {
        var known = ForgottenMessages()
        known.add("u1", at: "hunter22 at noon")
        #expect(known.messages == ["u1"] && known.first.isEmpty && known.last.isEmpty)
        known.add("u2", at: "2026-11-28T10:00:00.000Z")
        #expect(known.first == "2026-11-28T10:00:00.000Z" && known.first == known.last)
    }
}
