internal import Domain

/// Why an answer ended that came with a good status and says nothing.
enum Endings {
    /// Gemini's `finishReason` and `blockReason`, OpenAI's `finish_reason`, Anthropic's `stop_reason`.
    static func reason(_ ending: String) -> FailureReason? {
        switch ending {
        case "safety", "prohibitedcontent", "blocklist", "recitation", "spii", "contentfilter", "refusal",
            "imagesafety", "guardrailintervened", "contentfiltered":
            .plain(.contentFilter)
        case "modelcontextwindowexceeded": .plain(.contextLength)
        case "malformedfunctioncall", "error": .plain(.serverError)
        default: nil
        }
    }
}
