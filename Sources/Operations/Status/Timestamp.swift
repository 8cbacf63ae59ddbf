internal import Domain

/// A point in time; ISO 8601 in UTC as JSON.
package struct Timestamp: Codable, Sendable, Hashable, Comparable {
    /// Since 1970.
    package let milliseconds: Int64

    package init(_ milliseconds: Int64) { self.milliseconds = milliseconds }

    /// - Parameter milliseconds: nil and 0 stand for a time that never was.
    package init?(orNever milliseconds: Int64?) {
        guard let milliseconds, milliseconds > 0 else { return nil }
        self.milliseconds = milliseconds
    }

    package var text: String { ISOTime.text(milliseconds) }

    package static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }
}

extension Timestamp {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let milliseconds = ISOTime.milliseconds(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no time in UTC")
        }
        self.milliseconds = milliseconds
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// For people.
extension Timestamp {
    /// `4 min ago`.
    package func ago(_ now: Timestamp) -> String { "\(age(now)) ago" }

    /// `4 min ago`, or `in 3 h` where it is still to come.
    package func away(_ now: Timestamp) -> String { self > now ? "in \(now.age(self))" : ago(now) }

    /// `3 h`.
    package func age(_ now: Timestamp) -> String {
        let seconds = (now.milliseconds - milliseconds) / 1000
        return switch max(0, seconds) {
        case ..<60: "\(max(0, seconds)) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    /// `21:03 UTC`, or the day where that is another.
    package func clock(_ now: Timestamp) -> String {
        let day = text.prefix(10)
        return day == now.text.prefix(10) ? "\(text.dropFirst(11).prefix(5)) UTC" : String(day)
    }
}
