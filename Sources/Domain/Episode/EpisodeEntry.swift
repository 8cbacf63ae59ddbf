/// One thing that was said or done, as an episode holds it: a line of JSON in its content.
package struct EpisodeEntry: Sendable, Equatable, Codable {
    /// Who speaks. A transcript line with several blocks becomes several entries with one uuid.
    package enum Role: String, Sendable, Codable, CaseIterable {
        /// Typed by a person; in a sub-agent's file: the task it was given.
        case user
        case assistant = "agent"
        case thinking
        /// What a tool call acted on: its name, a blank, its target.
        case call
        /// A tool's result, where it is kept.
        case result
        /// A tool call that failed: what was called, and the error.
        case failure
        /// Sent by another session of the client.
        case peer
        /// Said by a schedule, or by whatever else starts a turn without a person.
        case scheduled
        /// What neither said: an interruption, an API error, a compaction's summary, a finished background task.
        case notice
    }

    /// Of the transcript's line; empty where the line has none.
    package var uuid: String
    /// FNV-1a over the raw message, 16 hex digits: with the uuid it tells a copy (fork, compaction) from a rewrite.
    package var hash: String
    package var role: Role
    /// ISO 8601, as the transcript has it; empty where it has none.
    package var at: String
    package var text: String
    /// The sub-agent that speaks, where the transcript says so; `side` for one without a name.
    package var subagent: String

    package init(uuid: String, hash: String, role: Role, at: String, text: String, subagent: String = "") {
        self.uuid = uuid
        self.hash = hash
        self.role = role
        self.at = at
        self.text = text
        self.subagent = subagent
    }

    enum CodingKeys: String, CodingKey {
        case uuid, hash, role, at, text
        case subagent = "agent"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        uuid = try fields.decode(String.self, forKey: .uuid)
        hash = try fields.decode(String.self, forKey: .hash)
        role = try fields.decode(Role.self, forKey: .role)
        at = try fields.decode(String.self, forKey: .at)
        text = try fields.decode(String.self, forKey: .text)
        subagent = try fields.decodeIfPresent(String.self, forKey: .subagent) ?? ""
    }

    /// Reads a line of an episode's content.
    /// - Returns: nil for what is no entry; why not is of no use to anybody.
    package init?(json line: ArraySlice<UInt8>) {
        var parser = JSONParser(Array(line), nesting: 64)
        var uuid, hash, role, at, text, subagent: String?
        do throws(JSONParser.Fault) {
            try parser.object { (name, parser) throws(JSONParser.Fault) in
                guard let field = CodingKeys(rawValue: name) else { return _ = try parser.value() }
                guard parser.peek() == UInt8(ascii: "\"") else { throw parser.fault }
                let value = try parser.string()
                switch field {
                case .uuid: uuid = value
                case .hash: hash = value
                case .role: role = value
                case .at: at = value
                case .text: text = value
                case .subagent: subagent = value
                }
            }
            try parser.end()
        } catch {
            return nil
        }
        guard let uuid, let hash, let role = role.flatMap(Role.init), let at, let text else { return nil }
        self.init(uuid: uuid, hash: hash, role: role, at: at, text: text, subagent: subagent ?? "")
    }

    /// The entries of a content, without the lines that are none.
    package static func all(of content: String) -> [EpisodeEntry] {
        Array(content.utf8).split(separator: 10).compactMap(EpisodeEntry.init(json:))
    }

    /// By hand, as all JSON of the hook's path.
    package var json: String { object.text }

    /// `json` as bytes.
    package var jsonBytes: [UInt8] { object.whole }

    private var object: JSONObject<CodingKeys> {
        var object = JSONObject<CodingKeys>()
        object.add(.role, role.rawValue)
        object.add(.text, text)
        object.add(.at, at)
        if !subagent.isEmpty { object.add(.subagent, subagent) }
        object.add(.uuid, uuid)
        object.add(.hash, hash)
        return object
    }
}

/// How much of each kind of content an episode keeps.
package struct FilterPolicy: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        case full
        /// Messages and thinking: their beginning. Tool calls: name and what they acted on. Results: the failed ones.
        case digest
        /// What is short in full (of a call name and target); of what is long its digest with a `DigestMark`, until a model has
        /// summed it up.
        case summary
        case omit
    }

    package var userMessages = Mode.full
    package var agentMessages = Mode.full
    package var toolCalls = Mode.digest
    package var toolResults = Mode.digest
    package var thinking = Mode.omit
    /// A user message longer than this loses its middle: bytes of UTF-8.
    package var longPasteBytes: Int64 = 16_000
    /// What is longer is summed up where that is the mode: characters, as Unicode counts scalars.
    package var summaryMinCharacters: Int64 = 1000

    package init() {}

    /// Keeps nothing: for who reads a transcript for something else.
    package static let nothing = {
        var policy = FilterPolicy()
        (policy.userMessages, policy.agentMessages, policy.toolCalls, policy.toolResults) = (.omit, .omit, .omit, .omit)
        return policy
    }()

    /// The modes in one word, as an episode keeps them: what it holds is understood only with them.
    package var mark: String {
        let modes = [userMessages, agentMessages, toolCalls, toolResults, thinking]
        return modes.map { String($0.rawValue.prefix(1)) }.joined() + "\(longPasteBytes)"
            + (modes.contains(.summary) ? ",\(summaryMinCharacters)" : "")
    }
}
