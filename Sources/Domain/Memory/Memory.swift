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

    /// What only the memory of a whole session tells.
    package struct Course: Sendable, Equatable, Codable {
        /// What was wanted.
        package var goal: String
        /// How it stands.
        package var outcome: String
        /// Errors that were met, and how they were solved.
        package var problems: [String]
        /// The first first.
        package var nextSteps: [String]

        package init(goal: String = "", outcome: String = "", problems: [String] = [], nextSteps: [String] = []) {
            self.goal = goal
            self.outcome = outcome
            self.problems = problems
            self.nextSteps = nextSteps
        }

        enum CodingKeys: String, CodingKey {
            case goal, outcome, problems
            case nextSteps = "next_steps"
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
    /// nil where it is of an episode.
    package var course: Course?

    package init(
        title: String, summary: String, decisions: [String] = [], files: [String] = [], commands: [String] = [],
        openQuestions: [String] = [], entities: [Entity] = [], relations: [Relation] = [], course: Course? = nil
    ) {
        self.course = course
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
        case title, summary, decisions, files, commands, entities, relations, course
        case openQuestions = "open_questions"
    }
}
