package import Archive
package import Domain
package import LanguageModel
internal import Platform
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
    /// Makes the summary of a session, or extends it. Cancelled, it ends the call at once.
    func summarise(_ part: SessionPart) async throws(ModelFailure) -> MadeMemory
    /// Sums up long messages of an episode. Cancelled, it ends the call at once.
    func sumUp(_ messages: [LongMessages.Message], of lease: Lease) async throws(ModelFailure) -> SummedMessages
}

/// Summaries of long messages and what they took to make.
package struct SummedMessages: Sendable {
    package var summaries: [TextSummary]
    package var answer: ModelAnswer

    package init(summaries: [TextSummary], answer: ModelAnswer) {
        self.summaries = summaries
        self.answer = answer
    }
}

/// What of a session a model is asked to summarise at once.
package struct SessionPart: Sendable {
    package var session: SessionID
    package var dispatchKey: String
    package var project: String
    /// As it is so far; nil where there is none.
    package var earlier: Memory?
    /// In the order in which they were captured.
    package var memories: [StoredSessionMemory]
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
    private let prompts: PromptShelf
    private let settings: LiveSettings

    package init(handle: ProviderHandle, prompts: PromptShelf, settings: LiveSettings) {
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

    /// - Parameter read: what the answer says.
    private func ask<Value>(
        _ request: ModelRequest, _ read: (String) throws(MemoryAnswerError) -> Value
    ) async throws(ModelFailure) -> (Value, ModelAnswer) {
        let answer = try await handle.provider.complete(
            request, deadline: .seconds(configuration.provider.episodeTimeoutSeconds))
        do throws(MemoryAnswerError) {
            return (try read(answer.text), answer)
        } catch {
            var failure = error.failure
            failure.inputTokens = answer.inputTokens
            failure.outputTokens = answer.outputTokens
            throw failure
        }
    }

    private func ask(_ request: ModelRequest, isOfSession: Bool) async throws(ModelFailure) -> MadeMemory {
        let redactor = configuration.redactor
        let (memory, answer) = try await ask(request) { (text) throws(MemoryAnswerError) in
            try MemoryAnswer.parse(text, isOfSession: isOfSession) { redactor.cleaned($0) }
        }
        let maker = MemoryMaker(
            provider: provider.name, model: configuration.provider.model, tokensIn: Int(answer.inputTokens),
            tokensOut: Int(answer.outputTokens))
        return MadeMemory(memory: memory, maker: maker, answer: answer)
    }

    package func summarise(_ part: SessionPart) async throws(ModelFailure) -> MadeMemory {
        var random = SystemRandomNumberGenerator()
        let times = part.memories.map(\.capturedMilliseconds)
        let prompt = SessionPrompt(
            key: part.dispatchKey, session: part.session.rawValue, project: part.project,
            from: ISOTime.text(times.min() ?? 0), to: ISOTime.text(times.max() ?? 0),
            earlier: part.earlier.map { $0.outline(at: nil) } ?? "",
            memories: part.memories.map { $0.memory.memory.outline(at: $0.capturedMilliseconds) }.joined(
                separator: "\n\n"),
            boundary: String(random.next(), radix: 36))
        return try await ask(
            prompts.library(for: part.project).request(
                prompt, maxOutputTokens: Int(configuration.provider.maxOutputTokens)), isOfSession: true)
    }

    package func sumUp(
        _ messages: [LongMessages.Message], of lease: Lease
    ) async throws(ModelFailure) -> SummedMessages {
        var random = SystemRandomNumberGenerator()
        let prompt = LongMessages(
            key: lease.dispatchKey?.rawValue ?? "", session: lease.session, project: lease.project,
            messages: messages, boundary: String(random.next(), radix: 36))
        let request = prompts.library(for: lease.project).request(
            prompt, maxOutputTokens: Int(configuration.provider.maxOutputTokens))
        let redactor = configuration.redactor
        let (found, answer) = try await ask(request) { (text) throws(MemoryAnswerError) in
            try prompt.summaries(in: text) { redactor.cleaned($0) }
        }
        let now = HostClock.wallMilliseconds
        let summaries = found.map {
            TextSummary(
                sum: $0, text: $1, provider: provider.name, model: configuration.provider.model, madeMilliseconds: now)
        }
        return SummedMessages(summaries: summaries.sorted { $0.sum < $1.sum }, answer: answer)
    }

    private func make(of lease: Lease, maxBytes: Int64) async throws(ModelFailure) -> MadeMemory {
        try await ask(request(for: lease, maxBytes: Int(maxBytes)), isOfSession: false)
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
        return prompts.library(for: lease.project).request(
            prompt, maxOutputTokens: Int(configuration.provider.maxOutputTokens))
    }
}
