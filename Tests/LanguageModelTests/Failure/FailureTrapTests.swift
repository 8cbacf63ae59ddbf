import Domain
import LanguageModel
import Testing

/// Words that mislead: prompts quoted in errors, words with two meanings, wrappers that misjudge what they wrap.
@Suite struct FailureTrapTests {
    @Test(
        arguments: [
            // A prompt, quoted by the error, in a field and in the message.
            (
                422, #"{"detail":[{"type":"missing","loc":["body","model"],"input":"Error 429: insufficient_quota"}]}"#,
                FailureCategory.invalidRequest
            ),
            (
                429,
                #"{"error":{"type":"rate_limit_error","message":"Rate limited: 'why is my prompt is too long?'"}}"#,
                .rateLimit
            ),
            (
                422,
                #"{"detail":[{"type":"missing","input":{"code":"insufficient_quota","message":"credit balance"}}]}"#,
                .invalidRequest
            ),
            (401, #"{"error":{"code":"invalid_api_key","message":"Incorrect key for 'credit balance'"}}"#, .auth),
            (529, #"{"error":{"message":"Busy. Prompt: my api key is invalid"}}"#, .overloaded),
            // The answer that came before the error of a stream.
            (
                200,
                """
                data: {"choices":[{"delta":{"content":"error: rate limit exceeded"}}]}

                data: {"error":{"message":"Overloaded","type":"overloaded_error"}}

                """, .overloaded
            ),
            // "tokens" in three meanings.
            (429, "Too many tokens, please wait before trying again.", .rateLimit),
            (400, #"{"message":"too many tokens: total number of tokens cannot exceed 4096"}"#, .contextLength),
            (400, "max_tokens must be less than or equal to 16384", .invalidRequest),
            // A wrapper's status and type against the wrapped.
            (
                500, #"{"error":{"message":"{\"error\":{\"code\":401,\"message\":\"no\"}}","type":"server_error"}}"#,
                .auth
            ),
            (500, #"{"error":{"message":"Context size has been exceeded.","type":"server_error"}}"#, .contextLength),
            // "retry" says nothing.
            (
                400, #"{"error":{"code":"content_filter","message":"Please modify your prompt and retry"}}"#,
                .contentFilter
            ),
        ] as [(Int, String, FailureCategory)])
    func looksBehindTheWords(status: Int, body: String, category: FailureCategory) {
        #expect(classify(status, body).category == category)
    }

    @Test(arguments: [
        #"{"error":{"type":"overloaded_error"}}"#,
        #"[{"error":{"type":"overloaded_error"}}]"#,
        #""{\"error\":{\"type\":\"overloaded_error\"}}""#,
        #"{"message":"{\"error\":{\"message\":\"{\\\"type\\\":\\\"overloaded_error\\\"}\"}}"}"#,
        #"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"type\":\"overloaded_error\"}"}}}"#,
        "Error code: 400 - {'error': {'type': 'overloaded_error', 'details': None}}",
        "b'{\\n  \"error\": {\\n    \"type\": \"overloaded_error\"\\n  }\\n}'",
        "map[code:slowdown message:not now type:<nil>]",
        "event: error\ndata: {\"error\":{\"type\":\"overloaded_error\"}}\n\n",
        "litellm.APIError: {\"error\":{\"type\":\"overloaded_error\"}} Received Model Group=x",
        "Error {\n  code: 'overloaded_error',\n  errno: -3008\n}",
        #"{"error":{"type":"overloaded_error","mess"#,
    ])
    func unwraps(body: String) {
        #expect(classify(nil, body).category == .overloaded)
        #expect(classify(400, body).category == .overloaded)
    }

    @Test func aReplyRulesOutAFailureOnTheWay() {
        #expect(classify(nil, "connect ECONNREFUSED 10.0.0.1:443").category == .network)
        #expect(classify(502, "connect ECONNREFUSED 10.0.0.1:443").category == .serverError)
        #expect(classify(500, "certificate has expired").countsAgainstCircuit)
    }

    @Test(arguments: [
        (100, FailureCategory.unknown), (204, .unknown), (301, .invalidRequest), (400, .invalidRequest), (401, .auth),
        (402, .quota), (403, .permission), (404, .invalidRequest), (405, .invalidRequest), (408, .timeout),
        (409, .invalidRequest), (410, .modelNotFound), (413, .requestTooLarge), (418, .invalidRequest),
        (422, .invalidRequest), (425, .serverError), (429, .rateLimit), (451, .permission), (498, .overloaded),
        (499, .aborted), (500, .serverError), (501, .invalidRequest), (502, .serverError), (503, .overloaded),
        (504, .timeout), (507, .serverError), (520, .serverError), (521, .serverError), (522, .timeout),
        (523, .serverError), (524, .timeout), (525, .network), (526, .network), (529, .overloaded), (530, .serverError),
        (700, .unknown), (-1, .unknown), (0, .unknown), (Int.max, .unknown), (Int.min, .unknown),
    ])
    func aStatusAloneGivesTheCategory(status: Int, category: FailureCategory) {
        #expect(classify(status, "").category == category)
    }

    private func classify(_ status: Int?, _ body: String) -> FailureClass {
        FailureClassifier.classify(FailureEvidence(httpStatus: status, body: body, nowMilliseconds: FailureCorpus.now))
    }
}
