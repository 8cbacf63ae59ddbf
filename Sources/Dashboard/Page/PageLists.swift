package import Domain

/// What the full page shows beside the status: each the API's answer to what the page's query asks for, or why there is
/// none.
package struct PageLists: Sendable {
    package typealias Answer = Result<JSONValue, PageTrouble>

    /// How many rows a page of a list has.
    package static let rows = 20
    package static let events = 100

    package var sessions: Answer
    package var failures: Answer
    /// nil where nothing is searched for.
    package var memory: Answer?
    package var events: Answer
    /// nil where none is asked for.
    package var episode: Answer?

    package init(
        sessions: Answer, failures: Answer, memory: Answer? = nil, events: Answer, episode: Answer? = nil
    ) {
        self.sessions = sessions
        self.failures = failures
        self.memory = memory
        self.events = events
        self.episode = episode
    }
}

extension Result where Success == JSONValue, Failure == PageTrouble {
    /// Empty where there is no answer.
    var json: JSONValue { if case .success(let answer) = self { answer } else { .null } }

    var trouble: PageTrouble? { if case .failure(let trouble) = self { trouble } else { nil } }
}

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
