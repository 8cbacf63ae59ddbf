internal import Domain
internal import Operations
internal import Platform

/// Which page is wanted: how much of it may be shown, and what the forms on it asked for.
package struct PageRequest: Equatable, Sendable {
    package enum Scope: Sendable {
        /// Whoever asks has the token.
        case full
        /// Nothing that a session said, named or was called.
        case reduced
    }

    package var scope: Scope
    /// The terms of the address (`?search=coder&class=rate_limit`), decoded; empty ones and the token are left out.
    package var terms: [String: String]

    package init(scope: Scope, terms: [String: String]) {
        self.scope = scope
        self.terms = terms
    }
}

/// Which sessions to list.
package struct SessionsQuery: Equatable, Sendable {
    /// An exact key, a session id or the beginning of a key.
    package var search: String?
    package var limit: Int
    package var offset: Int
    /// Whether each is looked at: its standing, its last prompt, and what goes on with it.
    package var looks: Bool

    package init(search: String? = nil, limit: Int, offset: Int = 0, looks: Bool = false) {
        self.search = search
        self.limit = limit
        self.offset = offset
        self.looks = looks
    }
}

/// Which conversations to list.
package struct ConversationsQuery: Equatable, Sendable {
    /// A key, or the beginning of keys.
    package var search: String?
    package var limit: Int
    package var offset: Int

    package init(search: String? = nil, limit: Int, offset: Int = 0) {
        self.search = search
        self.limit = limit
        self.offset = offset
    }
}

/// How much of a conversation to put before a prompt; nil for what the configuration says.
package struct ContextQuery: Equatable, Sendable {
    package var maxMessages: Int?
    package var maxCharacters: Int?

    package init(maxMessages: Int? = nil, maxCharacters: Int? = nil) {
        self.maxMessages = maxMessages
        self.maxCharacters = maxCharacters
    }
}

/// What to search for in the memory.
package struct MemoryQuery: Equatable, Sendable {
    package var text: String
    package var key: String?
    /// As it was written: a span such as `24h`, or a time.
    package var since: String?
    package var limit: Int
}

/// Which failures to list.
package struct FailuresQuery: Equatable, Sendable {
    package var failureClass: String?
    package var key: String?
    /// As it was written: a span such as `24h`, or a time.
    package var since: String?
    package var limit: Int
    package var cursor: String?
}

extension PageLists {
    /// What a page's query asks for. A list that cannot be read says why, and the others are there all the same.
    init(of place: Workplace, _ query: PageQuery) {
        func answer<List: Sendable>(_ make: () throws -> List) -> Answer<List> {
            do {
                return .success(try make())
            } catch {
                let failure = Failure(of: error)
                return .failure(PageTrouble(failure.reason, remedy: failure.remedy))
            }
        }
        self.init(
            sessions: answer { try place.looks(search: query.search, limit: Self.rows, offset: query.offset) },
            failures: answer {
                try place.failures(
                    class: query.failureClass, key: query.key,
                    sinceMilliseconds: try Period.beginning(query.since), limit: Self.rows, cursor: query.cursor)
            },
            groups: answer {
                try place.failureGroups(
                    class: query.failureClass, key: query.key,
                    sinceMilliseconds: try Period.beginning(query.since))
            }, activity: answer { try place.activity() },
            memory: query.words.isEmpty
                ? nil
                : answer {
                    try place.search(
                        query.words, key: query.memoryKey.isEmpty ? nil : query.memoryKey, limit: Self.rows)
                }, events: answer { try place.events(limit: Self.events) },
            episode: query.episode.isEmpty
                ? nil : answer { try place.episode(try place.episodeID(query.episode)) })
        hasHooks = Plugin.isSwitchedOn(in: place.clientDirectory)
    }
}
