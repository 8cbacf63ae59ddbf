/// What a language model made of one episode. Every text in it came from a model: bounded and redacted before it is
/// stored, shown as text, never run.
package struct Memory: Sendable, Equatable, Codable {
    package struct Entity: Sendable, Equatable, Codable {
        package var name: String
        /// Such as person, service, library, file; what the model chose.
        package var kind: String

        package init(name: String, kind: String) {
            self.name = name
            self.kind = kind
        }
    }

    package struct Relation: Sendable, Equatable, Codable {
        package var from: String
        package var relation: String
        package var to: String

        package init(from: String, relation: String, to: String) {
            self.from = from
            self.relation = relation
            self.to = to
        }
    }

    package var title: String
    package var summary: String
    package var decisions: [String]
    package var files: [String]
    package var commands: [String]
    package var openQuestions: [String]
    package var entities: [Entity]
    package var relations: [Relation]

    package init(
        title: String, summary: String, decisions: [String] = [], files: [String] = [], commands: [String] = [],
        openQuestions: [String] = [], entities: [Entity] = [], relations: [Relation] = []
    ) {
        self.title = title
        self.summary = summary
        self.decisions = decisions
        self.files = files
        self.commands = commands
        self.openQuestions = openQuestions
        self.entities = entities
        self.relations = relations
    }

    enum CodingKeys: String, CodingKey {
        case title, summary, decisions, files, commands, entities, relations
        case openQuestions = "open_questions"
    }
}
