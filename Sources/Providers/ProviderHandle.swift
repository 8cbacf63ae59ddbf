internal import Domain
package import LanguageModel
package import Settings

/// A provider made of settings, with what it holds open.
package struct ProviderHandle: Sendable {
    package let provider: any ModelProvider
    private let transport: HTTPTransport?

    /// - Parameter folder: an empty private folder, for `claude-cli`.
    /// - Parameter environment: the user's own, for `claude-cli`.
    /// - Parameter place: the file or variable the settings came from, for the error.
    /// - Returns: nil when no provider is configured.
    package static func open(
        _ endpoint: ProviderEndpoint, folder: String, environment: [String: String], place: String
    ) throws(ConfigurationError) -> ProviderHandle? {
        try endpoint.validate(place: place)
        switch endpoint.kind {
        case .none: return nil
        case .anthropic:
            let transport = try HTTPTransport(endpoint, place: place)
            return ProviderHandle(provider: AnthropicProvider(endpoint, transport: transport), transport: transport)
        case .openai:
            let transport = try HTTPTransport(endpoint, place: place)
            return ProviderHandle(provider: OpenAIProvider(endpoint, transport: transport), transport: transport)
        case .claudeCLI:
            let provider = ClaudeCLIProvider(endpoint, folder: folder, environment: environment)
            return ProviderHandle(provider: provider, transport: nil)
        }
    }

    /// Ends connections and threads. Must be called, once.
    package func shutdown() async {
        await transport?.shutdown()
    }
}
