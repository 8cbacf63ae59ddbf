internal import Domain
internal import Operations
internal import Platform

extension PageLists {
    /// What a page's query asks for. A list that cannot be read says why, and the others are there all the same.
    init(of place: Workplace, _ query: PageQuery) {
        func answer(_ make: () throws -> some Encodable) -> Answer {
            do {
                return .success(try JSONValue(encoding: try make()))
            } catch {
                let failure = Failure(of: error)
                return .failure(PageTrouble(failure.reason, remedy: failure.remedy))
            }
        }
        self.init(
            sessions: answer { try place.sessions(search: query.search, limit: Self.rows, offset: query.offset) },
            failures: answer {
                try place.failures(
                    class: query.failureClass, key: query.key,
                    sinceMilliseconds: try Period.beginning(query.since), limit: Self.rows, cursor: query.cursor)
            },
            memory: query.words.isEmpty
                ? nil
                : answer {
                    try place.search(
                        query.words, key: query.memoryKey.isEmpty ? nil : query.memoryKey, limit: Self.rows)
                }, events: answer { try place.events(limit: Self.events) },
            episode: query.episode.isEmpty
                ? nil : answer { try place.episode(try Workplace.episodeID(query.episode)) })
    }
}
