import Domain
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        (0, 1970, 1, 1), (-1, 1969, 12, 31), (59, 1970, 3, 1), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1),
        (-25_509, 1900, 2, 28), (-25_508, 1900, 3, 1), (19_782, 2024, 2, 29), (-719_528, 0, 1, 1),
    ])
    func namesTheDay(days: Int64, year: Int64, month: Int64, day: Int64) {
        let date = CivilDate(year: year, month: month, day: day)
        #expect(CivilDate(daysSince1970: days) == date)
        #expect(date.daysSince1970 == days)
    }

    @Test func everyDayOfEightHundredYearsFollowsTheOneBefore() {
        var before = CivilDate(daysSince1970: -146_098)
        for days in Int64(-146_097)...146_097 {
            let date = CivilDate(daysSince1970: days)
            let isNext =
                (date.year, date.month, date.day) == (before.year, before.month, before.day + 1)
                || date.day == 1 && before.day >= 28
                    && (date.month == before.month + 1 || date.month == 1 && date.year == before.year + 1)
            if !isNext || date.daysSince1970 != days { Issue.record("\(before) is followed by \(date)") }
            before = date
        }
    }

    @Test func aDayThatItsMonthDoesNotHaveCountsOn() {
        #expect(
            CivilDate(year: 2026, month: 2, day: 31).daysSince1970
                == CivilDate(year: 2026, month: 3, day: 3).daysSince1970)
    }
}

@Suite struct ISOTimeTests {
    @Test func readsTimesAsItWritesThem() {
        var time: Int64 = -62_135_596_800_000
        while time < 253_402_300_800_000 {
            #expect(ISOTime.milliseconds(ISOTime.text(time)) == time)
            time += 86_400_000 * 97 + 1_234_567
        }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_709_164_800_007, "2024-02-29T00:00:00.007Z"),
    ])
    func writesEveryDigit(time: Int64, text: String) { #expect(ISOTime.text(time) == text) }

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
}
