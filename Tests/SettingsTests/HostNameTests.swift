import Platform
import Settings
import TestSupport
import Testing

@Suite struct HostNameTests {
    private let scratch: Scratch
    private let state: StateFolder
    private let file: String

    init() throws {
        scratch = try Scratch()
        state = StateFolder(path: scratch.path)
        file = scratch.path + "/host"
    }

    /// Or what was said while the disk was full would be captured again once it is not.
    @Test func whoCannotKeepANameSaysTheSameAsWhoCan() throws {
        let passing = state.passingHost
        #expect(try state.host() == passing)
        #expect(try Files.read(file) == passing)
    }

    @Test func aNameThatIsThereStays() throws {
        try Files.write("of-another-boot", to: file)
        #expect(try state.host() == "of-another-boot")
    }

    @Test func anEmptyFileIsNoName() throws {
        try Files.write("", to: file)
        #expect(try state.host() == state.passingHost)
    }

    @Test func aNameThatCannotBeReadIsNotReplaced() throws {
        try Files.makeFolder(file)
        #expect(throws: FileError.self) { try state.host() }
    }
}
