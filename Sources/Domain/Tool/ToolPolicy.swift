/// What is done where a tool fails: how often it is tried again, after how long, and what is said in its place.
package struct ToolPolicy: Sendable, Equatable {
    /// After the first try.
    package var maxRetries: Int64 = 2
    package var delayMilliseconds: Int64 = 1000
    /// Each pause is so many times as long as the one before.
    package var backoff = 2.0
    /// What is said where it is given up; a template (`ToolFallback`). Empty for what is built in.
    package var fallback = ""
    /// Failures in a row that make it unavailable.
    package var unavailableAfter: Int64 = 3
    /// After so long an unavailable one is tried again.
    package var retryAfterMilliseconds: Int64 = 60_000

    package init(
        maxRetries: Int64 = 2, delayMilliseconds: Int64 = 1000, backoff: Double = 2.0, fallback: String = "",
        unavailableAfter: Int64 = 3, retryAfterMilliseconds: Int64 = 60_000
    ) {
        self.maxRetries = maxRetries
        self.delayMilliseconds = delayMilliseconds
        self.backoff = backoff
        self.fallback = fallback
        self.unavailableAfter = unavailableAfter
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// No pause is longer, ms.
    package static let longestDelay: Int64 = 3_600_000
    /// Callers that failed at one time do not come back at one time.
    package static let jitter = 0.1

    /// How long to wait before a try.
    /// - Parameters:
    ///   - retry: 1 for the second try.
    ///   - random: 0..<1.
    /// - Returns: ms; nil where it is not tried again.
    package func delay(before retry: Int64, random: Double) -> Int64? {
        guard retry >= 1, retry <= maxRetries else { return nil }
        var plain = Double(delayMilliseconds)
        for _ in 1..<retry where plain < Double(Self.longestDelay) { plain *= backoff }
        let spread = min(plain, Double(Self.longestDelay)) * (1 + Self.jitter * (2 * random - 1))
        return max(0, Int64(spread))
    }
}

/// The policies of all tools: of one by its name, of several by a pattern with `*`.
package struct ToolPolicies: Sendable, Equatable {
    /// By name or pattern.
    package var named: [String: ToolPolicy]

    package init(named: [String: ToolPolicy] = [:]) { self.named = named }

    /// What holds where the file says nothing.
    package static let standard = ToolPolicies(named: [
        "*": ToolPolicy(),
        // A command that failed is mended, not tried again.
        "Bash": ToolPolicy(maxRetries: 0, unavailableAfter: 10, retryAfterMilliseconds: 60_000),
        "WebFetch": ToolPolicy(maxRetries: 2, delayMilliseconds: 1000, backoff: 2),
        "WebSearch": ToolPolicy(maxRetries: 2, delayMilliseconds: 1000, backoff: 2),
        "mcp__*": ToolPolicy(maxRetries: 2, delayMilliseconds: 1000, backoff: 2),
    ])

    /// By its name, else by the pattern that says most of it; those of the file before those that are built in.
    package subscript(tool: ToolName) -> ToolPolicy {
        best(of: tool) ?? Self.standard.best(of: tool) ?? ToolPolicy()
    }

    private func best(of tool: ToolName) -> ToolPolicy? {
        if let own = named[tool.rawValue] { return own }
        let fitting = named.keys.filter { Self.matches($0, tool.rawValue) }
        return fitting.max { ($0.utf8.count, $1) < ($1.utf8.count, $0) }.flatMap { named[$0] }
    }

    /// Whether a name is of a pattern, in which `*` stands for any letters.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        let pattern = Array(pattern.utf8), name = Array(name.utf8), star = UInt8(ascii: "*")
        var (at, index, lastStar, mark) = (0, 0, -1, 0)
        while index < name.count {
            if at < pattern.count, pattern[at] == star {
                (lastStar, mark) = (at, index)
                at += 1
            } else if at < pattern.count, pattern[at] == name[index] {
                at += 1
                index += 1
            } else if lastStar >= 0 {
                at = lastStar + 1
                mark += 1
                index = mark
            } else {
                return false
            }
        }
        while at < pattern.count, pattern[at] == star { at += 1 }
        return at == pattern.count
    }
}
