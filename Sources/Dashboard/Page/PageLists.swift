internal import Domain
package import Operations

/// What the full page shows beside the status: each the API's answer to what the page's query asks for, or why there is
/// none.
package struct PageLists: Sendable {
    package typealias Answer<List: Sendable> = Result<List, PageTrouble>

    /// How many rows a page of a list has.
    package static let rows = 8
    package static let events = 100

    package var sessions: Answer<SessionLooks>
    package var failures: Answer<FailurePage>
    /// The same by what failed.
    package var groups: Answer<FailureGroups>
    package var activity: Answer<Activity>
    /// Whether the plugin is switched on in Claude Code.
    package var hasHooks = false
    /// nil where nothing is searched for.
    package var memory: Answer<MemoryHits>?
    package var events: Answer<EventList>
    /// nil where none is asked for.
    package var episode: Answer<EpisodeView>?

    package init(
        sessions: Answer<SessionLooks>, failures: Answer<FailurePage>,
        groups: Answer<FailureGroups>, activity: Answer<Activity>, memory: Answer<MemoryHits>? = nil,
        events: Answer<EventList>, episode: Answer<EpisodeView>? = nil
    ) {
        self.sessions = sessions
        self.failures = failures
        self.groups = groups
        self.activity = activity
        self.memory = memory
        self.events = events
        self.episode = episode
    }
}

extension Result where Failure == PageTrouble {
    var value: Success? { if case .success(let value) = self { value } else { nil } }

    var trouble: PageTrouble? { if case .failure(let trouble) = self { trouble } else { nil } }
}

/// One episode, for readers without scripts.
enum EpisodeReader {
    static func context(_ answer: PageLists.Answer<EpisodeView>?, now: Timestamp) -> [String: JSONValue] {
        guard let episode = answer?.value else {
            let trouble = answer?.trouble?.words("The episode could not be read.")
            return ["episode": .null, "episode_trouble": trouble.map(JSONValue.string) ?? .null]
        }
        func text(_ text: String, or standard: JSONValue) -> JSONValue {
            text.isEmpty ? standard : .string(VisibleText.of(text))
        }
        let captured = ISOTime.milliseconds(episode.captured_at).map { ShownValue.of(Timestamp($0), now: now) }
        return [
            "episode": ShownValue.of(episode, now: now).adding([
                "short_id": .string(PageRow.shortID(episode.episode_id)), "captured_at": captured ?? .null,
                "title": text(episode.title, or: .string("(no title)")),
                "dispatch_key": text(episode.dispatch_key, or: .string("no key")),
                "error_message": text(episode.error_message, or: .null), "digest": text(episode.digest, or: .null),
                "text": text(episode.text, or: .string("not kept")),
            ]), "episode_trouble": .null,
        ]
    }
}
