import Redaction
import Testing

@Suite struct SecretPatternTests {
    @Test func replacesWhatAPersonAskedFor() throws {
        let redactor = Redactor(extraPatterns: [try SecretPattern(kind: "badge", pattern: "EMP-[0-9]{6}")])
        #expect(redactor.redact("EMP-123456, EMP-12\nEMP-654321") == "[redacted:badge], EMP-12\n[redacted:badge]")
    }

    @Test func looksAtEachLineOnItsOwn() throws {
        let redactor = Redactor(extraPatterns: [try SecretPattern(kind: "tail", pattern: "^host .+$")])
        #expect(redactor.redact("host a\nno host b\nhost c\n") == "[redacted:tail]\nno host b\n[redacted:tail]\n")
    }

    @Test(arguments: ["r", "e.", "[a-z]+", "x$|^y", "d\\>"])
    func neverEatsAMarkAndIsDoneAfterOnce(pattern: String) throws {
        let redactor = Redactor(extraPatterns: [try SecretPattern(kind: "own", pattern: pattern)])
        let once = redactor.redact("[redacted:password] red rex xyx\nyy é1x")
        #expect(once.contains("[redacted:password]"))
        #expect(redactor.redact(once) == once)
    }

    @Test func takesWholeCharacters() throws {
        let redactor = Redactor(extraPatterns: [try SecretPattern(kind: "own", pattern: "x.")])
        #expect(redactor.redact("xé!") == "[redacted:own]!")
    }

    @Test(arguments: [
        ("ok", ""), ("ok", "a*"), ("ok", "^"), ("ok", "(a)\\1"), ("ok", "(a"), ("ok", "[z-a]"), ("", "a"),
        ("Not ok", "a"), ("\(String(repeating: "a", count: 33))", "a"), ("ok", String(repeating: "a", count: 513)),
    ])
    func refusesWhatCannotBeUsed(kind: String, pattern: String) {
        #expect(throws: InvalidPattern.self) { try SecretPattern(kind: kind, pattern: pattern) }
    }

    @Test func saysWhatIsWrong() {
        let error = #expect(throws: InvalidPattern.self) { try SecretPattern(kind: "ok", pattern: "(a") }
        #expect(error?.description.contains("ok") == true)
        #expect(error?.reason.isEmpty == false)
        #expect(throws: Never.self) { try SecretPattern(kind: "ok", pattern: "a\\\\1") }
    }
}
