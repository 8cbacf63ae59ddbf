internal import FoundationEssentials

/// What to do with a binding after a run that tried to resume it, decided from evidence alone.
///
///     said "No conversation found"?  --no-->  nothing is known: keep
///              | yes
///     transcript anywhere here?  --absent-->  drop
///              |--found, but without a message--> drop (the client cannot resume it anywhere)
///              |--found--> keep, and say where it can be resumed (older clients look in their own folder only)
///              |--unknown--> keep, and say why it is not known
package enum ResumeVerdict: Sendable, Equatable {
    case drop
    case keep(resumableFrom: String)
    case keepUnseen(reason: String)
    /// API errors, authentication, timeouts, signals and any other exit 1.
    case noEvidence

    /// - Parameters:
    ///   - hasMessages: whether the transcript that was found holds a conversation.
    ///   - cwd: where the session was made.
    package static func decide(
        saidNotFound: Bool, presence: TranscriptPresence, hasMessages: Bool, cwd: String
    ) -> ResumeVerdict {
        guard saidNotFound else { return .noEvidence }
        switch presence {
        case .absent: return .drop
        case .found: return hasMessages ? .keep(resumableFrom: cwd) : .drop
        case .unknown(let reason): return .keepUnseen(reason: reason)
        }
    }
}

/// How the client says that a session does not exist. Wordings seen on 2.1.81 to 2.1.329; the client prints the first on
/// stderr in text and json mode, and in `errors[]` of the one `result` line in stream-json mode.
package enum ResumeFailureText {
    private static let wordings = [
        "no conversation found", "no session found with", "does not match any session title",
    ]

    package static func isIn(_ text: some StringProtocol) -> Bool {
        let lowered = text.lowercased()
        return wordings.contains { lowered.contains($0) }
    }

    /// Whether a line may be, or become, one that says so: it must be held back until that is clear.
    package static func mayBegin(_ line: some StringProtocol) -> Bool {
        let lowered = line.lowercased()
        return [
            "no conversation found", "no session found with", "error: --resume requires",
            "error: no conversation found",
        ]
        .contains { $0.hasPrefix(lowered) || lowered.hasPrefix($0) }
    }

    /// Whether a line of stream-json, or the answer of json mode, is a result that says so.
    package static func isResult(_ line: String) -> Bool {
        // What is no JSON is no result: it is the client's text, to be passed on as it is.
        guard isIn(line), let result = try? JSONDecoder().decode(Result.self, from: Data(line.utf8)) else {
            return false
        }
        return result.type == "result" && result.is_error == true && (result.errors ?? []).contains { isIn($0) }
    }

    /// Whether a line of stream-json may stand before a failure: nothing, or news of a hook
    /// (`--include-hook-events`; the client fires SessionEnd when it fails to resume).
    static func mayPrecede(_ line: String) -> Bool {
        if line.allSatisfy(\.isWhitespace) { return true }
        guard line.hasPrefix("{"), let news = try? JSONDecoder().decode(Result.self, from: Data(line.utf8)) else {
            return false
        }
        return news.type == "system" && (news.subtype ?? "").hasPrefix("hook_")
    }

    private struct Result: Decodable {
        var type: String
        var subtype: String?
        var is_error: Bool?
        var errors: [String]?
    }
}
