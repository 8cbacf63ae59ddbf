/// Where finished memories and summaries of sessions are handed on to.
package struct SinkPolicy: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A Markdown file for each.
        case folder
        /// Posted as JSON, signed.
        case webhook
        /// Graphiti's REST server, or its MCP server (<https://github.com/getzep/graphiti>).
        case graphiti
    }

    /// How Graphiti is spoken to.
    package enum Dialect: String, Sendable, CaseIterable { case rest, mcp }

    package var kind: Kind
    /// Unique among the sinks.
    package var name: String
    package var url = ""
    /// Of a folder sink.
    package var path = ""
    /// Graphiti's group.
    package var group = "holdfast"
    package var speaks = Dialect.rest
    package var apiKeyFile = ""
    /// Signs what is posted to a webhook.
    package var secretFile = ""

    package init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// Of what its circuit is.
    package var provider: ProviderID {
        let place = [kind.rawValue, url, path, group, apiKeyFile].joined(separator: "\n")
        return ProviderID(name: "sink-\(name)", fingerprint: String(SHA256.hexadecimal(of: place).prefix(8)))
    }
}

/// What is handed on: a memory, of an episode or of a session.
package struct SinkItem: Sendable, Equatable {
    package var episode: EpisodeID
    package var session: String
    package var dispatchKey: String
    package var host: String
    package var capturedMilliseconds: Int64
    package var memory: Memory
    package var model: String
    package var madeMilliseconds: Int64
    package var standing: SinkStanding

    package init(
        episode: EpisodeID, session: String, dispatchKey: String, host: String, capturedMilliseconds: Int64,
        memory: Memory, model: String, madeMilliseconds: Int64, standing: SinkStanding = SinkStanding()
    ) {
        self.episode = episode
        self.session = session
        self.dispatchKey = dispatchKey
        self.host = host
        self.capturedMilliseconds = capturedMilliseconds
        self.memory = memory
        self.model = model
        self.madeMilliseconds = madeMilliseconds
        self.standing = standing
    }

    package var isOfSession: Bool { memory.course != nil }

    /// By which a receiver knows it again; a summary that went on is another.
    package var name: String { isOfSession ? "\(episode.rawValue)-\(madeMilliseconds)" : episode.rawValue }

    /// Front matter (YAML; every text is a JSON string, which YAML takes as it is) and Markdown.
    package var markdown: String {
        func quoted(_ text: String) -> String {
            var bytes: [UInt8] = []
            bytes.appendJSONString(PlainText.line(text))
            return String(decoding: bytes, as: UTF8.self)
        }
        var lines = ["---", "id: \(episode.rawValue)", "kind: \(isOfSession ? "session" : "episode")"]
        lines.append("title: \(quoted(memory.title))")
        lines.append("session: \(quoted(session))")
        if !dispatchKey.isEmpty { lines.append("key: \(quoted(dispatchKey))") }
        lines.append("host: \(quoted(host))")
        lines.append("captured: \(ISOTime.text(capturedMilliseconds))")
        lines.append("made: \(ISOTime.text(madeMilliseconds))")
        lines.append("model: \(quoted(model))")
        let names = memory.entities.map(\.name).filter { !$0.isEmpty }
        if !names.isEmpty { lines.append("entities: [\(names.map(quoted).joined(separator: ", "))]") }
        lines += ["---", "", "# \(memory.title)"]
        lines += memory.sections(level: "##")
        if !memory.relations.isEmpty {
            lines += ["", "## Relations", ""]
            lines += memory.relations.map { "- [[\($0.from)]] \($0.relation) [[\($0.to)]]" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Below the sink's folder. Names hold letters, digits and hyphens: they come from what a model said.
    package var path: String {
        guard !isOfSession else { return "sessions/\(Self.plain(session, 64)).md" }
        let day = ISOTime.text(capturedMilliseconds).prefix(10), title = Self.plain(memory.title, 60)
        return "memories/\(day.prefix(7))/\(day)-\(title.isEmpty ? "memory" : title)-\(episode.rawValue.prefix(8)).md"
    }

    private static func plain(_ text: String, _ limit: Int) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return String(words.joined(separator: "-").prefix(limit))
    }
}
