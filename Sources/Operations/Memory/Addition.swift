internal import Domain
internal import Storage

/// A text that a person or a tool adds, as an episode without a transcript.
struct Addition {
    let text: String
    let key: DispatchKey?
    let host: String

    /// - Parameter limit: episodes the queue may hold.
    func span(limit: Int64, wantsMemory: Bool) -> EpisodeSpan {
        let session = SessionID.added
        let entry = EpisodeEntry(
            uuid: "", hash: Checksum.fnv1a(text).hexadecimal, role: .user, at: ISOTime.text(HostClock.wallMilliseconds),
            text: text)
        let id = EpisodeID(session: session, promptID: key?.rawValue ?? "", answer: text)
        var span = EpisodeSpan(
            file: FileID(host: host, path: ""), path: "", from: Cursor(), to: Cursor(), limit: limit,
            origin: EpisodeOrigin(session: session, dispatchKey: key, host: host), filterMark: "",
            episodes: [.init(id: id, bytes: 0..<0, content: entry.json, entryCount: 1)])
        span.wantsMemory = wantsMemory
        return span
    }
}
