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
