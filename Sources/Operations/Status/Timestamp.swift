internal import Domain

/// A point in time; ISO 8601 in UTC as JSON.
package struct Timestamp: Encodable, Sendable, Hashable, Comparable {
    /// Since 1970.
    package let milliseconds: Int64

    package init(_ milliseconds: Int64) { self.milliseconds = milliseconds }

    /// - Parameter milliseconds: nil and 0 stand for a time that never was.
    package init?(orNever milliseconds: Int64?) {
        guard let milliseconds, milliseconds > 0 else { return nil }
        self.milliseconds = milliseconds
    }

    package var text: String { ISOTime.text(milliseconds) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (one: Timestamp, other: Timestamp) -> Bool { one.milliseconds < other.milliseconds }
}
