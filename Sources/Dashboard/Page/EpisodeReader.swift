internal import Domain

/// One episode, for readers without scripts.
enum EpisodeReader {
    static func context(_ answer: PageLists.Answer?, now: Int64) -> [String: JSONValue] {
        guard case .success(let episode) = answer else {
            let trouble = answer?.trouble?.words("The episode could not be read.")
            return ["episode": .null, "episode_trouble": trouble.map(JSONValue.string) ?? .null]
        }
        let shown = PageRow.shown(episode, now: now)
        func text(_ name: String, or standard: JSONValue) -> JSONValue {
            shown.text(name).isEmpty ? standard : shown.part(name)
        }
        return [
            "episode": shown.adding([
                "short_id": .string(PageRow.shortID(episode)), "title": text("title", or: .string("(no title)")),
                "dispatch_key": text("dispatch_key", or: .string("no key")),
                "error_message": text("error_message", or: .null), "digest": text("digest", or: .null),
                "text": text("text", or: .string("not kept")), "memory": shown.part("memory"),
            ]), "episode_trouble": .null,
        ]
    }
}
