import Domain
import LanguageModel
import Testing

/// Bodies made to hurt: each must come to an end, and none may trap.
@Suite struct HostileFailureTests {
    /// Less than the part of a body that is read.
    private static let much = 64_000

    @Test(arguments: [
        "{", "[", "[{", "{\"a\":", "{\"error\":", "\"", "'", "\\", "{'", "map[", "data:", "data: {\"error\":\n",
        "'{\\n",
        "try again in ", "retry after 9", "model ", "<html", "<", "\n", " ", "a: {b: ", "9", "|", "\u{FFFD}", "é",
        "{\"message\":\"", "{\"message\":\"{\\\"message\\\":", "[1,", "{\"code\":1,", "' + '", "400 ", "{ECONNRESET}",
    ])
    func endsOnMuchOf(_ piece: String) {
        let body = String(repeating: piece, count: Self.much / piece.utf8.count)
        check(429, body)
        check(nil, "Error: " + body)
    }

    @Test(arguments: ["{\"error\":", "data: {\"error\":\n", "try again in 9"])
    func endsOnTenMegabytesOf(_ piece: String) {
        check(429, String(repeating: piece, count: 10_000_000 / piece.utf8.count))
    }

    @Test func findsTheErrorAtEitherEnd() {
        let padding = String(repeating: "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", count: 20_000)
        let error = "data: {\"error\":{\"type\":\"overloaded_error\"}}\n\n"
        #expect(classify(200, padding + error).category == .overloaded)
        #expect(classify(200, error + padding).category == .overloaded)
    }

    @Test(arguments: [
        "\\u", "\\ud83d", "\\ud83d\\u", "\\uZZZZ", "\\x", "\\xZ", "{\"a\":\"\\ud83d\\ude00\"}", "{\"a\":\"\\udc00\"}",
        "{\"code\":99999999999999999999999999}", "{\"code\":-1}", "{\"code\":1e999}", "{\"code\":NaN}", "{\"code\":}",
        "{\"retry_after\":-1}", "{\"retryDelay\":\"99999999999999999999s\"}", "limit reached|99999999999999999999",
        "limit reached|", "[{", "{:}", "{\"\":\"\"}", "\u{0}", "{\"\u{0}\":1}", "event:", "data:", "<title>",
        "<html><title",
    ])
    func endsOn(_ body: String) {
        for status in [nil, 200, 429, 500, Int.max, Int.min] as [Int?] { check(status, body) }
        check(429, "{\"error\":{\"message\":\"\(body)")
    }

    private func check(_ status: Int?, _ body: String) {
        let verdict = classify(status, body)
        if let wait = verdict.retryAfterSeconds { #expect(wait.isFinite && wait >= 0 && wait <= 31 * 86400) }
        let line = FailureText.line(evidence(status, body))
        #expect(!line.isEmpty && line.utf8.count <= 300)
    }

    private func classify(_ status: Int?, _ body: String) -> FailureClass {
        FailureClassifier.classify(evidence(status, body))
    }

    private func evidence(_ status: Int?, _ body: String) -> FailureEvidence {
        FailureEvidence(httpStatus: status, body: body, nowMilliseconds: FailureCorpus.now)
    }
}
