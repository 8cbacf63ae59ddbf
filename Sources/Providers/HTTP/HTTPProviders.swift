internal import Domain
package import LanguageModel
internal import Platform
package import Redaction
internal import Settings
internal import Synchronization

/// Asks through the Messages API.
package struct AnthropicProvider: ModelProvider {
    private let conversation: HTTPConversation

    package init(
        _ endpoint: ProviderEndpoint, transport: HTTPTransport, redactor: Redactor = Redactor(),
        now: @Sendable @escaping () -> Int64 = { HostClock.wallMilliseconds }
    ) {
        var headers = ["anthropic-version": AnthropicMessages.version]
        headers["x-api-key"] = endpoint.apiKey?.value
        conversation = HTTPConversation(endpoint, transport, headers: headers, redactor: redactor, now: now)
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

/// Asks through the Chat Completions protocol, at whichever of its many servers.
package final class OpenAIProvider: ModelProvider {
    private let conversation: HTTPConversation
    /// What this server calls the limit of the answer, as far as it has told.
    private let limitName = Mutex(ChatCompletions.LimitName.old)

    package init(
        _ endpoint: ProviderEndpoint, transport: HTTPTransport, redactor: Redactor = Redactor(),
        now: @Sendable @escaping () -> Int64 = { HostClock.wallMilliseconds }
    ) {
        var headers: [String: String] = [:]
        headers["authorization"] = endpoint.apiKey.map { "Bearer " + $0.value }
        conversation = HTTPConversation(endpoint, transport, headers: headers, redactor: redactor, now: now)
    }

    package var name: String { ProviderKind.openai.rawValue }
    package var fingerprint: String { conversation.endpoint.fingerprint }

    package func complete(
        _ request: ModelRequest, deadline: Duration
    ) async throws(ModelFailure) -> ModelAnswer {
        let start = ContinuousClock.now
        let name = limitName.withLock { $0 }
        var reply = try await ask(request, name, deadline: deadline)
        if name == .old, ChatCompletions.wantsNewLimitName(status: reply.status, body: reply.body) {
            reply = try await ask(request, .new, deadline: deadline - (ContinuousClock.now - start))
            if (200..<300).contains(reply.status) { limitName.withLock { $0 = .new } }
        }
        return try conversation.answer(reply, read: ChatCompletions.read)
    }

    private func ask(
        _ request: ModelRequest, _ limit: ChatCompletions.LimitName, deadline: Duration
    ) async throws(ModelFailure) -> HTTPReply {
        let body = ChatCompletions.body(request, model: conversation.endpoint.model, limit: limit)
        return try await conversation.post("/chat/completions", body: body, deadline: deadline)
    }

    package func check(deadline: Duration) async throws(ModelFailure) {
        try await conversation.check("/models", deadline: deadline)
    }
}
