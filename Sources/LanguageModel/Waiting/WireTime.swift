internal import Domain

/// Reads points in time as headers write them, from arithmetic alone.
enum WireTime {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// `Mon, 23 Feb 2026 14:39:45 GMT` (RFC 9110, section 5.6.7) or `2026-04-06T10:00:37.5+02:00` (RFC 3339).
    /// - Returns: seconds since 1970.
    static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8.prefix(64))
        return bytes.first?.isDigit == true ? rfc3339(bytes) : httpDate(bytes)
    }

    private static func httpDate(_ bytes: [UInt8]) -> Double? {
        let parts = bytes.split { $0 == .blank || $0 == .comma || $0 == .colon || $0 == UInt8(ascii: "-") }
            .map { String(bytes: $0).lowercased() }
        guard parts.count >= 7, let month = months.firstIndex(of: parts[2]) else { return nil }
        let numbers = [parts[3], parts[1], parts[4], parts[5], parts[6]].compactMap { Int($0) }
        guard numbers.count == 5 else { return nil }
        return seconds(numbers[0], month + 1, numbers[1], numbers[2], numbers[3], Double(numbers[4]))
    }

    private static func rfc3339(_ bytes: [UInt8]) -> Double? {
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == .blank
        else { return nil }
        func number(_ range: Range<Int>) -> Int? { Int(String(bytes: bytes[range])) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var index = 19
        var fraction = 0.0
        if index < bytes.count, bytes[index] == .dot {
            var unit = 0.1
            index += 1
            while index < bytes.count, bytes[index].isDigit {
                fraction += Double(bytes[index] - 48) * unit
                unit /= 10
                index += 1
            }
        }
        var offset = 0.0
        if index + 6 <= bytes.count, bytes[index] == .plus || bytes[index] == UInt8(ascii: "-"),
            let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6)
        {
            offset = Double(hours * 3600 + minutes * 60) * (bytes[index] == .plus ? 1 : -1)
        }
        return seconds(year, month, day, hour, minute, Double(second) + fraction).map { $0 - offset }
    }

    private static func seconds(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Double
    ) -> Double? {
        guard 1970...9999 ~= year, 1...12 ~= month, 1...31 ~= day, 0...24 ~= hour, 0...60 ~= minute, second < 62 else {
            return nil
        }
        let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
        return Double(date.daysSince1970 * 86_400) + Double(hour * 3600 + minute * 60) + second
    }
}

/// Reads lengths of time: `26.604s`, `9m38.016s`, `174ms`, `1h2m`, `20 seconds`, `1 minute and 5 seconds`.
enum Durations {
    private static let units: [String: Double] = {
        var units: [String: Double] = [:]
        for (names, seconds) in [
            (["ns"], 1e-9), (["us", "µs"], 1e-6),
            (["ms", "msec", "msecs", "millisecond", "milliseconds", "millis"], 0.001),
            (["s", "sec", "secs", "second", "seconds"], 1.0), (["m", "min", "mins", "minute", "minutes"], 60),
            (["h", "hr", "hrs", "hour", "hours"], 3600), (["d", "day", "days"], 86_400),
            (["w", "week", "weeks"], 604_800),
        ] {
            for name in names { units[name] = seconds }
        }
        return units
    }()

    /// Reads a length at the beginning of the text.
    /// - Parameter bareUnit: what a number without a unit counts, in seconds; nil: such a number is no length.
    static func seconds(_ text: some Collection<UInt8>, bareUnit: Double? = nil) -> Double? {
        var rest = Array(text.prefix(80))[...]
        var total: Double?
        while let (number, afterNumber) = number(rest) {
            let afterBlank = afterNumber.drop { $0 == .blank }
            // Go writes microseconds with the one letter that is not ASCII.
            let letters = afterBlank.starts(with: "µs".utf8) ? afterBlank.prefix(3) : afterBlank.prefix { $0.isLetter }
            let word = String(bytes: letters.map(\.lowered))
            guard let unit = units[word] else {
                if total == nil, let bareUnit { return number * bareUnit }
                break
            }
            total = (total ?? 0) + number * unit
            rest = afterBlank.dropFirst(word.utf8.count).drop { $0 == .blank || $0 == .comma }
            if rest.starts(with: "and ".utf8) { rest = rest.dropFirst(4) }
        }
        return total
    }

    /// Reads digits and a fraction; nil for signs, `nan`, and numbers too long to be meant.
    static func number(_ text: ArraySlice<UInt8>) -> (Double, ArraySlice<UInt8>)? {
        let whole = text.prefix { $0.isDigit }
        guard !whole.isEmpty, whole.count <= 15 else { return nil }
        var value = 0.0
        for digit in whole { value = value * 10 + Double(digit - 48) }
        var rest = text[whole.endIndex...]
        if rest.first == .dot, rest.dropFirst().first?.isDigit == true {
            let fraction = rest.dropFirst().prefix { $0.isDigit }
            var (numerator, denominator) = (0.0, 1.0)
            for digit in fraction.prefix(12) {
                numerator = numerator * 10 + Double(digit - 48)
                denominator *= 10
            }
            value += numerator / denominator
            rest = rest[fraction.endIndex...]
        }
        // `1e999` is no number of seconds.
        if let next = rest.first, next.lowered == UInt8(ascii: "e") { return nil }
        return (value, rest)
    }
}
