import Domain
import Testing

@Suite struct TurnFailureTests {
    /// As the client tells them (StopFailure of 2.1.329), and the API's own words.
    @Test(arguments: [
        ("invalid_request", "Prompt is too long", TurnFailure.poisoned("too_long")),
        ("invalid_request", "API Error: 413 {\"error\":{\"type\":\"request_too_large\"}}", .poisoned("too_long")),
        (
            "unknown", "API Error: 400 messages.3.content.1.image.source.base64: image exceeds 5 MB maximum",
            .poisoned("image")
        ),
        (
            "unknown",
            "API Error: 400 messages.2: `tool_use` ids were found without `tool_result` blocks immediately after",
            .poisoned("tool_use")
        ),
        (
            "unknown", "API Error: 400 messages.1.content.0: Invalid `signature` in `thinking` block",
            .poisoned("signature")
        ),
        ("unknown", "API Error: 400 something new", .poisoned("invalid_request")),
        ("unknown", "API Error: 400 Your credit balance is too low to access the Anthropic API", .passing),
        ("unknown", "API Error (400): messages.2: tool_use without tool_result", .poisoned("tool_use")),
        ("unknown", "HTTP 400 invalid thing", .poisoned("invalid_request")),
        ("unknown", "API Error: 400 image exceeds the quota of your api key", .poisoned("image")),
        ("invalid_request", "Auto mode is unavailable for your plan", .passing),
        ("invalid_request", "Effort 'max' isn't available with thinking turned off", .passing),
        ("unknown", "socket hang up", .passing), ("authentication_failed", "API Error: 401", .passing),
        ("server_error", "API Error: 529 overloaded", .passing), ("model_not_found", "API Error: 404", .passing),
        ("rate_limit", "You've hit your limit", .usageLimit),
    ])
    func knowsWhatWillBeRefusedAgain(error: String, text: String, failure: TurnFailure) {
        #expect(TurnFailure.of(error: error, text: text) == failure)
    }

    @Test(arguments: [
        (
            "You've hit your limit · resets 3pm (Europe/Berlin)",
            ResetTime.clock(hour: 15, minute: 0, month: nil, day: nil, zone: "Europe/Berlin")
        ),
        ("5-hour limit reached ∙ resets 12:30am", .clock(hour: 0, minute: 30, month: nil, day: nil, zone: "")),
        ("limit reached, resets at 15:05 (UTC)", .clock(hour: 15, minute: 5, month: nil, day: nil, zone: "UTC")),
        ("weekly limit · resets Dec 2, 3 pm (UTC)", .clock(hour: 15, minute: 0, month: 12, day: 2, zone: "UTC")),
        ("Claude AI usage limit reached|1764345600", .absolute(1_764_345_600)),
        ("{\"rate_limit\":{\"resetsAt\":1764345600}}", .absolute(1_764_345_600)),
        ("limit reached, resets in 2 hours", .after(7200)), ("resets in 1h 30m", .after(5400)),
        ("resets in 45m", .after(2700)), ("retry-after: 600", .after(600)), ("try again in 5 minutes", .after(300)),
        ("anthropic-ratelimit-requests-reset: 2026-11-28T18:00:00Z", .absolute(1_795_888_800)),
        ("you will regain access on 2026-12-01 at 00:00 UTC", .absolute(1_796_083_200)),
        ("resets 3 p.m. (UTC)", .clock(hour: 15, minute: 0, month: nil, day: nil, zone: "UTC")),
        (
            "will reset on Monday, December 1 at 9:00 AM",
            .clock(hour: 9, minute: 0, month: 12, day: 1, zone: "")
        ),
        ("resets Monday 3pm (UTC)", .weekly(weekday: 1, hour: 15, minute: 0, zone: "UTC")),
        ("anthropic-ratelimit-unified-reset: 1764345600000", .absolute(1_764_345_600)),
    ])
    func readsWhenALimitEnds(text: String, time: ResetTime) {
        #expect(ResetTime.read(text) == time)
    }

    @Test(arguments: [
        "", "rate limited", "resets", "resets soon", "resets 5 times a day", "resets 99:99", "the reset button",
    ])
    func readsNothingFromOtherWords(text: String) {
        #expect(ResetTime.read(text) == nil)
    }
}
