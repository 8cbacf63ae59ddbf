internal import Domain

extension TokenUsage {
    /// Adds what one reply says of itself.
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
