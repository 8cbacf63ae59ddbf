/// What a knowledge graph knows of two entities, as Graphiti tells it
/// (github.com/getzep/graphiti, `server/graph_service/dto/retrieve.py`).
package struct GraphFact: Sendable, Equatable, Codable {
    /// A sentence.
    package var fact: String
    /// Of the relation.
    package var name: String
    /// ISO 8601: since when it is so; empty where that is not known.
    package var validAt: String
    /// Since when it is not so any more; empty while it is.
    package var invalidAt: String

    package init(fact: String, name: String, validAt: String = "", invalidAt: String = "") {
        self.fact = fact
        self.name = name
        self.validAt = validAt
        self.invalidAt = invalidAt
    }

    enum CodingKeys: String, CodingKey {
        case fact, name
        case validAt = "valid_at"
        case invalidAt = "invalid_at"
    }

    /// For people.
    package var shown: String {
        let times = [("since", validAt), ("until", invalidAt)].filter { !$0.1.isEmpty }.map { "\($0) \($1.prefix(10))" }
        return times.isEmpty ? fact : "\(fact) (\(times.joined(separator: ", ")))"
    }

    private static let factCharacters = 1000

    /// The facts of an answer, which is from outside: bounded, without what steers a terminal.
    package static func all(in json: JSONValue, limit: Int) -> [GraphFact] {
        guard case .array(let values)? = json["facts"] else { return [] }
        return values.prefix(limit).compactMap { value in
            func text(_ name: String, _ limit: Int) -> String {
                PlainText.line(value[name]?.string ?? "", limit: limit)
            }
            let fact = text("fact", factCharacters)
            guard !fact.isEmpty else { return nil }
            return GraphFact(
                fact: fact, name: text("name", 100), validAt: text("valid_at", 40), invalidAt: text("invalid_at", 40))
        }
    }
}
