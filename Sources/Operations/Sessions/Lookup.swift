package import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// What a lookup answers: whether the next dispatch of a key may resume, and what.
package struct LookupAnswer: Encodable, Sendable {
    package let dispatch_key: String
    package let verdict: LookupVerdict
    /// The session meant by the verdict; for `expired` and `missing` the one that was dropped.
    @OrNull package var session_id: String?
    package let remedy: String
    @OrNull package var last_used_at: String?
    @OrNull package var host: String?
    @OrNull package var cwd: String?
    /// Why the transcript could not be looked for, where that is so.
    @OrNull package var doubt: String?
    /// redis, or mirror while Redis is away.
    package let source: String

    /// What a dispatch should resume.
    package let resumable: SessionID?

    private enum CodingKeys: CodingKey {
        case dispatch_key, verdict, session_id, remedy, last_used_at, host, cwd, doubt, source
    }

    package init(_ key: DispatchKey, _ result: SessionLookup.Result) {
        dispatch_key = key.rawValue
        verdict = result.verdict
        remedy = result.verdict.remedy(key: key, host: result.host, configDirectory: result.configDirectory)
        source = result.isFromMirror ? "mirror" : "redis"
        session_id = result.session?.rawValue
        last_used_at = result.lastUsedMilliseconds.map(ISOTime.text)
        host = result.host.isEmpty ? nil : result.host
        cwd = result.cwd.isEmpty ? nil : result.cwd
        doubt = result.doubt
        resumable = result.resumable
    }
}

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
    /// Asks for the session of a key. What cannot resume is dropped on the way; how long it took is counted.
    /// - Parameter notice: told of what a person would want to know.
    package func lookUp(_ key: DispatchKey, notice: (String) -> Void = { _ in }) throws -> LookupAnswer {
        let start = ContinuousClock().now
        defer { Latencies(settings.state, of: .lookups).add(ContinuousClock().now - start) }
        return LookupAnswer(key, try find(key, peek: false, notice))
    }

    /// Looks only: drops and counts nothing.
    /// - Parameter notice: told of what a person would want to know.
    package func explain(_ key: DispatchKey, notice: (String) -> Void = { _ in }) throws -> Explanation {
        let result = try find(key, peek: true, notice)
        return Explanation(key, result, lastChange: try result.isFromMirror ? nil : lastEvent(of: key))
    }

    /// Asks Redis, starts it where it is ours and away, and takes the mirror's word should that not help.
    private func find(_ key: DispatchKey, peek: Bool, _ notice: (String) -> Void) throws -> SessionLookup.Result {
        let lookup = SessionLookup(key: key, settings: settings, host: host, peek: peek)
        do throws(RedisError) {
            var connection = try connectStarting { notice("Redis is away; starting the companion") }
            return try lookup.run(over: &connection)
        } catch {
            guard error.isAway else { throw error }
            notice("\(error); answering from the mirror")
            return lookup.runOnMirror()
        }
    }
}
