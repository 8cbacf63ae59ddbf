internal import Glibc

/// What several may begin at once, though only one can do it: who comes second finds it done when he looks again.
package enum InTurn {
    /// Between two tries, µs.
    private static let pause: UInt32 = 20_000
    private static let tries = 10

    /// Tries ten times, and begins no try later than ten seconds.
    /// - Parameters:
    ///   - isOfAnother: whether an error may come of another's doing the same.
    ///   - work: leaves nothing behind where it fails.
    package static func run<Answer>(
        again isOfAnother: (any Error) -> Bool, _ work: () throws -> Answer
    ) throws -> Answer {
        let watch = Stopwatch(limit: .seconds(10))
        var left = tries
        while true {
            left -= 1
            do {
                return try work()
            } catch {
                guard isOfAnother(error), left > 0, !watch.isOver else { throw error }
                usleep(pause)
            }
        }
    }
}
