import LanguageModel
import Testing

@Suite struct RateLimitTests {
    /// 2026-01-02T03:04:05Z
    private let now: Int64 = 1_767_323_045_000

    @Test(arguments: [
        ("1s", 1.0), ("6m0s", 360), ("174ms", 0.174), ("1h2m3.5s", 3723.5), ("12", 12), ("1767323055", 10),
        ("1767323055000", 10), ("2026-01-02T03:04:35Z", 30), ("2026-01-02T04:04:35.500+01:00", 30.5),
        ("2020-01-01T00:00:00Z", 0),
    ])
    func readsEveryWayToSayWhen(text: String, seconds: Double) throws {
        let headers = [
            "x-ratelimit-limit": "10", "x-ratelimit-remaining": "5", "x-ratelimit-reset": text,
        ]
        let limit = try #require(RateLimit(headers: headers, nowMilliseconds: now))
        let found = try #require(limit.resetsAfterSeconds)
        #expect(abs(found - seconds) < 0.001)
    }

    @Test(arguments: ["", "soon", "1x", "s", "2026-13-40T99:99:99Z", "nan", "-"])
    func ignoresOtherTimes(text: String) throws {
        let headers = ["x-ratelimit-limit": "10", "x-ratelimit-remaining": "5", "x-ratelimit-reset": text]
        let limit = try #require(RateLimit(headers: headers, nowMilliseconds: now))
        #expect(limit == RateLimit(remainingShare: 0.5))
    }

    @Test func takesTheTightestOfAnthropics() throws {
        let headers = [
            "anthropic-ratelimit-requests-limit": "1000", "anthropic-ratelimit-requests-remaining": "999",
            "anthropic-ratelimit-requests-reset": "2026-01-02T03:04:06Z",
            "anthropic-ratelimit-output-tokens-limit": "400000", "anthropic-ratelimit-output-tokens-remaining": "40000",
            "anthropic-ratelimit-output-tokens-reset": "2026-01-02T03:04:25Z",
        ]
        let limit = try #require(RateLimit(headers: headers, nowMilliseconds: now))
        #expect(limit == RateLimit(remainingShare: 0.1, resetsAfterSeconds: 20))
    }

    @Test(arguments: [
        [:], ["x-ratelimit-limit": "0", "x-ratelimit-remaining": "0"], ["x-ratelimit-limit": "10"],
        ["x-ratelimit-limit": "ten", "x-ratelimit-remaining": "5"],
    ])
    func isNilWhereNothingIsTold(headers: [String: String]) {
        #expect(RateLimit(headers: headers, nowMilliseconds: now) == nil)
    }
}
