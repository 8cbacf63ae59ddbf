import Domain
import TestSupport
import Testing

struct CheckpointRetentionTests {
    private static let hour: Int64 = 3_600_000

    @Test func aYearOfHoursLeavesTheLatestOfHoursDaysAndWeeks() {
        let made = (0..<365 * 24).map { Int64($0) * Self.hour + 5 }
        let kept = CheckpointRetention().kept(made)
        #expect(kept.values.count { $0 == "hourly" } == 24)
        // Today and yesterday are among the hours.
        #expect((5...7).contains(kept.values.count { $0 == "daily" }))
        #expect((2...4).contains(kept.values.count { $0 == "weekly" }))
        #expect(kept[made[made.count - 1]] == "hourly")
    }

    @Test func gapsDoNotCount() {
        let made = (0..<24).map { Int64($0) * 100 * Self.hour }
        #expect(CheckpointRetention().kept(made).count == 24)
    }

    /// Made every hour and pruned each time: what stays is what would stay of all that were ever made.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func pruningOftenLosesNothing(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var all: [Int64] = [], there: [Int64] = [], time: Int64 = 0
        for _ in 0..<600 {
            time += Int64.random(in: Self.hour / 2...6 * Self.hour, using: &random)
            all.append(time)
            there = Array(CheckpointRetention().kept(there + [time]).keys)
            #expect(there.contains(time))
        }
        #expect(Set(there) == Set(CheckpointRetention().kept(all).keys))
    }
}
