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
