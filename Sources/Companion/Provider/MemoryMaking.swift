package import Archive
package import Domain
package import LanguageModel
package import Providers
internal import Redaction
package import Settings
internal import Storage
internal import Transcripts

/// What the drain asks for memories: a provider, its circuit and how a memory is made with it.
package protocol MemoryMaking: Sendable {
    var provider: ProviderID { get }
    /// Makes a memory of one episode. Cancelled, it ends the call at once.
    func make(of lease: Lease) async throws(ModelFailure) -> MadeMemory
}

/// A memory and what it took to make it.
package struct MadeMemory: Sendable {
    package var memory: Memory
    package var maker: MemoryMaker
    package var answer: ModelAnswer

    package init(memory: Memory, maker: MemoryMaker, answer: ModelAnswer) {
        self.memory = memory
        self.maker = maker
        self.answer = answer
    }
}

/// A provider in use.
package struct ModelInUse: Sendable {
    package let maker: any MemoryMaking
    package let gate: CircuitGate

    package init(maker: any MemoryMaking, gate: CircuitGate) {
        self.maker = maker
        self.gate = gate
    }
}

/// Makes memories by asking a provider.
package struct ModelMemoryMaking: MemoryMaking {
    package let provider: ProviderID
    private let handle: ProviderHandle
    private let prompts: PromptLibrary
    private let settings: LiveSettings

    package init(handle: ProviderHandle, prompts: PromptLibrary, settings: LiveSettings) {
        provider = ProviderID(name: handle.provider.name, fingerprint: handle.provider.fingerprint)
        self.handle = handle
        self.prompts = prompts
        self.settings = settings
    }

    private var configuration: Configuration { settings.current.configuration }

    /// A conversation that does not fit is tried at half and at a quarter of its length.
    /// Bytes of the digest that a model is shown beside the conversation.
    private static let digestLimit = 4000
    private static let shares: [Int64] = [1, 2, 4]

    package func make(of lease: Lease) async throws(ModelFailure) -> MadeMemory {
        var failure: ModelFailure?
        for share in Self.shares {
            do throws(ModelFailure) {
                return try await make(of: lease, maxBytes: configuration.provider.maxInputBytes / share)
            } catch {
                guard [.contextLength, .requestTooLarge].contains(error.failureClass.category) else { throw error }
                failure = error
            }
        }
        throw failure
            ?? ModelFailure(
                FailureClass(category: .unknown, isRetryable: true, countsAgainstCircuit: false), message: "no answer")
    }

    private func make(of lease: Lease, maxBytes: Int64) async throws(ModelFailure) -> MadeMemory {
        let request = request(for: lease, maxBytes: Int(maxBytes))
        let answer = try await handle.provider.complete(
            request, deadline: .seconds(configuration.provider.episodeTimeoutSeconds))
        let redactor = configuration.redactor
        let memory: Memory
        do throws(MemoryAnswerError) {
            memory = try MemoryAnswer.parse(answer.text) { redactor.cleaned($0) }
        } catch {
            var failure = error.failure
            failure.inputTokens = answer.inputTokens
            failure.outputTokens = answer.outputTokens
            throw failure
        }
        let maker = MemoryMaker(
            provider: provider.name, model: configuration.provider.model, tokensIn: Int(answer.inputTokens),
            tokensOut: Int(answer.outputTokens))
        return MadeMemory(memory: memory, maker: maker, answer: answer)
    }

    func request(for lease: Lease, maxBytes: Int) -> ModelRequest {
        // A line that is no entry is in the archive as it is; a model could not read it either.
        let entries = EpisodeEntry.all(of: lease.content)
        var text = ConversationText.render(entries)
        if text.utf8.count > maxBytes { text = Shortening.middle(maxBytes).apply(to: text) }
        var random = SystemRandomNumberGenerator()
        let prompt = MemoryPrompt(
            key: lease.dispatchKey?.rawValue ?? "", session: lease.session, project: lease.project,
            capturedAt: ISOTime.text(lease.capturedMilliseconds),
            digest: Shortening.start(Self.digestLimit).apply(to: Digest(of: entries).text), conversation: text,
            boundary: String(random.next(), radix: 36))
        return prompts.request(prompt, maxOutputTokens: Int(configuration.provider.maxOutputTokens))
    }
}
