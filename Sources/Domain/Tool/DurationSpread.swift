/// How long calls took, by classes of which each is half as long again as the one before: enough for a median and a 95th
/// percentile, and small where it is kept.
package struct DurationSpread: Sendable, Equatable {
    /// By class, how many.
    private var counts: [Int: Int64] = [:]

    package init() {}

    private static let growth = 1.5
    /// An hour and more is one class.
    private static let last = 38

    private static func index(of milliseconds: Int64) -> Int {
        var (index, bound) = (0, 1.0)
        while index < last, Double(milliseconds) > bound { (index, bound) = (index + 1, bound * growth) }
        return index
    }

    /// The longest of a class, ms.
    private static func bound(_ index: Int) -> Double {
        var bound = 1.0
        for _ in 0..<index { bound *= growth }
        return bound
    }

    package mutating func add(_ milliseconds: Int64) { counts[Self.index(of: max(0, milliseconds)), default: 0] += 1 }

    package mutating func formUnion(_ other: DurationSpread) { counts.merge(other.counts) { $0 + $1 } }

    /// What so many of the calls did not exceed, ms, to the class; nil where none was measured.
    /// - Parameter share: 0.5 for the median.
    package func percentile(_ share: Double) -> Double? {
        let all = counts.values.reduce(0, +)
        guard all > 0 else { return nil }
        let rank = max(1, Int64((Double(all) * share).rounded(.up)))
        var seen: Int64 = 0
        for (index, count) in counts.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= rank { return Self.bound(index) }
        }
        return nil
    }

    /// `3:12 7:1`: class and count.
    package var text: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
    }

    /// What is none of that is left out.
    package init(text: some StringProtocol) {
        for word in text.split(separator: " ") {
            let parts = word.split(separator: ":")
            guard parts.count == 2, let index = Int(parts[0]), (0...Self.last).contains(index),
                let count = StoredNumber.of(String(parts[1])), count > 0
            else { continue }
            counts[index] = count
        }
    }
}
