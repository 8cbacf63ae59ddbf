internal import Domain

/// Numbers in words, by the same rules as the page's scripts, so that nothing jumps when the first event arrives.
enum Words {
    /// `1,000`.
    static func count(_ number: Double) -> String {
        guard abs(number) < 1e15 else { return "\(number)" }
        let digits = Array(String(Int64(abs(number))))
        var text = number <= -1 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    static func count(_ number: Int) -> String { count(Double(number)) }

    /// `250 ms`, `9 s`, `4 min`, `3 h`, `5 d`.
    static func duration(seconds: Double) -> String {
        switch max(0, seconds) {
        case let seconds where seconds < 0.01: "\(decimal(seconds * 1000, places: 1)) ms"
        case let seconds where seconds < 1: "\(Int64(seconds * 1000)) ms"
        case let seconds where seconds < 60: "\(Int64(seconds)) s"
        case let seconds where seconds < 3600: "\(Int64(seconds / 60)) min"
        case let seconds where seconds < 172_800: "\(Int64(seconds / 3600)) h"
        case let seconds: "\(count((seconds / 86_400).rounded(.down))) d"
        }
    }

    /// `71 bytes`, `21.4 MB`.
    static func size(bytes: Double) -> String {
        for (unit, one) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where bytes >= one {
            return "\(decimal(bytes / one, places: 1)) \(unit)"
        }
        return "\(Int64(max(0, bytes))) bytes"
    }

    /// `4 min ago` or `in 40 s`; times in ms since 1970.
    static func relative(_ time: Int64, now: Int64) -> String {
        let age = (now - time) / 1000
        let span = age == 0 ? "0 s" : duration(seconds: Double(abs(age)))
        return age >= 0 ? "\(span) ago" : "in \(span)"
    }

    /// With so many digits behind the point: 1 or 2.
    static func decimal(_ number: Double, places: Int) -> String {
        let scale = places == 1 ? 10.0 : 100.0
        guard number >= 0, number < 1e13 else { return "\(number)" }
        let scaled = Int64((number * scale).rounded())
        return "\(scaled / Int64(scale)).\(String(scaled % Int64(scale), digits: places))"
    }

    /// With at most two digits behind the point: enough for a place in a drawing.
    static func rounded(_ number: Double) -> JSONValue { .number((number * 100).rounded() / 100) }
}
