import Domain
import LanguageModel
import Testing

@Suite struct RetryAfterTests {
    @Test(
        arguments: [
            (["retry-after": "37"], 37.0), (["retry-after": " 1.5 "], 1.5), (["retry-after-ms": "1500"], 1.5),
            (["retry-after": "2", "retry-after-ms": "1500"], 1.5),
            (["retry-after": "Mon, 06 Apr 2026 10:01:30 GMT", "date": "Mon, 06 Apr 2026 10:01:00 GMT"], 30),
            (["retry-after": "Mon, 06 Apr 2026 10:00:45 GMT"], 45),
            (["retry-after": "Mon, 06 Apr 2026 09:00:00 GMT"], 0),
            (["retry-after": "2026-04-06T10:00:10.5Z"], 10.5), (["retry-after": "2026-04-06T12:00:10+02:00"], 10),
            (["retry-after": "99999999"], 31 * 86400), (["retry-after": "1e999"], nil), (["retry-after": "nan"], nil),
            (["retry-after": "-5"], nil), (["retry-after": ""], nil),
            (["retry-after": "99999999999999999999999999"], nil),
            (["x-ratelimit-reset-requests": "6m0s"], 360), (["x-ratelimit-reset-tokens": "174ms"], 0.174),
            (["x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "2s"], 2),
            (
                [
                    "x-ratelimit-remaining-requests": "12", "x-ratelimit-reset-requests": "6m0s",
                    "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1s",
                ], 1
            ),
            (
                [
                    "anthropic-ratelimit-input-tokens-remaining": "0",
                    "anthropic-ratelimit-input-tokens-reset": "2026-04-06T10:00:37Z",
                    "anthropic-ratelimit-requests-remaining": "9",
                    "anthropic-ratelimit-requests-reset": "2026-04-06T10:09:00Z",
                ], 37
            ),
            (["anthropic-ratelimit-input-tokens-reset": "2026-04-06T10:00:37Z"], nil),
            (["x-ratelimit-reset": "1775469660"], 60), (["x-ratelimit-reset": "1775469660000"], 60),
            (["x-ratelimit-reset": "12"], 12), (["x-ratelimit-reset": "12", "x-ratelimit-remaining": "3"], nil),
            (["x-ratelimit-reset": "1575469660"], nil),
        ] as [([String: String], Double?)])
    func readsHeaders(headers: [String: String], seconds: Double?) {
        expect(seconds, classify(429, "Rate limited", headers))
    }

    @Test(
        arguments: [
            ("Please try again in 26.604s.", 26.604), ("try again in 9m38.016s", 578.016),
            ("try again in 174ms", 0.174),
            ("Try again in 1h2m", 3720), ("Please retry after 86400 seconds.", 86400), ("try again in 20 seconds", 20),
            ("try again in about 5 minutes", 300), ("retry in 2 hours", 7200), ("available in 1 day", 86400),
            ("try again in 1 minute and 5 seconds", 65), ("retry after 12", 12), ("Please wait 3 seconds", 3),
            (#"{"error":{"details":[{"retryDelay":"21s"}]}}"#, 21),
            (#"{"error":{"details":[{"retryDelay":"3.5s"}]}}"#, 3.5),
            (#"{"error":{"retry_after":12}}"#, 12), (#"{"error":{"retry_after_ms":1500}}"#, 1.5),
            (#"{"error":{"metadata":{"headers":{"X-RateLimit-Reset":"1775469660000"}}}}"#, 60),
            ("limit reached|1775469660", 60), ("try again in 1e999s", nil), ("try again in -5s", nil),
            ("try again in a moment", nil), ("try again later", nil), ("resets 9:50pm (Asia/Saigon)", nil),
            ("used 20 seconds of audio", nil), (#"{"error":{"retry_after":"1e999"}}"#, nil),
        ] as [(String, Double?)])
    func readsBodies(body: String, seconds: Double?) {
        expect(seconds, classify(429, "Rate limited. " + body, [:]))
    }

    @Test func headerBeatsBody() {
        expect(2, classify(429, "Rate limited, try again in 20s", ["retry-after": "2"]))
    }

    @Test func whatIsNotRetriedHasNoWait() {
        expect(nil, classify(400, "Invalid request; try again in 20s", ["retry-after": "2"]))
        expect(nil, classify(500, "Internal error", ["x-ratelimit-reset-requests": "6m0s"]))
    }

    @Test func aLongWaitIsAnAllowanceUsedUp() {
        #expect(classify(429, "Rate limited", ["retry-after": "3599"]).category == .rateLimit)
        #expect(classify(429, "Rate limited", ["retry-after": "3600"]).category == .quota)
    }

    private func classify(_ status: Int?, _ body: String, _ headers: [String: String]) -> FailureClass {
        FailureClassifier.classify(
            FailureEvidence(httpStatus: status, headers: headers, body: body, nowMilliseconds: FailureCorpus.now))
    }

    private func expect(
        _ wanted: Double?, _ verdict: FailureClass, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        switch (verdict.retryAfterSeconds, wanted) {
        case (let seconds?, let wanted?): #expect(abs(seconds - wanted) < 0.001, sourceLocation: sourceLocation)
        case (let seconds, let wanted): #expect(seconds == wanted, sourceLocation: sourceLocation)
        }
    }
}
