#if DEBUG
    @testable import Redaction
    import Testing

    /// What goes of a text that still changes after many readings.
    @Suite struct UnsettledTextTests {
        private static func settled(_ text: String, _ redacted: String) -> String {
            String(decoding: Redactor.settled(Array(text.utf8), changedTo: Array(redacted.utf8)), as: UTF8.self)
        }

        @Test func allLinesGoFromTheFirstThatChangesToTheLast() {
            #expect(Self.settled("a\nb x\nc\nd y\ne", "a\nb [m]\nc\nd\ne") == "a\n[redacted:secret]\ne")
            #expect(Self.settled("one x", "one [m]") == "[redacted:secret]")
            #expect(Self.settled("one\ntwo x", "one\ntwo") == "one\n[redacted:secret]")
            #expect(Self.settled("x one\ntwo", "one\ntwo") == "[redacted:secret]\ntwo")
        }
    }
#endif
