/// Which protocol a provider speaks.
package enum ProviderKind: String, Sendable, CaseIterable {
    case none, anthropic, openai
    /// The user's own Claude Code.
    case claudeCLI = "claude-cli"
}

/// Whom memories are asked of, as `holdfast.json` says it.
package struct ProviderConfiguration: Sendable, Equatable {
    package var kind = ProviderKind.none
    /// Empty: the provider's own.
    package var baseURL = ""
    package var model = ""
    /// Empty: ANTHROPIC_API_KEY or OPENAI_API_KEY.
    package var keyVariable = ""
    package var keyFile = ""
    /// `${NAME}` in a value stands for an environment variable.
    package var headers: [String: String] = [:]
    package var query: [String: String] = [:]
    package var maxOutputTokens: Int64 = 2000
    package var maxInputBytes: Int64 = 120_000
    package var connectTimeoutSeconds: Int64 = 10
    package var headerTimeoutSeconds: Int64 = 60
    package var episodeTimeoutSeconds: Int64 = 120
    package var maxResponseBytes: Int64 = 4 << 20
    package var proxy = ""
    package var caFile = ""
    package var command = "claude"

    package init() {}
}

/// What an explicit addition does when no model can be asked.
package enum UnavailablePolicy: String, Sendable, CaseIterable {
    case fail
    case storeRaw = "store_raw"
    case queueRetry = "queue_retry"
}

/// Who is told of trouble, and when.
package struct NotificationPolicy: Sendable, Equatable {
    package var webhookURL = ""
    package var secretFile = ""
    /// Failures in a row.
    package var threshold: Int64 = 3

    package init() {}
}
