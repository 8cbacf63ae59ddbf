/// When a round that failed is tried again: after 5 s, 10 s, 20 s … 15 min from the ninth failure on, each up to a fifth
/// more or less, so that hosts that failed together do not come back together.
package enum CopyBackoff {
    private static let first: Int64 = 5_000, last: Int64 = 900_000

    /// - Parameters:
    ///   - failures: in a row, this one included.
    ///   - namedMilliseconds: the time before which we were asked not to come, ms since 1970.
    /// - Returns: ms since 1970.
    package static func nextTry(
        after failures: Int, at nowMilliseconds: Int64, namedMilliseconds: Int64? = nil,
        using random: inout some RandomNumberGenerator
    ) -> Int64 {
        let doublings = min(max(failures - 1, 0), 20)
        let delay = Double(min(first << Int64(doublings), last)) * Double.random(in: 0.8...1.2, using: &random)
        // Nobody has us wait longer than a day.
        let named = min(namedMilliseconds ?? 0, nowMilliseconds + 86_400_000)
        return max(nowMilliseconds + Int64(delay), named)
    }
}
