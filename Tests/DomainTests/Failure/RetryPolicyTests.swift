import Domain
import Testing

struct RetryPolicyTests {
    private let policy = RetryPolicy()

    private func failure(_ category: FailureCategory, after: Double? = nil) -> FailureClass {
        FailureClass(
            category: category, isRetryable: true, countsAgainstCircuit: true, retryAfterSeconds: after)
    }

    @Test(arguments: [(0, 300), (1, 900), (2, 2700), (3, 7200), (4, 21_600)])
    func waitsLongerEachTimeWithinATenth(retryCount: Int64, seconds: Int64) {
        for (random, factor) in [(0.0, 0.9), (0.5, 1), (0.999_999, 1.1)] {
            guard
                case .retry(let delay) = policy.verdict(
                    for: failure(.serverError), retryCount: retryCount, random: random)
            else {
                Issue.record("no retry")
                continue
            }
            #expect(abs(Double(delay) - Double(seconds) * 1000 * factor) < 10)
        }
    }

    @Test func isDeadAfterTheLastRetry() {
        #expect(policy.verdict(for: failure(.timeout), retryCount: 5, random: 0.5) == .dead)
    }

    @Test func isNeverDueBeforeTheNamedTime() {
        let verdict = policy.verdict(for: failure(.rateLimit, after: 3600), retryCount: 0, random: 0)
        #expect(verdict == .retry(afterMilliseconds: 3_600_000))
    }

    @Test(arguments: [FailureCategory.contentFilter, .invalidRequest, .contextLength, .requestTooLarge])
    func whatTheEpisodeIsToBlameForIsDeadAtOnce(category: FailureCategory) {
        #expect(policy.verdict(for: failure(category), retryCount: 0, random: 0.5) == .dead)
    }

    @Test(arguments: [FailureCategory.auth, .permission, .quota, .modelNotFound, .aborted])
    func whatNoEpisodeCanHelpSpendsNothing(category: FailureCategory) {
        guard case .wait = policy.verdict(for: failure(category), retryCount: 4, random: 0.5) else {
            Issue.record("\(category) spends a retry")
            return
        }
    }
}
