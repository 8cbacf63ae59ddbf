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
