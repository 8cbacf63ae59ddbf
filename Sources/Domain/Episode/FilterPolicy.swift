/// How much of each kind of content an episode keeps.
package struct FilterPolicy: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        case full
        /// Messages and thinking: their beginning. Tool calls: name and what they acted on. Results: the failed ones.
        case digest
        case omit
    }

    package var userMessages = Mode.full
    package var agentMessages = Mode.full
    package var toolCalls = Mode.digest
    package var toolResults = Mode.digest
    package var thinking = Mode.omit
    /// A user message longer than this loses its middle: bytes of UTF-8.
    package var longPasteBytes: Int64 = 16_000

    package init() {}

    /// The modes in one word, as an episode keeps them: what it holds is understood only with them.
    package var mark: String {
        [userMessages, agentMessages, toolCalls, toolResults, thinking].map { String($0.rawValue.prefix(1)) }.joined()
            + "\(longPasteBytes)"
    }
}
