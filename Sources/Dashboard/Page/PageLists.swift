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
