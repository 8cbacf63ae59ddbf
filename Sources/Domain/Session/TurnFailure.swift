/// Why a turn got no answer, as the client tells its StopFailure hook.
package enum TurnFailure: Sendable, Equatable {
    /// The API refuses what stands in the conversation, and will do so each time: with a class that says what.
    case poisoned(String)
    /// The account may not ask for a while.
    case usageLimit
    /// Authentication, overload, network, a model that does not exist: nothing of the session.
    case passing

    /// What its class is called where nothing passing is told of.
    package static let passingName = "passing"

    /// What each kind of refusal says of itself, in lower case.
    private static let kinds: [(name: String, words: [String])] = [
        (
            "image",
            ["image exceeds", "image dimensions", "could not process image", "image was too large", "image.source"]
        ),
        ("tool_use", ["tool_use", "tool_result"]),
        ("signature", ["signature"]),
        ("too_long", ["too long", "too large", "request_too_large", "exceed context limit", "context window", "413"]),
    ]

    /// What the API says with 400 too, and what is no matter of the conversation. The conversation may speak of such
    /// things, so that what names a part of it goes before.
    private static let ofAccount = [
        "credit balance", "billing", "usage limit", "exceeded your current quota", "insufficient_quota",
        "quota exceeded",
        "api key", "organization has", "this organization", "model:",
    ]

    /// How 400 and 413 are spelled.
    private static let refusals = [
        "error: 400", "error: 413", "error (400)", "error (413)", "http 400", "http 413", "status 400", "status 413",
        "invalid_request_error",
    ]

    /// - Parameters:
    ///   - error: the client's own class: `invalid_request` for 413 and a prompt that is too long, `unknown` for other 400.
    ///   - text: what it shows the user, and the details.
    package static func of(error: String, text: String) -> TurnFailure {
        let text = text.lowercased()
        func says(_ words: [String]) -> Bool { words.contains { ByteSearch.contains(text, $0) } }
        if error == "rate_limit" { return .usageLimit }
        // The client has this class for refusals of its own as well, of a mode or a model that the account has not.
        guard error == "invalid_request" || error == "unknown" && says(refusals) else { return .passing }
        if let kind = kinds.first(where: { says($0.words) }) { return .poisoned(kind.name) }
        return says(refusals) && !says(ofAccount) ? .poisoned("invalid_request") : .passing
    }
}
