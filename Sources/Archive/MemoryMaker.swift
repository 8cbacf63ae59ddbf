/// Who made a memory, and what it took.
package struct MemoryMaker: Sendable, Equatable, Codable {
    package var provider: String
    package var model: String
    package var tokensIn: Int
    package var tokensOut: Int

    package init(provider: String, model: String, tokensIn: Int = 0, tokensOut: Int = 0) {
        self.provider = provider
        self.model = model
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
    }

    enum CodingKeys: String, CodingKey {
        case provider, model
        case tokensIn = "tokens_in"
        case tokensOut = "tokens_out"
    }
}
