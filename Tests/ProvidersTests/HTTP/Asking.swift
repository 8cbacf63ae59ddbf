import Domain
import LanguageModel
import Providers
import Redaction
import Settings
import TestSupport

/// Asking one of the HTTP providers in a test.
enum Asking {
    static let kinds: [ProviderKind] = [.anthropic, .openai]
    static let key = "sk-test-0123456789abcdefKEY"
    static let request = ModelRequest(system: "Be brief.", prompt: "Tell of mark-apple please", maxOutputTokens: 64)
    /// For what never comes; no test waits that long.
    static let long = Duration.seconds(60)
    static let short = Duration.milliseconds(300)

    static func settings(_ kind: ProviderKind, at url: String) -> ProviderEndpoint {
        var settings = ProviderEndpoint(kind: kind)
        settings.baseURL = kind == .openai ? url + "/v1" : url
        settings.model = "scripted"
        settings.apiKey = Secret(key)
        return settings
    }

    /// Opens a provider of these settings for as long as a body takes.
    static func with<Answer>(
        _ settings: ProviderEndpoint, redactor: Redactor = Redactor(),
        _ body: (any ModelProvider) async throws -> Answer
    ) async throws -> Answer {
        let handle = try ProviderHandle.open(
            settings, folder: "/", environment: [:], place: "test", redactor: redactor)
        guard let handle else { throw Missing() }
        do {
            let answer = try await body(handle.provider)
            await handle.shutdown()
            return answer
        } catch {
            await handle.shutdown()
            throw error
        }
    }

    struct Missing: Error {}

    /// The failure of a call, or nil when it succeeded.
    static func failure(
        of settings: ProviderEndpoint, redactor: Redactor = Redactor(), deadline: Duration = long
    ) async throws -> ModelFailure? {
        try await with(settings, redactor: redactor) { provider in
            do throws(ModelFailure) {
                _ = try await provider.complete(request, deadline: deadline)
                return nil
            } catch {
                return error
            }
        }
    }
}
