/// The episodes made of one span of a transcript, and where the file's cursor moves: what `push_episode.lua` is told.
package struct EpisodeSpan: Sendable {
    package struct Episode: Sendable, Equatable {
        package var id: EpisodeID
        package var bytes: Range<Int64>
        /// Entries as JSON lines.
        package var content: String
        package var entryCount: Int

        package init(id: EpisodeID, bytes: Range<Int64>, content: String, entryCount: Int) {
            self.id = id
            self.bytes = bytes
            self.content = content
            self.entryCount = entryCount
        }
    }

    package var file: FileID
    package var path: String
    package var from: Cursor
    package var to: Cursor
    /// Episodes the queue may hold.
    package var limit: Int64
    package var origin: EpisodeOrigin
    /// Of the policy that chose what is kept.
    package var filterMark: String
    package var episodes: [Episode]
    /// It was there before Holdfast looked: what is said now goes before it.
    package var isHistory = false
    /// Calls of tools that ended in it.
    package var calls: [ToolCallTally] = []
    /// Whether a model is to be asked; a person may want the raw text kept and nothing else.
    package var wantsMemory = true

    package init(
        file: FileID, path: String, from: Cursor, to: Cursor, limit: Int64, origin: EpisodeOrigin, filterMark: String,
        episodes: [Episode]
    ) {
        self.filterMark = filterMark
        self.file = file
        self.path = path
        self.from = from
        self.to = to
        self.limit = limit
        self.origin = origin
        self.episodes = episodes
    }

    private enum Name: String, CodingKey {
        case path, offset, generation, limit, host, filter, episodes, calls
        case isHistory = "is_history"
        case wantsMemory = "wants_memory"
        case file = "file_id"
        case fromOffset = "from_offset"
        case fromGeneration = "from_generation"
        case tailHash = "tail_sha256"
        case session = "session_id"
        case dispatchKey = "dispatch_key"
        case group = "group_id"
        case agent = "agent_id"
    }

    private enum PartName: String, CodingKey {
        case id, sha256, entries
        case from = "bytes_from"
        case to = "bytes_to"
    }

    /// Without the contents, which go beside it.
    package var json: String {
        var object = JSONObject<Name>()
        object.add(.file, file.rawValue)
        object.add(.path, path)
        object.add(.fromOffset, raw: "\(from.offset)")
        object.add(.fromGeneration, raw: "\(from.generation)")
        object.add(.offset, raw: "\(to.offset)")
        object.add(.generation, raw: "\(to.generation)")
        object.add(.tailHash, to.tailHash)
        object.add(.limit, raw: "\(limit)")
        object.add(.session, origin.session.rawValue)
        if let key = origin.dispatchKey { object.add(.dispatchKey, key.rawValue) }
        object.add(.filter, filterMark)
        object.add(.group, origin.groupID)
        object.add(.host, origin.host)
        if let agent = origin.agentID { object.add(.agent, agent) }
        if isHistory { object.add(.isHistory, raw: "true") }
        object.add(.wantsMemory, raw: "\(wantsMemory)")
        let parts = episodes.map { episode in
            var part = JSONObject<PartName>()
            part.add(.id, episode.id.rawValue)
            part.add(.from, raw: "\(episode.bytes.lowerBound)")
            part.add(.to, raw: "\(episode.bytes.upperBound)")
            part.add(.sha256, SHA256.hexadecimal(of: episode.content))
            part.add(.entries, raw: "\(episode.entryCount)")
            return part.text
        }
        // As a text: it is handed on as it is.
        if !calls.isEmpty { object.add(.calls, ToolCallTally.json(calls)) }
        object.add(.episodes, raw: "[" + parts.joined(separator: ",") + "]")
        return object.text
    }
}

/// Whose words an episode holds.
package struct EpisodeOrigin: Sendable, Hashable {
    package var session: SessionID
    package var dispatchKey: DispatchKey?
    package var host: String
    /// The sub-agent whose file it is; its session is the parent's.
    package var agentID: String?

    package init(session: SessionID, dispatchKey: DispatchKey?, host: String, agentID: String? = nil) {
        self.session = session
        self.dispatchKey = dispatchKey
        self.host = host
        self.agentID = agentID
    }

    /// Memories of one agent belong together, and those of one folder.
    package var groupID: String {
        guard let dispatchKey else { return "default" }
        return dispatchKey.agent == DispatchKey.defaultAgent ? dispatchKey.rawValue : dispatchKey.agent
    }
}

/// Names one episode: 32 hex digits of SHA-256 over what it covers and says, so that the same span pushed twice has the
/// same name.
package struct EpisodeID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String

    package init?(rawValue: String) {
        let isHexadecimal = rawValue.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                true
            default: false
            }
        }
        guard rawValue.utf8.count == 32, isHexadecimal else { return nil }
        self.rawValue = rawValue
    }

    package init(file: FileID, generation: Int64, bytes: Range<Int64>, content: String) {
        rawValue = Self.digits(of: ["\(file)", "\(generation)", "\(bytes.lowerBound)-\(bytes.upperBound)", content])
    }

    /// An answer that its transcript never received.
    package init(session: SessionID, promptID: String, answer: String) {
        rawValue = Self.digits(of: ["\(session)", promptID, answer])
    }

    /// Of the summary of a session as a whole.
    package init(summaryOf session: SessionID) { rawValue = Self.digits(of: ["summary of a session", "\(session)"]) }

    private static func digits(of parts: [String]) -> String {
        String(SHA256.hexadecimal(of: parts.joined(separator: "\n")).prefix(32))
    }

    package var description: String { rawValue }
}
