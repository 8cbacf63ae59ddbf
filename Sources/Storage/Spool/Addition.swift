package import Domain
internal import Platform
package import Settings

/// A text that a person or a tool adds, as an episode without a transcript.
package struct Addition: Sendable, Equatable {
    package let text: String
    package let key: DispatchKey?
    /// When it was said, ms since 1970.
    package let milliseconds: Int64
    /// Whether a model is to be asked.
    package var wantsMemory = true

    package init(text: String, key: DispatchKey?, milliseconds: Int64) {
        self.text = text
        self.key = key
        self.milliseconds = milliseconds
    }

    package var id: EpisodeID { EpisodeID(session: .added, promptID: key?.rawValue ?? "", answer: text) }

    /// - Parameter limit: episodes the queue may hold.
    package func span(host: String, limit: Int64) -> EpisodeSpan {
        let entry = EpisodeEntry(
            uuid: "", hash: Checksum.fnv1a(text).hexadecimal, role: .user, at: ISOTime.text(milliseconds), text: text)
        var span = EpisodeSpan(
            file: FileID(host: host, path: ""), path: "", from: Cursor(), to: Cursor(), limit: limit,
            origin: EpisodeOrigin(session: .added, dispatchKey: key, host: host), filterMark: "",
            episodes: [.init(id: id, bytes: 0..<0, content: entry.json, entryCount: 1)])
        span.wantsMemory = wantsMemory
        return span
    }
}

/// Texts that were added while Redis took nothing, a file each, until the companion of this host has told the queue.
package struct AdditionFolder: Sendable {
    private let path: String

    package init(_ state: StateFolder) { path = state.added }

    private struct Kept: Codable {
        let text: String
        let key: String?
        let milliseconds: Int64
        let wantsMemory: Bool

        enum CodingKeys: String, CodingKey {
            case text, key
            case milliseconds = "said_ms"
            case wantsMemory = "wants_memory"
        }
    }

    /// - Returns: the file. The same text under the same key has one.
    /// - Throws: `FileError`.
    package func keep(_ addition: Addition) throws -> String {
        let kept = Kept(
            text: addition.text, key: addition.key?.rawValue, milliseconds: addition.milliseconds,
            wantsMemory: addition.wantsMemory)
        try Files.makeFolder(path)
        let file = "\(path)/\(addition.id).json"
        try Files.write(try JSONValue(encoding: kept).text, to: file, isSynced: true)
        return file
    }

    /// Files that wait; none where there is no folder, as on most hosts.
    package var files: [String] {
        ((try? Files.names(in: path)) ?? []).filter { $0.hasSuffix(".json") }.sorted().map { "\(path)/\($0)" }
    }

    /// - Throws: `FileError`, or why the file cannot be understood.
    package func addition(in file: String) throws -> Addition {
        let kept = try JSONValue(parsing: try Files.read(file, limit: 1 << 27)).decode(Kept.self)
        var addition = Addition(
            text: kept.text, key: try kept.key.map { try DispatchKey($0) }, milliseconds: kept.milliseconds)
        addition.wantsMemory = kept.wantsMemory
        return addition
    }

    /// Sets a file aside that cannot be understood.
    package func refuse(_ file: String) { _ = Files.rename(file, to: file + ".refused") }

    package func forget(_ file: String) { Files.remove(file) }
}
