package import Domain
internal import Glibc

/// Times of a day, in a zone.
package enum ZonedClock {
    /// The furthest that a limit is believed, in seconds: a month.
    private static let furthest = 32 * 86_400

    /// When that is, ms since 1970. Changes the process's zone for a moment: for a process of one thread.
    /// - Returns: nil where it is past, too far away, or of a zone that is not known here.
    package static func milliseconds(of time: ResetTime, after now: Int64) -> Int64? {
        let seconds = Int(now / 1000)
        let found: Int?
        switch time {
        case .absolute(let moment): found = Int(moment)
        case .after(let rest): found = seconds + Int(min(rest, Int64(furthest)))
        case .weekly(let weekday, let hour, let minute, let zone):
            found = inZone(zone) {
                next(hour: hour, minute: minute, month: nil, day: nil, weekday: weekday, after: seconds)
            }
        case .clock(let hour, let minute, let month, let day, let zone):
            found = inZone(zone) { next(hour: hour, minute: minute, month: month, day: day, after: seconds) }
        }
        guard let found, found > seconds, found - seconds <= furthest else { return nil }
        return Int64(found) * 1000
    }

    private static func inZone(_ zone: String, _ work: () -> Int?) -> Int? {
        guard !zone.isEmpty, zone != "UTC", zone != "GMT" else {
            if zone.isEmpty { return work() }
            return with(zone: "UTC0", work)
        }
        let isPlain = zone.utf8.allSatisfy {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "_") || (48...122).contains($0)
        }
        guard isPlain, Files.isRegularFile("/usr/share/zoneinfo/" + zone) else { return nil }
        return with(zone: zone, work)
    }

    private static func with(zone: String, _ work: () -> Int?) -> Int? {
        let before = unsafe getenv("TZ").map { unsafe String(cString: $0) }
        unsafe setenv("TZ", zone, 1)
        defer {
            if let before { unsafe setenv("TZ", before, 1) } else { unsafe unsetenv("TZ") }
            tzset()
        }
        tzset()
        return work()
    }

    private static func next(
        hour: Int, minute: Int, month: Int?, day: Int?, weekday: Int? = nil, after now: Int
    ) -> Int? {
        var start = now
        var parts = unsafe tm()
        guard unsafe localtime_r(&start, &parts) != nil else { return nil }
        unsafe parts.tm_hour = Int32(hour)
        unsafe parts.tm_min = Int32(minute)
        unsafe parts.tm_sec = 0
        unsafe parts.tm_isdst = -1
        if let month, let day {
            unsafe parts.tm_mon = Int32(month - 1)
            unsafe parts.tm_mday = Int32(day)
        }
        if let weekday { unsafe parts.tm_mday += (Int32(weekday) - parts.tm_wday + 7) % 7 }
        var copy = unsafe parts
        let found = unsafe mktime(&copy)
        guard found <= now else { return found }
        // Tomorrow, in a week, or, with a date named, next year: mktime(3) puts such dates right.
        if month == nil { unsafe parts.tm_mday += weekday == nil ? 1 : 7 } else { unsafe parts.tm_year += 1 }
        return unsafe mktime(&parts)
    }
}
