import Operations
import Testing

@Suite struct ClientVersionTests {
    @Test func isThreeNumbers() {
        #expect(ClientVersion("2.1.59 (Claude Code)")?.description == "2.1.59")
        for text in ["", "2.1", "claude", "2.1.x", "v2.1.3", "2.1.3.4", "-1.0.0"] {
            #expect(ClientVersion(text) == nil)
        }
    }
}
