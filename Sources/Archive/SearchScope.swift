internal import Domain

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
