import Domain

@testable import Archive

enum Samples {
    static let session = "0b5e7c7e-0000-4000-8000-000000000001"

    static func entry(_ number: Int, _ role: EpisodeEntry.Role = .user, _ text: String? = nil) -> EpisodeEntry {
        EpisodeEntry(
            uuid: "uuid-\(number)", hash: Checksum.fnv1a("\(number)").hexadecimal, role: role,
            at: "2026-01-01T00:00:00.000Z", text: text ?? "word\(number) says something")
    }

    static func episode(
        _ entries: [EpisodeEntry], bytes: Range<Int64> = 0..<100, generation: Int64 = 0, path: String = "/t/a.jsonl",
        key: String = "coder/issue-1", at captured: Int64 = 1000, isHistory: Bool = false
    ) -> StoredEpisode {
        episode(
            content: entries.map(\.json).joined(separator: "\n"), count: entries.count, bytes: bytes,
            generation: generation, path: path, key: key, at: captured, isHistory: isHistory)
    }

    static func episode(
        content: String, count: Int = 1, bytes: Range<Int64> = 0..<100, generation: Int64 = 0,
        path: String = "/t/a.jsonl", key: String = "coder/issue-1", at captured: Int64 = 1000, isHistory: Bool = false
    ) -> StoredEpisode {
        let file = FileID(host: "host", path: path)
        return StoredEpisode(
            id: EpisodeID(file: file, generation: generation, bytes: bytes, content: content), sessionID: session,
            dispatchKey: key, groupID: "coder", host: "host", sessionFile: path, file: file, generation: generation,
            bytes: bytes, filterMark: "ffddo16000", capturedMilliseconds: captured, entryCount: count,
            content: content, isHistory: isHistory)
    }

    static func memory(_ title: String = "A memory", _ summary: String = "Nothing much") -> Memory {
        Memory(
            title: title, summary: summary, decisions: ["Keep it"], entities: [.init(name: "Redis", kind: "service")])
    }

    static let maker = MemoryMaker(provider: "openai", model: "small", tokensIn: 10, tokensOut: 5)
}
