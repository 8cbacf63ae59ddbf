/// Times as RFC 3339 writes them.
enum InternetTime {
    /// - Returns: seconds since 1970; nil for what is no such time.
    static func seconds(_ text: String) -> Double? {
        let halves = text.uppercased().split(separator: "T", maxSplits: 1)
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-").compactMap { Int($0) }
        guard date.count == 3, (1...12).contains(date[1]), (1...31).contains(date[2]), (1970...9999).contains(date[0])
        else { return nil }
        let clock = halves[1].prefix { $0.isNumber || $0 == ":" || $0 == "." }
        let time = clock.split(separator: ":").compactMap { Double($0) }
        guard time.count == 3, time[0] < 24, time[1] < 60, time[2] < 61,
            let offset = offset(halves[1].dropFirst(clock.count))
        else { return nil }
        return Double(days(date[0], date[1], date[2]) * 86400) + time[0] * 3600 + time[1] * 60 + time[2] - offset
    }

    /// `Z`, `+02:00`.
    private static func offset(_ zone: Substring) -> Double? {
        if zone == "Z" { return 0 }
        guard let sign = zone.first, sign == "+" || sign == "-" else { return nil }
        let parts = zone.dropFirst().split(separator: ":").compactMap { Double($0) }
        guard parts.count == 2 else { return nil }
        return (sign == "-" ? -1 : 1) * (parts[0] * 3600 + parts[1] * 60)
    }

    /// Civil date to days since 1970: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
