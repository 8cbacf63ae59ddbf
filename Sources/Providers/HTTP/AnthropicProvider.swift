internal import Domain
package import LanguageModel
internal import Settings

/// Asks through the Messages API.
package struct AnthropicProvider: ModelProvider {
    private let conversation: HTTPConversation

    package init(
        _ settings: ProviderSettings, transport: HTTPTransport, now: @Sendable @escaping () -> Int64 = WallClock.now
    ) {
        var headers = ["anthropic-version": AnthropicMessages.version]
        headers["x-api-key"] = settings.apiKey?.value
        conversation = HTTPConversation(settings, transport, headers: headers, now: now)
    }

    package var name: String { ProviderKind.anthropic.rawValue }
    package var fingerprint: String { conversation.settings.fingerprint }

    package func complete(
        _ request: ModelRequest, deadline: Duration
    ) async throws(ModelFailure) -> ModelAnswer {
        let body = AnthropicMessages.body(request, model: conversation.settings.model)
        let reply = try await conversation.post("/v1/messages", body: body, deadline: deadline)
        return try conversation.answer(reply, read: AnthropicMessages.read)
    }

    package func check(deadline: Duration) async throws(ModelFailure) {
        try await conversation.check("/v1/models", extra: ["limit": "1"], deadline: deadline)
    }
}
