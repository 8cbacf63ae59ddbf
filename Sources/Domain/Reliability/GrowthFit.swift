/// How something grows, by the median of the slopes between all its points (Theil 1950, Sen 1968): up to 29 % of the points may
/// be anything, such as an import, or a day on which everything was thrown away, and it still says how it grows otherwise.
package struct GrowthFit: Sendable, Equatable {
    /// Of the unit of the points, a day.
    package let perDay: Double

    /// What is looked at, ms.
    package static let span: Int64 = 14 * 86_400_000
    /// Points fewer than these, or within less than a day, say nothing.
    private static let fewest = 12
    private static let shortest: Int64 = 86_400_000
    /// Of more points as many are taken, evenly: the pairs of these are 20,000.
    private static let mostPoints = 200

    /// - Parameter points: in order of time, ms.
    /// - Returns: nil where they are too few to say anything.
    package init?(_ points: [(milliseconds: Int64, value: Double)]) {
        guard let first = points.first, let last = points.last, points.count >= Self.fewest,
            last.milliseconds - first.milliseconds >= Self.shortest
        else { return nil }
        let step = max(1, Double(points.count - 1) / Double(Self.mostPoints - 1))
        let count = min(points.count, Self.mostPoints)
        let taken = (0..<count).map { points[min(points.count - 1, Int((Double($0) * step).rounded()))] }
        var slopes: [Double] = []
        for (index, one) in taken.enumerated() {
            for other in taken[(index + 1)...] where other.milliseconds > one.milliseconds {
                slopes.append((other.value - one.value) / Double(other.milliseconds - one.milliseconds))
            }
        }
        guard !slopes.isEmpty else { return nil }
        slopes.sort()
        let middle = slopes.count / 2
        let median = slopes.count.isMultiple(of: 2) ? (slopes[middle - 1] + slopes[middle]) / 2 : slopes[middle]
        perDay = median * 86_400_000
    }

    /// - Returns: nil where it does not grow, or not within 100 years.
    package func daysUntil(_ limit: Double, from value: Double) -> Double? {
        guard value < limit else { return 0 }
        guard perDay > 0 else { return nil }
        let days = (limit - value) / perDay
        return days < 36_500 ? days : nil
    }
}
