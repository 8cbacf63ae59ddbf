internal import Domain
internal import FoundationEssentials

extension Memory {
    /// For people and for the index.
    var text: String {
        var lines = [title, summary] + decisions + files + commands + openQuestions
        lines += entities.map { "\($0.name) (\($0.kind))" }
        lines += relations.map { "\($0.from) \($0.relation) \($0.to)" }
        return PlainText.withoutZeros(lines.filter { !$0.isEmpty }.joined(separator: "\n"))
    }

    /// One line of JSON, always the same for the same memory.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    init(json: String) throws { self = try JSONDecoder().decode(Memory.self, from: Data(json.utf8)) }
}
