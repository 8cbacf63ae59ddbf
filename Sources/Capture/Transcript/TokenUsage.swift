/// Tokens as the API counted them, each reply once.
package struct TokenUsage: Sendable, Equatable {
    package var input: Int64 = 0
    package var output: Int64 = 0
    package var cacheCreation: Int64 = 0
    package var cacheRead: Int64 = 0

    mutating func add(_ usage: Range<Int>, of text: JSONText) {
        guard text.isObject(usage) else { return }
        var sum = self
        _ = text.members(of: usage.lowerBound) { name, value in
            guard let count = Int64(text.raw(value.prefix(20))), count >= 0, count < 1 << 40 else { return }
            if text.matches(name, "input_tokens") { sum.input += count }
            if text.matches(name, "output_tokens") { sum.output += count }
            if text.matches(name, "cache_creation_input_tokens") { sum.cacheCreation += count }
            if text.matches(name, "cache_read_input_tokens") { sum.cacheRead += count }
        }
        self = sum
    }
}
