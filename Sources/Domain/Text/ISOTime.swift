/// ISO 8601 in UTC with milliseconds, as records and logs show it: `2026-11-21T18:30:29.123Z`.
package enum ISOTime {
    /// - Parameter milliseconds: since 1970.
    package static func text(_ milliseconds: Int64) -> String {
        let days = Int64((Double(milliseconds) / 86_400_000).rounded(.down))
        let inDay = milliseconds - days * 86_400_000
        let date = CivilDate(daysSince1970: days)
        let (year, month, day) = (
            String(date.year, digits: 4), String(date.month, digits: 2), String(date.day, digits: 2)
        )
        let hour = String(inDay / 3_600_000, digits: 2)
        let minute = String(inDay / 60_000 % 60, digits: 2)
        let second = String(inDay / 1000 % 60, digits: 2)
        return "\(year)-\(month)-\(day)T\(hour):\(minute):\(second).\(String(inDay % 1000, digits: 3))Z"
    }

    /// The inverse of `text`; a fraction of other length, or none, is taken too.
    /// - Returns: ms since 1970; nil for what is no time in UTC.
    package static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard (20...30).contains(bytes.count), bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"),
            bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
            let second = number(bytes[17..<19]), let fraction = thousandths(bytes[19..<(bytes.count - 1)]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        let days = date.daysSince1970
        // The 31st of February comes back as another day.
        guard CivilDate(daysSince1970: days) == date else { return nil }
        return (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + fraction
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number
    }

    /// - Parameter fraction: empty, or a point and one to nine digits.
    private static func thousandths(_ fraction: ArraySlice<UInt8>) -> Int64? {
        if fraction.isEmpty { return 0 }
        guard fraction.first == UInt8(ascii: "."), (2...10).contains(fraction.count),
            number(fraction.dropFirst()) != nil
        else { return nil }
        return number((Array(fraction.dropFirst()) + Array("00".utf8))[0..<3])
    }
}

/// A day of the Gregorian calendar, from arithmetic alone: a hook links no calendar.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". Years begin in March there, so that the day which comes
/// every fourth year is the last of its year.
package struct CivilDate: Hashable, Sendable {
    package var year: Int64
    /// 1...12.
    package var month: Int64
    /// 1...31. A day that its month does not have counts on into the next.
    package var day: Int64

    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    package init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSince1970: Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
