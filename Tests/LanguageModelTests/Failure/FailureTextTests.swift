import Domain
import LanguageModel
import Testing

@Suite struct FailureTextTests {
    @Test(
        arguments: [
            (429, #"{"type":"error","error":{"type":"rate_limit_error","message":"Rate limited"}}"#, "Rate limited"),
            (
                401,
                #"{"message":"Provider returned error","code":401,"metadata":{"raw":"{\"error\":{\"message\":\"invalid x-api-key\"}}"}}"#,
                "invalid x-api-key"
            ),
            (
                400, "Error code: 400 - {'error': {'message': \"This model's limit\", 'code': None}}",
                "This model's limit"
            ),
            (404, #"{"error":"model 'x' not found"}"#, "model 'x' not found"),
            (
                502, "<html><head><title>api.example | 502: Bad gateway</title></head></html>",
                "HTTP 502 (an HTML page: api.example | 502: Bad gateway)"
            ),
            (200, "<html><body></body></html>", "HTTP 200 (an HTML page)"), (503, "", "HTTP 503 (an empty body)"),
            (500, #"{"error":{"code":"overloaded_error"}}"#, "HTTP 500 (overloadederror)"),
            (nil, "", "no reply and no message"),
            (nil, "one\n  two\u{1B}[31m\tthree\u{7F}", "one two [31m three"),
            (200, "event: error\ndata: {\"error\":{\"message\":\"Overloaded\"}}\n\n", "Overloaded"),
        ] as [(Int?, String, String)])
    func saysWhatHappened(status: Int?, body: String, line: String) {
        #expect(FailureText.line(FailureEvidence(httpStatus: status, body: body, nowMilliseconds: 0)) == line)
    }

    @Test func cutsBetweenCharacters() {
        let body = String(repeating: "ö€😀", count: 100)
        let line = FailureText.line(FailureEvidence(httpStatus: nil, body: body, nowMilliseconds: 0))
        #expect(line.utf8.count <= 300 && line.hasSuffix("…") && !line.contains("\u{FFFD}"))
    }
}
