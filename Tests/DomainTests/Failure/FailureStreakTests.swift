import Domain
import Testing

@Suite struct FailureStreakTests {
    private let ids = (0..<5).map { EpisodeID(session: .added, promptID: "", answer: "\($0)") }

    /// - Parameter failures: class and number of the episode; nil for a success.
    private func verdicts(_ failures: [(FailureCategory, Int)?]) -> [Bool] {
        var streak = FailureStreak()
        return failures.compactMap { failure in
            if let failure { return streak.failed(failure.0, of: ids[failure.1]) }
            streak.succeeded()
            return nil
        }
    }

    @Test func severalEpisodesAreTheProvidersFault() {
        #expect(verdicts((0..<5).map { (.unknown, $0) }) == [false, false, true, true, true])
    }

    @Test func oneEpisodeIsItsOwnHoweverOften() {
        #expect(!verdicts((0..<20).map { (.unknown, $0 % 2) }).contains(true))
    }

    @Test func aSuccessOrAnotherClassEndsIt() {
        #expect(!verdicts([(.unknown, 0), (.unknown, 1), (.timeout, 2), (.unknown, 3), (.unknown, 4)]).contains(true))
        #expect(!verdicts([(.unknown, 0), (.unknown, 1), nil, (.unknown, 2), (.unknown, 3)]).contains(true))
    }
}
