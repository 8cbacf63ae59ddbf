import Domain
import Testing

@Suite struct DispatchKeyTests {
    @Test func knowsItsAgent() throws {
        #expect(try DispatchKey("coder/issue-430").agent == "coder")
        #expect(try DispatchKey("nightly").agent == "nightly")
        #expect(try DispatchKey.directory("/home/dev/project").agent == "default")
    }

    @Test func keepsTheEndOfALongPathAndAHashOfTheWhole() throws {
        let path = "/" + String(repeating: "deep/", count: 200) + "end"
        let key = try DispatchKey.directory(path)
        let other = try DispatchKey.directory("/other" + path)
        #expect(key.rawValue.utf8.count == DispatchKey.maximumBytes)
        #expect(key.rawValue.hasSuffix("deep/end"))
        #expect(key != other)
    }

    @Test func refusesWhatIsNoName() {
        #expect(throws: DispatchKey.Invalid.empty) { try DispatchKey("") }
        #expect(throws: DispatchKey.Invalid.controlCharacter) { try DispatchKey("a\nb") }
        #expect(throws: DispatchKey.Invalid.controlCharacter) { try DispatchKey("a\u{1b}[31m") }
        #expect(throws: DispatchKey.Invalid.tooLong(bytes: 10_240)) {
            try DispatchKey(String(repeating: "k", count: 10_240))
        }
    }
}
