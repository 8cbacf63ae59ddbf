package import Domain

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
