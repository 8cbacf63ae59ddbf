import Domain
import Testing

@Suite struct TextFingerprintTests {
    @Test func knowsATextAgainWithoutAWordOfIt() throws {
        let text = try #require(SoughtText("emu \"word\" Ä"))
        let fingerprint = TextFingerprint(text)
        #expect(!fingerprint.line.contains("emu") && fingerprint.matches(text))
        #expect(
            try TextFingerprint(line: fingerprint.line).map { try $0.matches(#require(SoughtText("emu word!"))) }
                == false)
        let read = try #require(TextFingerprint(line: fingerprint.line))
        #expect(read == fingerprint && TextFingerprint(text) != fingerprint, "each has a salt of its own")
        for said in [
            "emu \"word\" Ä", "an emu \"word\" Ä at its end", #"{"a":"emu \"word\" \u00c4"}"#,
            "aaaaaaaaaaaaemu \"word\" Ä",
        ] {
            #expect(read.occurs(in: said), "\(said)")
        }
        for said in ["", "emu", "Emu \"word\" Ä", "emu \"word\" ", String(repeating: "emu ", count: 500)] {
            #expect(!read.occurs(in: said), "\(said)")
        }
    }

    @Test(arguments: ["", "3 1 a b", "x 1 a b", "4 70000 a b", "4 1 a"]) func whatIsNoneIsNotTakenForOne(line: String) {
        #expect(TextFingerprint(line: line) == nil)
    }
}
