internal import Domain

/// What a person typed, as the index understands it. Nothing in it is ever index syntax: each word and each phrase goes
/// between quotation marks, so `NEAR`, `*`, `-` and `:` are words or nothing.
package struct SearchQuery: Sendable, Equatable {
    /// Words and phrases that are looked for.
    let terms: [String]
    /// The last term is a word that may go on.
    let endsOpen: Bool

    /// More of them find nothing that these do not.
    static let termLimit = 32
    /// Bytes of the text that are looked at.
    static let textLimit = 4096
    /// Characters that a word must have before it may go on: one or two would stand for half the index.
    static let prefixMinimum = 3

    /// - Returns: nil when there is nothing to look for: no letter and no digit.
    package init?(_ text: String) {
        var terms: [String] = []
        var term = "", isQuoted = false, lastIsPhrase = false
        func end(asPhrase: Bool) {
            if term.unicodeScalars.contains(where: Self.isIndexed), terms.count < Self.termLimit {
                terms.append(term)
                lastIsPhrase = asPhrase
            }
            term = ""
        }
        for scalar in String(decoding: text.utf8.prefix(Self.textLimit), as: UTF8.self).unicodeScalars {
            if scalar == "\"" {
                end(asPhrase: isQuoted)
                isQuoted.toggle()
            } else if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
                // A control character would end the text, or hide what follows.
                if isQuoted { term += " " } else { end(asPhrase: false) }
            } else {
                term.unicodeScalars.append(scalar)
            }
        }
        end(asPhrase: false)
        guard let last = terms.last else { return nil }
        self.terms = terms
        // From U+2E80 on scripts write without blanks: what the tokenizer takes for a word is a sentence.
        endsOpen =
            !lastIsPhrase
            && (last.unicodeScalars.count >= Self.prefixMinimum
                || last.unicodeScalars.contains { $0.value >= 0x2E80 && Self.isIndexed($0) })
    }

    /// Whether the tokenizer (unicode61) takes a character for part of a word.
    private static func isIndexed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .privateUse:
            true
        default: false
        }
    }

    /// An FTS5 expression.
    /// - Parameters:
    ///   - columns: that are looked at.
    ///   - all: every term must be there, rather than any.
    ///   - scopes: of which the column `scope` must hold one; empty for no limit.
    func expression(columns: String, all: Bool, scopes: [String]) -> String {
        let words = terms.indices.map(word)
        let text = "{\(columns)} : (\(words.joined(separator: all ? " AND " : " OR ")))"
        guard !scopes.isEmpty else { return text }
        return "{scope} : (\(scopes.map(Self.quoted).joined(separator: " OR "))) AND \(text)"
    }

    /// Of one term alone.
    func expression(columns: String, term: Int) -> String { "{\(columns)} : (\(word(term)))" }

    private func word(_ index: Int) -> String {
        Self.quoted(terms[index]) + (endsOpen && index == terms.count - 1 ? " *" : "")
    }

    /// - Parameter text: without quotation marks: the terms were divided at them.
    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}

/// Words that stand for a dispatch key and for its agent in the full-text index.
///
/// A search within one key thus stays in the index and need not look at the row of each of a hundred thousand hits.
enum SearchScope {
    /// - Parameter key: empty for what has none.
    static func words(forKey key: String) -> String {
        guard !key.isEmpty else { return "" }
        return "\(word("k", key)) \(word("a", agent(of: key)))"
    }

    /// The words of which an episode in the scope has one: of the key itself, or of an agent by that name.
    static func alternatives(forKey key: String) -> [String] { [word("k", key), word("a", key)] }

    static func includes(_ key: String, in scope: String) -> Bool { key == scope || agent(of: key) == scope }

    private static func agent(of key: String) -> String { (try? DispatchKey(key))?.agent ?? "" }

    private static func word(_ kind: String, _ text: String) -> String { kind + Checksum.fnv1a(text).hexadecimal }
}
