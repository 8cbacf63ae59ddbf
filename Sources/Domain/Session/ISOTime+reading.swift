extension ISOTime {
    /// The inverse of `text`, by arithmetic alone.
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
        // Civil date to days: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        let time = seconds * 1000 + fraction
        // The 31st of February comes back as another day.
        return self.text(time).utf8.prefix(10).elementsEqual(bytes.prefix(10)) ? time : nil
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
