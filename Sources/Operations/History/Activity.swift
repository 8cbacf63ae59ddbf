internal import Domain
internal import Platform
internal import Redis
internal import Storage

/// How much was captured, remembered and failed over time.
package struct Activity: Codable, Sendable {
    package struct Interval: Codable, Sendable {
        package let from: Timestamp
        package let captured: Int64
        package let memories: Int64
        /// Attempts at a memory that failed, whatever became of the episode.
        package let failures: Int64
    }

    /// The last 24, the oldest first.
    package let hours: [Interval]
    /// The last 14, by UTC, the oldest first.
    package let days: [Interval]

    package init(hours: [Interval], days: [Interval]) {
        self.hours = hours
        self.days = days
    }
}

extension Workplace {
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 24 * hour

    /// Of this host's pool.
    package func activity() throws -> Activity {
        var connection = try connect()
        let now = HostClock.wallMilliseconds
        let dates = (0..<14).map { now - now % Self.day - Int64(13 - $0) * Self.day }
        let records = try connection.ask(queue.days(dates.map(DayRecord.name)))
        let byDay = Dictionary(zip(dates, records)) { first, _ in first }
        let hours = (0..<24).map { index in
            let from = now - now % Self.hour - Int64(23 - index) * Self.hour
            let record = byDay[from - from % Self.day] ?? DayRecord(), hour = Int(from / Self.hour % 24)
            return Activity.Interval(
                from: Timestamp(from), captured: record.capturedByHour[hour] ?? 0,
                memories: record.completedByHour[hour] ?? 0, failures: record.failuresByHour[hour] ?? 0)
        }
        let days = zip(dates, records).map { from, record in
            Activity.Interval(
                from: Timestamp(from), captured: record.captured, memories: record.completed,
                failures: record.failures)
        }
        return Activity(hours: hours, days: days)
    }
}
