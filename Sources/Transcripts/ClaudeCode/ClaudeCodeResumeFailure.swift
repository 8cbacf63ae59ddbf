internal import Domain

/// How Claude Code refuses to resume a session: that it does not exist, or that it cannot be loaded. Wordings seen on 2.1.1
/// to 2.1.329; the client prints the first on stderr in text and json mode, and in `errors[]` of the one `result` line in
/// stream-json mode.
struct ClaudeCodeResumeFailure: ResumeFailureText {
    private static let wordings = [
        "no conversation found", "no session found with", "does not match any session title",
        "failed to resume session",
    ]

    /// A direct resume of a session that a background job has (2.1.332).
    func isHeld(_ text: String) -> Bool {
        ByteSearch.contains(text.lowercased(), "session is running in the background")
    }

    func isIn(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return Self.wordings.contains { ByteSearch.contains(lowered, $0) }
    }

    func mayBegin(_ line: String) -> Bool {
        let lowered = line.lowercased()
        return [
            "no conversation found", "no session found with", "error: --resume requires",
            "error: no conversation found", "failed to resume session", "error: failed to resume session",
            "that session is running in the background", "error: that session is running in the background",
        ]
        .contains { $0.hasPrefix(lowered) || lowered.hasPrefix($0) }
    }

    /// A line of stream-json, or the answer of json mode.
    func isResult(_ line: String) -> Bool {
        // What is no JSON is no result: it is the client's text, to be passed on as it is.
        guard isIn(line), let result = try? JSONValue(parsing: line), result["type"]?.string == "result",
            result["is_error"]?.bool == true
        else { return false }
        return result["errors"]?.elements?.contains { $0.string.map(isIn) ?? false } ?? false
    }

    /// Nothing, or news of the client's own in stream-json, such as that of a hook (`--include-hook-events`; the client fires
    /// SessionEnd when it fails to resume) or of a plugin. With `init` the session is there.
    func mayPrecede(_ line: String) -> Bool {
        if line.allSatisfy(\.isWhitespace) { return true }
        guard line.hasPrefix("{"), let news = try? JSONValue(parsing: line) else { return false }
        return news["type"]?.string == "system" && news["subtype"]?.string != "init"
    }
}
