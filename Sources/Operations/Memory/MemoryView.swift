package import Archive
package import Domain
internal import Platform

/// A memory as JSON: one shape for search, show and add.
package struct MemoryView: Encodable, Sendable {
    package let title: String
    package let summary: String
    package let decisions: [String]
    package let files: [String]
    package let commands: [String]
    package let open_questions: [String]
    package let entities: [Memory.Entity]
    package let relations: [Memory.Relation]
    package let provider: String
    package let model: String
    package let made_at: String

    package init(_ stored: StoredMemory) {
        title = stored.memory.title
        summary = stored.memory.summary
        decisions = stored.memory.decisions
        files = stored.memory.files
        commands = stored.memory.commands
        open_questions = stored.memory.openQuestions
        entities = stored.memory.entities
        relations = stored.memory.relations
        provider = stored.maker.provider
        model = stored.maker.model
        made_at = ISOTime.text(stored.madeMilliseconds)
    }

    /// For people.
    package var lines: [String] {
        var lines = [title, "", summary]
        for (name, items) in [
            ("Decisions", decisions), ("Files", files), ("Commands", commands), ("Open questions", open_questions),
        ] where !items.isEmpty {
            lines += ["", "\(name):"] + items.map { "- \($0)" }
        }
        return lines
    }
}
