/// A token that says what it is by how it begins.
final class KnownToken: Sendable {
    /// What must hold besides prefix, alphabet and length.
    struct Demands: OptionSet {
        let rawValue: UInt8
        /// Nothing that could be part of a name stands before it: the prefix is short, or an English one.
        static let alone = Demands(rawValue: 1)
        /// It must look drawn: names begin like this, too.
        static let random = Demands(rawValue: 2)
        /// It is as long as the shortest one; what is longer is something else.
        static let exact = Demands(rawValue: 4)
        /// The prefix is no secret: it is a scheme, a word, and stays.
        static let keepsPrefix = Demands(rawValue: 8)
    }

    let kind: String
    let prefix: [UInt8]
    let alphabet: Alphabet
    /// The fewest bytes behind the prefix. Longer ones count as well: providers lengthen their tokens.
    let minimum: Int
    let demands: Demands

    init(_ kind: String, _ prefix: String, _ alphabet: Alphabet, _ minimum: Int, _ demands: Demands = []) {
        self.kind = kind
        self.prefix = Array(prefix.utf8)
        self.alphabet = alphabet
        self.minimum = minimum
        self.demands = demands
    }

    func find(_ text: inout ScannedText, at start: Int) -> Finding? {
        guard text.starts(with: prefix, at: start) else { return nil }
        let bodyStart = start + prefix.count
        var end = text.end(of: alphabet, from: bodyStart)
        // The full stop behind it, the slash that ends a path.
        while end > bodyStart, text[end - 1] == .dot || text[end - 1] == .slash && alphabet.slot == Alphabet.path.slot {
            end -= 1
        }
        guard end - bodyStart >= minimum else { return nil }
        let body = bodyStart..<end
        if demands.contains(.exact) {
            guard body.count == minimum, !Alphabet.word.contains(text[end]) else { return nil }
        }
        if demands.contains(.alone), Alphabet.path.contains(text[start - 1]), text[start - 1] != .slash { return nil }
        guard Randomness.isVaried(text, body) else { return nil }
        if demands.contains(.random), !Randomness.isRandom(text, body) { return nil }
        guard !Placeholders.isPlaceholder(text, body), !PublicExamples.contains(text, start..<end) else { return nil }
        return Finding(kind: kind, range: (demands.contains(.keepsPrefix) ? bodyStart : start)..<end)
    }
}
