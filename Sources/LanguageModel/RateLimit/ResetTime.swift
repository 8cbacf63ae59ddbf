/// When a limit is full again, in the four ways providers say it.
enum ResetTime {
    /// - Returns: seconds from now, never negative; nil for what is none of them.
    static func seconds(_ text: String, nowMilliseconds: Int64) -> Double? {
        let now = Double(nowMilliseconds) / 1000
        let text = text.filter { !$0.isWhitespace }
        let seconds: Double
        if let number = Double(text), number.isFinite {
            // Epoch milliseconds, epoch seconds, or a number of seconds.
            seconds = number > 1e11 ? number / 1000 - now : number > 1e8 ? number - now : number
        } else if let instant = InternetTime.seconds(text) {
            seconds = instant - now
        } else if let duration = duration(text) {
            seconds = duration
        } else {
            return nil
        }
        return max(seconds, 0)
    }

    /// `6m0s`, `1s`, `174ms`, `1h2m3.5s`.
    private static func duration(_ text: String) -> Double? {
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = Double(digits), let factor = units[String(unit)] else { return nil }
            total += value * factor
        }
        return total
    }

    private static let units = [
        "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400,
    ]
}
