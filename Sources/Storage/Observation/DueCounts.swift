internal import Redis

/// How much of the schedule is due, and how much becomes due in each interval from a moment on.
package struct DueCounts: Sendable, Equatable {
    /// The moment and the intervals after it. What is due at the end of one belongs to it.
    package struct Intervals: Sendable, Equatable {
        /// Ends of the intervals, ms since 1970; the first is the moment itself.
        fileprivate let ends: [Int64]

        /// - Parameters:
        ///   - now: ms since 1970.
        ///   - length: of one, ms.
        package init(from now: Int64, count: Int, length: Int64) {
            ends = (0...Int64(count)).map { now + $0 * length }
        }
    }

    package var now: Int64
    package var byInterval: [Int64]
    /// After the last interval.
    package var later: Int64

    /// - Parameter times: when each is due, ms since 1970, in any order.
    package init(of times: [Int64], in intervals: Intervals) {
        var counts = Array(repeating: Int64(0), count: intervals.ends.count + 1)
        for time in times { counts[intervals.ends.firstIndex { time <= $0 } ?? intervals.ends.count] += 1 }
        self.init(counts)
    }

    fileprivate init(_ counts: [Int64]) {
        now = counts[0]
        byInterval = Array(counts[1..<(counts.count - 1)])
        later = counts[counts.count - 1]
    }
}

/// The same, counted by the server: for a schedule of which not all is known.
struct CountDue: RedisQuery {
    private let counts: ForEach<ZCOUNT>

    init(_ schedule: RedisKey, in intervals: DueCounts.Intervals) {
        let ends = intervals.ends
        counts = ForEach(
            [ZCOUNT(schedule, .lowest, .to(ends[0]))]
                + zip(ends, ends.dropFirst()).map { ZCOUNT(schedule, .after($0), .to($1)) }
                + [ZCOUNT(schedule, .after(ends[ends.count - 1]), .highest)])
    }

    var requests: [RedisRequest] { counts.requests }

    func decode(_ replies: inout RedisReplies) throws(RedisError) -> DueCounts {
        DueCounts(try counts.decode(&replies))
    }
}
