/// The title of an episode's memory, and whose it is: one line of what a fresh session may be shown (`Recall`).
package struct MemoryTitle: Sendable, Equatable {
    package var episode: EpisodeID
    package var session: String
    /// Empty where there is none.
    package var dispatchKey: String
    /// The name of the folder in which the session's transcript lies: clients name it after the project. Empty for what no
    /// transcript holds.
    package var project: String
    /// When the episode was captured, ms since 1970.
    package var milliseconds: Int64
    /// One line; empty where there is no memory, or none any more.
    package private(set) var title: String

    /// Characters of a title.
    package static let limit = 160

    /// - Parameter title: as a model made it; what is too long is cut.
    package init(
        episode: EpisodeID, session: String, dispatchKey: String, project: String, milliseconds: Int64, title: String
    ) {
        self.episode = episode
        self.session = session
        self.dispatchKey = dispatchKey
        self.project = project
        self.milliseconds = milliseconds
        self.title = PlainText.line(title, limit: Self.limit)
    }

    /// The project's folder by the path of a transcript in it, or of what lies below a folder of the session's own.
    package static func project(of transcript: String, session: String) -> String {
        let parts = transcript.utf8.split(separator: UInt8(ascii: "/"))
        let end = parts.firstIndex { $0.elementsEqual(session.utf8) } ?? parts.count - 1
        return end > 0 ? String(decoding: parts[end - 1], as: UTF8.self) : ""
    }

    private enum CodingKeys: String, CodingKey { case id, session, key, project, at, title }

    /// One line, for people too.
    package var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.id, episode.rawValue)
        object.add(.session, session)
        object.add(.key, dispatchKey)
        object.add(.project, project)
        object.add(.at, ISOTime.text(milliseconds))
        object.add(.title, title)
        return object.text
    }

    /// - Returns: nil for what is none.
    package init?(json: some Sequence<UInt8>) {
        var parser = JSONParser(Array(json), nesting: 8)
        var texts: [CodingKeys: String] = [:]
        do throws(JSONParser.Fault) {
            try parser.object { (name, parser) throws(JSONParser.Fault) in
                guard let field = CodingKeys(rawValue: name), parser.peek() == UInt8(ascii: "\"") else {
                    return _ = try parser.value()
                }
                texts[field] = try parser.string()
            }
            try parser.end()
        } catch {
            return nil
        }
        guard let episode = texts[.id].flatMap(EpisodeID.init(rawValue:)), let title = texts[.title],
            let milliseconds = texts[.at].flatMap(ISOTime.milliseconds)
        else { return nil }
        self.init(
            episode: episode, session: texts[.session] ?? "", dispatchKey: texts[.key] ?? "",
            project: texts[.project] ?? "", milliseconds: milliseconds, title: title)
    }
}

extension [MemoryTitle] {
    /// The latest, the newest first, after some have changed: one without a title is gone.
    package func latest(_ limit: Int, with changes: [MemoryTitle] = []) -> [MemoryTitle] {
        let changed = Set(changes.map(\.episode))
        let titles = filter { !changed.contains($0.episode) } + changes.filter { !$0.title.isEmpty }
        return Array(
            titles.sorted { ($0.milliseconds, $0.episode.rawValue) > ($1.milliseconds, $1.episode.rawValue) }
                .prefix(limit))
    }
}
