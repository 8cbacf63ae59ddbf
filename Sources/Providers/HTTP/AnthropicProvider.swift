internal import Domain
package import LanguageModel
internal import Platform
internal import Settings

/// Asks through the Messages API.
package struct AnthropicProvider: ModelProvider {
    private let conversation: HTTPConversation

    package init(
        _ endpoint: ProviderEndpoint, transport: HTTPTransport,
        now: @Sendable @escaping () -> Int64 = { HostClock.wallMilliseconds }
    ) {
        var headers = ["anthropic-version": AnthropicMessages.version]
        headers["x-api-key"] = endpoint.apiKey?.value
        conversation = HTTPConversation(endpoint, transport, headers: headers, now: now)
    }

    package var name: String { ProviderKind.anthropic.rawValue }
    package var fingerprint: String { conversation.endpoint.fingerprint }

    package func complete(
        _ request: ModelRequest, deadline: Duration
    ) async throws(ModelFailure) -> ModelAnswer {
        let body = AnthropicMessages.body(request, model: conversation.endpoint.model)
        let reply = try await conversation.post("/v1/messages", body: body, deadline: deadline)
        return try conversation.answer(reply, read: AnthropicMessages.read)
    }

    package func check(deadline: Duration) async throws(ModelFailure) {
        try await conversation.check("/v1/models", extra: ["limit": "1"], deadline: deadline)
    }
}
