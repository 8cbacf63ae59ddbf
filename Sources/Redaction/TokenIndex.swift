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
        /// It is the end of a URL, all of which goes: who has it may call it.
        static let url = Demands(rawValue: 16)
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
        let run = end
        // The full stops behind it, the slash that ends a path: a few, as many tokens may end in one run of them.
        while end > bodyStart, run - end < 8,
            text[end - 1] == .dot || text[end - 1] == .slash && alphabet.slot == Alphabet.path.slot
        {
            end -= 1
        }
        guard end - bodyStart >= minimum else { return nil }
        let body = bodyStart..<end
        if demands.contains(.exact) {
            guard body.count == minimum, !Alphabet.word.contains(text[end]) else { return nil }
        }
        if demands.contains(.alone), isPartOfAnother(text, start..<end) { return nil }
        guard Randomness.isVaried(text, body) else { return nil }
        if demands.contains(.random), !Randomness.isRandom(text, body) { return nil }
        guard !Placeholders.isPlaceholder(text, body), !PublicExamples.contains(text, start..<end) else { return nil }
        if demands.contains(.url) { return Finding(kind: kind, range: Self.startOfURL(text, before: start)..<end) }
        return Finding(kind: kind, range: (demands.contains(.keepsPrefix) ? bodyStart : start)..<end)
    }
}

extension KnownToken {
    /// Whether it is a piece of a name, or of something in base64.
    private func isPartOfAnother(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        if text[range.upperBound] == UInt8(ascii: "+"), text[range.upperBound + 1].isAlphanumeric { return true }
        let before = text[range.lowerBound - 1]
        return !text.isJoint(range.lowerBound)
            && (before == UInt8(ascii: "+") || Alphabet.path.contains(before) && before != .slash)
    }

    /// The scheme before a host, and what the host begins with.
    private static func startOfURL(_ text: ScannedText, before start: Int) -> Int {
        var at = start
        while start - at < 128, Alphabet.path.contains(text[at - 1]), !text.starts(with: [.slash, .slash], at: at - 2) {
            at -= 1
        }
        guard text[at - 1] == .slash, text[at - 3] == .colon else { return start }
        at -= 3
        while start - at < 160, text[at - 1].isLetter { at -= 1 }
        return at
    }
}

/// Finds the tokens that may begin at a place, by its first three bytes.
///
/// Few words begin like a token, and a table of 65,536 places says so with one look. The words that other scanners wait
/// for are in it as well, so that the pass stops for no other word.
struct TokenIndex: Sendable {
    static let shared = TokenIndex()

    private enum Candidate {
        case known(KnownToken)
        case jsonWebToken, terraform, airtable, encodedKey, encodedToken, salesforce
    }

    /// The index of a group by `key`; 0 is for the words nobody waits for.
    private(set) var groupOfKey = [UInt16](repeating: 0, count: 65_536)
    /// The second one is of words that are no tokens.
    private var groups: [[Candidate]] = [[], []]

    private init() {
        for token in KnownTokens.all {
            if token.prefix.count > 2 {
                add(.known(token), token.prefix)
            } else {
                for third in UInt8.min...127 where token.alphabet.contains(third) {
                    add(.known(token), token.prefix + [third])
                }
            }
        }
        add(.jsonWebToken, Array("eyJ".utf8))
        add(.terraform, Array("atl".utf8))
        add(.airtable, Array("pat".utf8))
        add(.encodedKey, Array("LS0tLS1CRUdJTi".utf8))
        add(.encodedToken, Array("ZXlK".utf8))
        add(.salesforce, Array("00D".utf8))
        let words = [
            "bearer", "basic", "password", "secret", "token", "api", "pwd", "pw ", "pw,", "pw;", "pw\t", "pw|", "pw\n",
            "code", "otp", "identified", "totp", "mfa", "pin", "2fa", "use ", "enter", "kennwort", "senha",
            "wachtwoord", "requirepass", "masterauth", "crypt", "convertto", "send", "key",
        ]
        .flatMap { [$0, $0.prefix(1).uppercased() + $0.dropFirst(), $0.uppercased()] }
        for word in words + PipedPasswords.awaited + ["Private", "GetNPUsers"]
            + CommandLines.names.map(\.name.description)
        {
            let key = Self.key(Array((word + " ").utf8))
            if groupOfKey[key] == 0 { groupOfKey[key] = 1 }
        }
    }

    private mutating func add(_ candidate: Candidate, _ prefix: [UInt8]) {
        let key = Self.key(prefix)
        if groupOfKey[key] < 2 {
            groupOfKey[key] = UInt16(groups.count)
            groups.append([])
        }
        groups[Int(groupOfKey[key])].append(candidate)
    }

    private static func key(_ word: [UInt8]) -> Int { key(word[0], word[1], word[2]) }

    /// Some keys are those of two beginnings; whoever is asked compares the whole prefix.
    @inline(__always)
    static func key(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        (Int(first) &* 961 &+ Int(second) &* 31 &+ Int(third)) & 0xFFFF
    }

    /// The token that begins at `start`, where a word begins.
    func find(_ text: inout ScannedText, at start: Int) -> Finding? {
        for candidate in groups[Int(groupOfKey[Self.key(text[start], text[start + 1], text[start + 2])])] {
            let finding: Finding? =
                switch candidate {
                case .known(let token): token.find(&text, at: start)
                case .jsonWebToken: TokenShapes.jsonWebToken(&text, at: start)
                case .terraform: TokenShapes.terraformToken(&text, at: start)
                case .airtable: TokenShapes.airtableToken(&text, at: start)
                case .encodedKey: TokenShapes.encodedPrivateKey(&text, at: start)
                case .salesforce: TokenShapes.salesforceToken(&text, at: start)
                case .encodedToken: TokenShapes.encodedJSONWebToken(&text, at: start)
                }
            if let finding { return finding }
        }
        // The first letter of a Discord token is all that is fixed.
        return text[start] &- UInt8(ascii: "M") < 3 ? TokenShapes.discordToken(&text, at: start) : nil
    }
}
