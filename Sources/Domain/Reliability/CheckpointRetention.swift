/// Which checkpoints stay: the latest of each of the last 24 hours that have one, of 7 days and of 4 weeks.
package struct CheckpointRetention: Sendable, Equatable {
    package var hourly = 24
    package var daily = 7
    package var weekly = 4

    package init() {}

    /// - Parameter made: when each was made, ms since 1970.
    /// - Returns: of those that stay, what each stays as.
    package func kept(_ made: [Int64]) -> [Int64: String] {
        var kept: [Int64: String] = [:]
        let latestFirst = Set(made).sorted(by: >)
        // Of a time that stays for several reasons the shortest is told.
        for (name, length, count) in [
            ("weekly", Self.week, weekly), ("daily", Self.day, daily), ("hourly", Self.hour, hourly),
        ] {
            var seen: Set<Int64> = []
            for time in latestFirst {
                guard seen.count < count || seen.contains(time / length) else { break }
                if seen.insert(time / length).inserted { kept[time] = name }
            }
        }
        return kept
    }

    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour
    private static let week = 7 * day
}
