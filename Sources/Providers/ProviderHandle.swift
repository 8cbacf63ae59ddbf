internal import Domain
package import LanguageModel
package import Redaction
package import Settings

/// A provider made of settings, with what it holds open.
package struct ProviderHandle: Sendable {
    package let provider: any ModelProvider
    private let transport: HTTPTransport?

    /// - Parameter folder: an empty private folder, for `claude-cli`.
    /// - Parameter environment: the user's own, for `claude-cli`.
    /// - Parameter place: the file or variable the settings came from, for the error.
    /// - Parameter redactor: for what errors say; with a person's own patterns.
    /// - Returns: nil when no provider is configured.
    package static func open(
        _ endpoint: ProviderEndpoint, folder: String, environment: [String: String], place: String,
        redactor: Redactor
    ) throws(ConfigurationError) -> ProviderHandle? {
        try endpoint.validate(place: place)
        switch endpoint.kind {
        case .none: return nil
        case .anthropic:
            let transport = try HTTPTransport(endpoint, place: place)
            let provider = AnthropicProvider(endpoint, transport: transport, redactor: redactor)
            return ProviderHandle(provider: provider, transport: transport)
        case .openai:
            let transport = try HTTPTransport(endpoint, place: place)
            let provider = OpenAIProvider(endpoint, transport: transport, redactor: redactor)
            return ProviderHandle(provider: provider, transport: transport)
        case .claudeCLI:
            let provider = ClaudeCLIProvider(endpoint, folder: folder, environment: environment, redactor: redactor)
            return ProviderHandle(provider: provider, transport: nil)
        }
    }

    /// The same with its calls seen by another.
    package func watched(by watch: (any ModelProvider) -> any ModelProvider) -> ProviderHandle {
        ProviderHandle(provider: watch(provider), transport: transport)
    }

    /// Ends connections and threads. Must be called, once.
    package func shutdown() async {
        await transport?.shutdown()
    }
}
