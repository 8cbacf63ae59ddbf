/// What is done about a tool that is unavailable.
package enum ToolGuard: String, Sendable, CaseIterable {
    /// The model is told.
    case advise
    /// Its calls are refused, too, but for a probe now and then.
    case deny
}

/// What a model is told of a tool that fails again, once a session: what is wrong, since when, whether trying again helps and
/// when, what to do instead.
package struct ToolAdvice: Sendable {
    let tool: ToolName
    let health: ToolHealth
    let policy: ToolPolicy
    let now: Int64

    package init(tool: ToolName, health: ToolHealth, policy: ToolPolicy, at now: Int64) {
        self.tool = tool
        self.health = health
        self.policy = policy
        self.now = now
    }

    /// Whether there is something to be told: one failure is none of a tool's.
    package var isDue: Bool { health.stored == .unavailable || health.failuresInARow >= 2 }

    /// One paragraph.
    /// - Parameter session: who is told.
    package func text(to session: String) -> String {
        let others = health.failingSessions(besides: session, at: now)
        var text = "holdfast: \(tool) \((health.lastFailure ?? .unknown).clause) (\(counted))"
        if others > 0 { text += ", also in \(others) other \(others == 1 ? "session" : "sessions")" }
        return text + ". " + outlook + " " + instead
    }

    /// Why a call is refused.
    package func refusal(until milliseconds: Int64, to session: String) -> String {
        text(to: session) + Self.refusalMark + "\(ISOTime.text(milliseconds))."
    }

    private static let refusalMark = " This call was not made; one is let through after "

    /// Whether a result is our own refusal: the tool was not asked, and it says nothing of it.
    package static func isRefusal(_ result: String) -> Bool {
        ByteSearch.contains(result, "holdfast: ") && ByteSearch.contains(result, refusalMark)
    }

    private var counted: String {
        let row = health.failuresInARow
        let began = health.stored == .available ? health.lastSuccessMilliseconds : health.sinceMilliseconds
        let count = row == 1 ? "1 failure" : "\(row) failures in a row"
        guard began > 0 else { return count }
        let word = health.stored == .available ? "last success" : "\(health.stored.rawValue) since"
        return "\(count), \(word) \(ISOTime.text(began))"
    }

    private var outlook: String {
        guard let failure = health.lastFailure, failure.isPassing else {
            return "Trying again does not help until somebody mends it."
        }
        guard health.stored == .unavailable, health.retryAtMilliseconds > now else {
            return "Trying again may help, after a pause."
        }
        return "Trying again may help after \(ISOTime.text(health.retryAtMilliseconds)), not before."
    }

    private var instead: String {
        policy.fallback.isEmpty
            ? "Until then go on without it, and say what could not be looked up."
            : ToolFallback(tool: tool, health: health, at: now).text(by: policy.fallback)
    }

    /// That it works again, where a model was told that it does not.
    package static func recovery(of tools: [ToolName]) -> String {
        "holdfast: \(tools.map(\.rawValue).joined(separator: ", ")) \(tools.count == 1 ? "works" : "work") again."
    }
}
