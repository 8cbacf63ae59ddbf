package import Domain
internal import Platform
internal import Redaction
package import Redis
internal import Settings
internal import Storage

/// What is told and asked of one tool. Nobody waits for a Redis that is away: then it may be called, and nothing is recorded.
package struct ToolCalls: Sendable {
    private let place: Workplace
    private let store: ToolStore
    package let policy: ToolPolicy

    /// - Throws: `ConfigurationError` where `tools.json` cannot be understood.
    package init(_ place: Workplace, of tool: ToolName) throws {
        self.place = place
        store = ToolStore(keys: place.settings.keys, tool: tool)
        policy = try place.settings.toolPolicies()[tool]
    }

    /// Whether it is worth calling now; where it is unavailable, one caller at a time finds out.
    package func mayCall() -> Bool {
        if case .wait = advice() { return false }
        return true
    }

    package func advice() -> ToolHealth.Advice {
        decide { health, now in health.ask(at: now) } ?? .call
    }

    /// What became of a call.
    /// - Parameter words: of an error, as they came; kept without secrets.
    package func tell(_ failure: ToolErrorClass?, _ words: String, took: Duration?) {
        let redacted = failure == nil ? "" : place.settings.configuration.redactor.redact(words)
        let message = PlainText.line(redacted, limit: ToolCallTally.messageLimit), policy = policy
        _ = decide { health, now in
            health.take(
                ToolHealth.Outcome(
                    failure: failure, message: message, durationMilliseconds: took.map { Int64($0 / .milliseconds(1)) },
                    atMilliseconds: now), policy)
        }
    }

    /// The same as somebody else tells it.
    /// - Throws: `RedisError`: who tells it wants to know whether it is kept.
    package func record(_ offered: OfferedOutcome) throws(RedisError) {
        let redacted = place.settings.configuration.redactor.redact(offered.message)
        let message = PlainText.line(redacted, limit: ToolCallTally.messageLimit), policy = policy
        var connection = try place.connect()
        try connection.decide(store, by: place.host) { health, now in
            health.take(
                ToolHealth.Outcome(
                    failure: offered.failure, message: message, durationMilliseconds: offered.durationMilliseconds,
                    atMilliseconds: now), policy)
        }
    }

    /// A person says that it is well.
    package func reset() throws(RedisError) {
        var connection = try place.connect()
        try connection.decide(store, by: place.host) { health, now in health.reset(at: now) }
    }

    package var health: ToolHealth? {
        guard var connection = try? place.connect() else { return nil }
        return (try? connection.ask(store.reading))??.health
    }

    /// What is said in place of an answer.
    /// - Parameter template: nil for that of the policy.
    package func fallback(_ template: String?) -> String {
        ToolFallback(tool: store.tool, health: health, at: HostClock.wallMilliseconds).text(
            by: template ?? policy.fallback)
    }

    private func decide<Answer>(_ decision: (inout ToolHealth, Int64) -> Answer) -> Answer? {
        guard var connection = try? place.connect() else { return nil }
        return try? connection.decide(store, by: place.host, decision)
    }
}
