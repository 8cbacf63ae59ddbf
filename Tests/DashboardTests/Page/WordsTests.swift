import Domain
import Testing

@testable import Dashboard

@Suite struct WordsTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000")])
    func groupsByThree(number: Int, text: String) { #expect(Words.count(number) == text) }

    @Test(arguments: [
        (0.0002, "0.2 ms"), (0.25, "250 ms"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (172_799, "47 h"),
        (172_800, "2 d"), (86_400_000, "1,000 d"), (-3, "0.0 ms"),
    ])
    func namesDurations(seconds: Double, text: String) { #expect(Words.duration(seconds: seconds) == text) }

    @Test(arguments: [(71, "71 bytes"), (1250, "1.3 kB"), (21_400_000, "21.4 MB"), (2e12, "2.0 TB")])
    func namesSizes(bytes: Double, text: String) { #expect(Words.size(bytes: bytes) == text) }

    @Test func tellsTimesFromNow() {
        #expect(Words.relative(1000, now: 10_999) == "9 s ago")
        #expect(Words.relative(10_999, now: 1000) == "in 9 s")
        #expect(Words.relative(1001, now: 1000) == "0 s ago")
        #expect(Words.decimal(0.42, places: 2) == "0.42")
        #expect(Words.decimal(3, places: 2) == "3.00")
    }

    @Test func readsTimesAsItWritesThem() {
        var time: Int64 = -62_135_596_800_000
        while time < 253_402_300_800_000 {
            #expect(ISOTime.milliseconds(ISOTime.text(time)) == time)
            time += 86_400_000 * 97 + 1_234_567
        }
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z",
        "2026-11-21T18:30:29.Z", "2026-11-21T18:30:29.1x3Z", "2026-11-21T18:30:29.123", "2026-11-21 18:30:29.123Z",
        "+026-11-21T18:30:29.123Z", "2026-11-21T18:30:29.1234567890Z", "\u{301}026-11-21T18:30:29Z",
    ])
    func takesNothingElseForATime(text: String) { #expect(ISOTime.milliseconds(text) == nil) }

    @Test func takesTimesWithFewerOrMoreDigits() {
        #expect(ISOTime.milliseconds("1970-01-01T00:00:01Z") == 1000)
        #expect(ISOTime.milliseconds("1970-01-01T00:00:01.5Z") == 1500)
        #expect(ISOTime.milliseconds("1970-01-01T00:00:01.123999Z") == 1123)
        #expect(ISOTime.milliseconds("2024-02-29T00:00:00Z") == 1_709_164_800_000)
    }

    @Test func keepsNothingThatIsNoTime() {
        #expect(ShownValue.of(["at": "", "since": "<b>"], now: 0) == ["at": .null, "since": .null])
        #expect(ShownValue.of(["owner": "", "message": ""], now: 0) == ["owner": .null, "message": ""])
    }
}
