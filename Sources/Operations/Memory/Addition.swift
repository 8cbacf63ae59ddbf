internal import Archive
internal import Domain
internal import Storage

/// A text that a person or a tool adds, as an episode without a transcript.
struct Addition {
    let text: String
    let key: DispatchKey?
    let host: String

    private let entry: EpisodeEntry
    let id: EpisodeID

    init(text: String, key: DispatchKey?, host: String) {
        (self.text, self.key, self.host) = (text, key, host)
        entry = EpisodeEntry(
            uuid: "", hash: Checksum.fnv1a(text).hexadecimal, role: .user, at: ISOTime.text(HostClock.wallMilliseconds),
            text: text)
        id = EpisodeID(session: .added, promptID: key?.rawValue ?? "", answer: text)
    }

    private var origin: EpisodeOrigin { EpisodeOrigin(session: .added, dispatchKey: key, host: host) }

    /// For the queue.
    /// - Parameter limit: episodes the queue may hold.
    func span(limit: Int64, wantsMemory: Bool) -> EpisodeSpan {
        var span = EpisodeSpan(
            file: FileID(host: host, path: ""), path: "", from: Cursor(), to: Cursor(), limit: limit, origin: origin,
            filterMark: "", episodes: [.init(id: id, bytes: 0..<0, content: entry.json, entryCount: 1)])
        span.wantsMemory = wantsMemory
        return span
    }

    /// For the archive, by file.
    func arriving() -> ArrivingEpisode {
        let episode = StoredEpisode(
            id: id, sessionID: SessionID.added.rawValue, dispatchKey: key?.rawValue ?? "", groupID: origin.groupID,
            host: host, file: FileID(host: host, path: ""), capturedMilliseconds: HostClock.wallMilliseconds,
            entryCount: 1, content: entry.json)
        return ArrivingEpisode(episode, entries: [entry])
    }
}
