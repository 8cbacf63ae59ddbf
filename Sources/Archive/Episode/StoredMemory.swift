package import Domain
internal import FoundationEssentials

/// A memory as the archive has it, or is to have it.
package struct StoredMemory: Sendable, Equatable {
    package var episode: EpisodeID
    package var memory: Memory
    package var maker: MemoryMaker
    package var madeMilliseconds: Int64
    /// A disk altered it, and this is what is left.
    package var isAltered = false

    package init(episode: EpisodeID, memory: Memory, maker: MemoryMaker, madeMilliseconds: Int64) {
        self.episode = episode
        self.memory = memory
        self.maker = maker
        self.madeMilliseconds = madeMilliseconds
    }
}

/// Who made a memory, and what it took.
package struct MemoryMaker: Sendable, Equatable, Codable {
    package var provider: String
    package var model: String
    package var tokensIn: Int
    package var tokensOut: Int

    package init(provider: String, model: String, tokensIn: Int = 0, tokensOut: Int = 0) {
        self.provider = provider
        self.model = model
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
    }

    enum CodingKeys: String, CodingKey {
        case provider, model
        case tokensIn = "tokens_in"
        case tokensOut = "tokens_out"
    }
}

extension Memory {
    /// What is left of one whose text alone can be read.
    init(text: String) {
        let lines = text.split(separator: "\n", maxSplits: 1)
        self.init(title: lines.first.map(String.init) ?? "", summary: lines.count > 1 ? String(lines[1]) : "")
    }

    /// For people and for the index.
    var text: String {
        var lines = [title, summary] + decisions + files + commands + openQuestions
        if let course { lines += [course.goal, course.outcome] + course.problems + course.nextSteps }
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
