internal import Archive
internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// What Redis has of sessions and keys: records, bindings, and what was said last under a key. And this host's mirror.
struct RegistryStep: ForgettingStep {
    let workplace: Workplace

    let place = "the registry"

    private var mirror: BindingMirror { BindingMirror(folder: workplace.settings.state.bindings) }

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var connection = try workplace.connect(.companion)
        var finding = ForgetFinding()
        for session in search.sessions where session != .added {
            if try connection.ask(workplace.registry.session(session)) != nil {
                finding.count("session records", areWords: false)
            }
        }
        for key in try keys(search, &connection) {
            if try isBound(key, search, &connection) { finding.count("bindings", areWords: false) }
            if let mirrored = mirror.binding(of: key), search.sessions.contains(mirrored.sessionID) {
                finding.count("mirrored bindings", areWords: false)
            }
        }
        let said = SaidWords(workplace.registry)
        let parts = try said.parts(search.wish, messages: search.forgotten.messages, over: &connection)
        finding.count("messages of conversations", parts.reduce(0) { $0 + $1.count })
        // What a bot added stands nowhere else.
        if search.wish.text == nil {
            finding.samples = try said.texts(of: parts, over: &connection).compactMap(TextSample.of)
        }
        return finding
    }

    private func isBound(
        _ key: DispatchKey, _ search: ForgetSearch, _ connection: inout RedisConnection
    ) throws(RedisError) -> Bool {
        let binding = try connection.ask(workplace.registry.binding(key))
        return [binding?.sessionID, binding?.candidateID].contains { $0.map(search.sessions.contains) ?? false }
    }

    /// Those that may have the sessions.
    private func keys(
        _ search: ForgetSearch, _ connection: inout RedisConnection
    ) throws(RedisError) -> Set<DispatchKey> {
        var keys: Set<DispatchKey> = search.key.map { [$0] } ?? []
        for session in search.sessions {
            if let key = try connection.ask(workplace.registry.session(session))?.dispatchKey { keys.insert(key) }
        }
        // Two keys may have one session; and a record may have expired that a binding or a mirror outlives.
        let bound = try connection.boundKeys(beginningWith: "", workplace.registry)
        for start in stride(from: 0, to: bound.count, by: 500) {
            let page = Array(bound[start..<min(bound.count, start + 500)])
            for (key, record) in zip(page, try connection.ask(workplace.registry.bindings(page))) {
                if record?.sessionID.map(search.sessions.contains) ?? false { keys.insert(key) }
            }
        }
        return keys.union(mirror.keys(of: search.sessions))
    }

    func remove(_ search: ForgetSearch) throws {
        var connection = try workplace.connect(.companion)
        let keys = try keys(search, &connection), now = HostClock.now()
        let ages = workplace.settings.configuration.ages
        for session in search.sessions where session != .added {
            let age = keys.map(ages.milliseconds(for:)).max() ?? ages.standardMilliseconds
            _ = try connection.run(
                workplace.registry.forgetting(
                    session, of: Array(keys), host: workplace.host, maxAgeMilliseconds: age, at: now))
            for key in keys { mirror.drop(key, session: session) }
        }
        let words = SaidWords(workplace.registry)
        try words.remove(
            try words.parts(search.wish, messages: search.forgotten.messages, over: &connection), over: &connection)
    }
}
