/// When a usage limit ends, read from what the client says of it.
package enum ResetTime: Sendable, Equatable {
    /// Seconds since 1970.
    case absolute(Int64)
    /// Of a day: the next such hour, on the named day where one is named; in a zone as the database of time zones spells it,
    /// or, where none is named, in the host's.
    case clock(hour: Int, minute: Int, month: Int?, day: Int?, zone: String)

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Finds `resets 3pm (Europe/Berlin)`, `resets Dec 2 at 15:30`, `limit reached|1764345600`, `"resetsAt":1764345600`.
    /// - Returns: nil where nothing is said of it, or nothing that is understood.
    package static func read(_ text: String) -> ResetTime? {
        let words = words(of: text)
        for (index, word) in words.enumerated() {
            let word = word.lowercased()
            guard word.hasPrefix("reset") || word == "reached" else { continue }
            if let time = time(in: words[(index + 1)...].prefix(7)) { return time }
        }
        return nil
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
    }

    private static func time(in words: ArraySlice<String>) -> ResetTime? {
        var month: Int?, day: Int?
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
                return .clock(hour: hour, minute: minute, month: month, day: day, zone: isZone ? zone : "")
            }
            if let found = months.firstIndex(of: String(word.prefix(3))) { month = found + 1 }
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
