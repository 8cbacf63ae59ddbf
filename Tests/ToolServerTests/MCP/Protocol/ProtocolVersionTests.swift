import Testing

@testable import ToolServer

struct ProtocolVersionTests {
    @Test(arguments: ProtocolVersion.allCases)
    func agreesToWhatItKnows(version: ProtocolVersion) {
        #expect(ProtocolVersion.answer(to: version.rawValue) == version)
    }

    @Test(arguments: ["2026-07-28", "2025-11-26", "1.0", ""])
    func answersAnUnknownVersionWithTheNewest(asked: String) {
        #expect(ProtocolVersion.answer(to: asked).rawValue == "2025-11-25")
    }

    @Test func listsThemInTheirOrder() {
        #expect(ProtocolVersion.allCases == ProtocolVersion.allCases.sorted())
        #expect(ProtocolVersion.allCases.last == .newest)
        #expect(ProtocolVersion.allCases.filter(\.allowsBatches) == [.march2025])
    }
}
