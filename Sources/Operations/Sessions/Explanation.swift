package import Capture
package import Domain
internal import Platform

/// What the next dispatch of a key will do, and why.
package struct Explanation: Encodable, Sendable {
    package let dispatch_key: String
    package let verdict: LookupVerdict
    package let session_id: String?
    package let paragraph: String
    package let last_change: Event?

    /// - Parameter lastChange: nil also where it is not known.
    package init(_ key: DispatchKey, _ result: SessionLookup.Result, lastChange: Event? = nil) {
        dispatch_key = key.rawValue
        verdict = result.verdict
        session_id = result.session?.rawValue
        last_change = lastChange
        paragraph = Self.paragraph(key, result, lastChange)
    }

    private static func paragraph(_ key: DispatchKey, _ result: SessionLookup.Result, _ event: Event?) -> String {
        let now = Timestamp(HostClock.wallMilliseconds)
        let session = result.session.map { "session \($0)" } ?? "a session"
        let used = "last used \(result.lastUsedMilliseconds.map { Timestamp($0).ago(now) } ?? "never")"
        var sentences: [String] =
            switch result.verdict {
            case .resumable:
                [
                    "The next dispatch of \(key) resumes \(session), \(used): its transcript is here and nobody drives it."
                ]
            case .busy: ["The next dispatch of \(key) waits, or exits 75: another run drives \(session)."]
            case .elsewhere where result.isOtherConfigDirectory:
                ["The next dispatch of \(key) starts fresh: \(session), \(used), lies under \(result.configDirectory)."]
            case .elsewhere:
                [
                    "The next dispatch of \(key) tries \(session), \(used): it was made on \(result.host) and is not known here."
                ]
            case .expired:
                ["The next dispatch of \(key) starts fresh: \(session) was unused for longer than max_session_age_ms."]
            case .missing: ["The next dispatch of \(key) starts fresh: the transcript of \(session), \(used), is gone."]
            case .none: ["The next dispatch of \(key) starts fresh: the key has no session."]
            }
        let remedy = result.verdict.remedy(key: key, host: result.host, configDirectory: result.configDirectory)
        sentences.append("What to do: \(remedy).")
        if let doubt = result.doubt { sentences.append("The transcript could not be looked for: \(doubt).") }
        if result.isFromMirror { sentences.append("Redis is away; this is what the mirror says.") }
        if let event {
            sentences.append("Last change: session \(event.words), \(Timestamp(event.milliseconds).ago(now)).")
        }
        return sentences.joined(separator: " ")
    }
}

extension Workplace {
    /// Looks only: drops and counts nothing.
    /// - Parameter notice: told of what a person would want to know.
    package func explain(_ key: DispatchKey, notice: (String) -> Void = { _ in }) throws -> Explanation {
        let result = try lookUp(key, peek: true, notice: notice)
        return Explanation(key, result, lastChange: try result.isFromMirror ? nil : lastEvent(of: key))
    }
}
