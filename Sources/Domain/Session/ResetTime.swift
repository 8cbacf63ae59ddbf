/// When a usage limit ends, read from what the client says of it.
package enum ResetTime: Sendable, Equatable {
    /// Seconds since 1970.
    case absolute(Int64)
    /// Of a day: the next such hour, on the named day where one is named; in a zone as the database of time zones spells it,
    /// or, where none is named, in the host's.
    case clock(hour: Int, minute: Int, month: Int?, day: Int?, zone: String)
    /// The next such hour of a day of the week, Sunday being 0.
    case weekly(weekday: Int, hour: Int, minute: Int, zone: String)
    /// Seconds from when it is said.
    case after(Int64)

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Finds `resets 3pm (Europe/Berlin)`, `resets Dec 2 at 15:30`, `resets Monday 3 p.m.`, `resets in 2 hours`,
    /// `retry-after: 600`, `limit reached|1764345600`, `"resetsAt":1764345600`, and times of ISO 8601.
    /// - Returns: nil where nothing is said of it, or nothing that is understood.
    package static func read(_ text: String) -> ResetTime? {
        let words = words(of: text)
        for (index, word) in words.enumerated() {
            let word = word.lowercased()
            let rest = words[(index + 1)...].prefix(9)
            let isRetry = word == "retry" && rest.first?.lowercased() == "after"
            guard word.hasPrefix("reset") || ["reached", "again", "access"].contains(word) || isRetry else { continue }
            if let time = isoTime(in: rest) ?? duration(in: rest, isRetry: isRetry) ?? time(in: rest.prefix(7)) {
                return time
            }
        }
        return nil
    }

    /// `2026-11-28T18:00:00Z`, `2026-12-01 at 00:00 UTC`: the first date that is whole, as the words come.
    private static func isoTime(in words: ArraySlice<String>) -> ResetTime? {
        for index in words.indices {
            let rest = Array(words[index...].prefix(6))
            guard rest.count > 2, rest[0].utf8.count == 4, let year = Int(rest[0]), 2020...2200 ~= year,
                rest[1].utf8.count == 2, Int(rest[1]) != nil
            else { continue }
            let parts = rest[2].utf8.split(separator: UInt8(ascii: "T")).map { String(Substring($0)) }
            guard let day = parts.first, day.utf8.count == 2 else { continue }
            let clock = parts.count > 1 ? parts[1] : rest.dropFirst(3).first { $0 != "at" } ?? "00:00"
            let digits = clock.utf8.prefix { $0 == UInt8(ascii: ":") || (48...57).contains($0) }
            let time = String(Substring(digits))
            let whole = time.utf8.count == 5 ? time + ":00" : time
            if let milliseconds = ISOTime.milliseconds("\(rest[0])-\(rest[1])-\(day)T\(whole).000Z") {
                return .absolute(milliseconds / 1000)
            }
        }
        return nil
    }

    /// `in 2 hours`, `in 1h 30m`, `after 600` of a header.
    private static func duration(in words: ArraySlice<String>, isRetry: Bool) -> ResetTime? {
        guard let start = words.firstIndex(where: { ["in", "after"].contains($0.lowercased()) }) else { return nil }
        var seconds: Int64 = 0
        var number: Int64?
        for word in words[(start + 1)...].prefix(6) {
            let digits = word.utf8.prefix { (48...57).contains($0) }
            if let value = Int64(Substring(digits)), value < 1_000_000 {
                let unit = String(Substring(word.utf8.dropFirst(digits.count)))
                number = value
                if unit.isEmpty { continue }
                guard let length = length(of: unit) else { return nil }
                seconds += value * length
                number = nil
            } else if let value = number, let length = length(of: word) {
                seconds += value * length
                number = nil
            } else if word.lowercased() != "and" {
                break
            }
        }
        // A header's number is one of seconds.
        if seconds == 0, isRetry, let number { seconds = number }
        return seconds > 0 ? .after(seconds) : nil
    }

    private static func length(of unit: String) -> Int64? {
        switch unit.lowercased() {
        case "s", "sec", "secs", "second", "seconds": 1
        case "m", "min", "mins", "minute", "minutes": 60
        case "h", "hr", "hrs", "hour", "hours": 3600
        case "d", "day", "days": 86_400
        default: nil
        }
    }

    /// Of letters and digits, and what stands within times and zones.
    private static func words(of text: String) -> [String] {
        text.utf8.split { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "_"):
                return false
            default: return true
            }
        }
        .map { part in
            var part = part
            while part.first == UInt8(ascii: ":") { part.removeFirst() }
            while part.last == UInt8(ascii: ":") { part.removeLast() }
            return String(Substring(part))
        }
        .filter { !$0.isEmpty }
        .reduce(into: []) { words, word in
            // `3 p.m.`
            if word.lowercased() == "m", let last = words.last?.utf8.last, last == 0x61 || last == 0x70 {
                words[words.count - 1] += "m"
            } else {
                words.append(word)
            }
        }
    }

    private static func time(in words: ArraySlice<String>) -> ResetTime? {
        var month: Int?, day: Int?, weekday: Int?
        for index in words.indices {
            let word = words[index].lowercased()
            let next = words[(index + 1)...]
            if let number = Int64(word) {
                if number > 1_500_000_000 { return .absolute(number < 100_000_000_000 ? number : number / 1000) }
                if month != nil, day == nil, (1...31).contains(number) {
                    day = Int(number)
                    continue
                }
            }
            if let (hour, minute, isWhole) = clock(word, followedBy: next.first?.lowercased()) {
                let zone = (isWhole ? next : next.dropFirst()).first { $0 != "at" } ?? ""
                let isZone = zone.utf8.contains(UInt8(ascii: "/")) || zone == "UTC" || zone == "GMT"
                // A date says more.
                if let weekday, month == nil || day == nil {
                    return .weekly(weekday: weekday, hour: hour, minute: minute, zone: isZone ? zone : "")
                }
                return .clock(hour: hour, minute: minute, month: month, day: day, zone: isZone ? zone : "")
            }
            if let found = months.firstIndex(of: String(word.prefix(3))) { month = found + 1 }
            if let found = weekdays.firstIndex(of: String(word.prefix(3))) { weekday = found }
        }
        return nil
    }

    /// `3pm`, `3:30 pm`, `15:30`; a bare number is no time of a day.
    /// - Returns: the time, and whether it stands in one word.
    private static func clock(_ word: String, followedBy next: String?) -> (hour: Int, minute: Int, isWhole: Bool)? {
        var text = word
        var half = ""
        for suffix in ["am", "pm"] where word.hasSuffix(suffix) {
            half = suffix
            text = String(word.dropLast(2))
        }
        let isWhole = !half.isEmpty || next != "am" && next != "pm"
        if !isWhole, let next { half = next }
        let parts = text.utf8.split(separator: UInt8(ascii: ":")).map { Int(Substring($0)) ?? -1 }
        guard let hour = parts.first, parts.count <= 3, parts.count > 1 || !half.isEmpty else { return nil }
        let minute = parts.count > 1 ? parts[1] : 0
        guard (0..<60).contains(minute), half.isEmpty ? (0..<24).contains(hour) : (1...12).contains(hour) else {
            return nil
        }
        switch half {
        case "am": return (hour % 12, minute, isWhole)
        case "pm": return (hour % 12 + 12, minute, isWhole)
        default: return (hour, minute, isWhole)
        }
    }
}
