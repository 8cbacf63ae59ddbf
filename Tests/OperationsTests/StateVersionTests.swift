import Domain
import Operations
import Platform
import Settings
import TestSupport
import Testing

/// An older Holdfast does not touch what a newer one wrote.
@Suite struct StateVersionTests {
    @Test(arguments: [
        ("0.1.0", "0.1.0", true), ("0.1.0", "0.2.0", true), ("0.9.0", "0.10.0", true), ("0.2.0", "0.1.9", false),
        ("0.10.0", "0.9.9", false), ("1.0.0", "0.99.99", false), ("nonsense", "0.1.0", true),
    ])
    func refusesADowngrade(written: String, own: String, isFine: Bool) throws {
        let scratch = try Scratch()
        let state = Settings(environment: ["HOME": scratch.path]).state
        try state.prepare()
        try state.checkVersion(own: own)
        try state.noteVersion(written)
        guard !isFine else { return try state.checkVersion(own: own) }
        let failure = #expect(throws: Failure.self) { try state.checkVersion(own: own) }
        let words = try #require(failure)
        #expect(words.code == .configuration && words.reason.contains(written) && words.reason.contains(own))
        #expect(words.remedy.contains("rm \(state.version)"))
        Files.remove(state.version)
        try state.checkVersion(own: own)
    }
}
