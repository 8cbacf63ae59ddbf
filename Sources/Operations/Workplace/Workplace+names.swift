internal import Archive
package import Domain
internal import Platform
internal import Redis
internal import Storage
internal import Vault

/// What a person names by a word.
package enum Named: Sendable {
    /// Dispatch keys that are bound.
    case key
    /// Sessions on record.
    case session
    /// Episodes of the queue, those done too.
    case episode
    /// Sessions in the vault.
    case kept
    case pool
    /// Providers that have a circuit.
    case provider
    /// Tools that were called within a week.
    case tool
}

extension Workplace {
    /// An ID may be cut to so many digits or more.
    private static let leastDigits = 6

    /// What there is of a kind that begins with a text, sorted.
    /// - Throws: where nobody can be asked.
    package func names(of kind: Named, beginningWith text: String) throws -> [String] {
        let names: [String] =
            switch kind {
            case .key:
                try keys(beginningWith: text)
            case .session:
                try sessions(limit: 1000).sessions.map(\.session_id)
            case .episode:
                try (episodes(state: nil, limit: 1000) + episodes(state: "done", limit: 1000)).map(\.episode_id)
            case .kept: try keptSessions(limit: 1000).map(\.session_id)
            case .pool: try pools().map(\.name)
            case .provider: try circuits().map(\.provider)
            case .tool: try tools().map(\.name)
            }
        return names.filter { $0.hasPrefix(text) }.sorted()
    }

    private func keys(beginningWith text: String) throws -> [String] {
        var connection = try connect()
        return try connection.boundKeys(beginningWith: text, registry).map(\.rawValue)
    }

    /// Which key is probably meant by one that nothing is known of; nil where none is like it.
    package func likelyKey(for key: String) -> String? {
        // It is no more than a hint.
        guard let known = try? keys(beginningWith: key.first.map(String.init) ?? "") else { return nil }
        return Likeness.nearest(to: key, among: known.filter { $0 != key })
    }

    /// The episode that is meant by its ID, or by the first digits of it, as lists and searches print them.
    /// - Throws: `Failure` for what is no ID, or the beginning of none or of several.
    package func episodeID(_ name: String) throws -> EpisodeID {
        if let id = EpisodeID(rawValue: name) { return id }
        let digits = name.lowercased()
        guard (Self.leastDigits...32).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else {
            throw Failure(
                .badInput, "'\(name)' is no episode ID: \(Self.leastDigits) to 32 hexadecimal digits",
                remedy: "see 'holdfast episodes list'")
        }
        if let id = EpisodeID(rawValue: digits) { return id }
        var found = Set<EpisodeID>()
        if let archived = try archiveIfAny?.show(beginning: digits) { found.insert(archived.episode.id) }
        do throws(RedisError) {
            var connection = try connect()
            found.formUnion(try connection.episodes(beginningWith: digits, in: queue))
        } catch {
            // The archive has most of them.
            guard !found.isEmpty else { throw error }
        }
        guard let id = found.first else {
            throw Failure(
                .no, "no episode begins with '\(name)'", remedy: "see 'holdfast episodes list'")
        }
        guard found.count == 1 else {
            throw Failure(.badInput, "\(found.count) episodes begin with '\(name)'", remedy: "give more digits")
        }
        return id
    }

    /// The session that is meant by the first digits of its ID; nil where none is.
    /// - Throws: `Failure` where several are.
    func session(
        beginningWith name: String, _ connection: inout RedisConnection
    ) throws -> SessionID? {
        guard Self.isBeginning(name) else { return nil }
        return try Self.only(try connection.sessions(beginningWith: name, registry), beginningWith: name)
    }

    /// Whether a word may be the first digits of a session's ID.
    static func isBeginning(_ name: String) -> Bool {
        name.utf8.count >= leastDigits && name.allSatisfy { $0.isHexDigit || $0 == "-" }
    }

    /// - Returns: nil where there is none.
    static func only(_ found: [SessionID], beginningWith name: String) throws -> SessionID? {
        guard found.count < 2 else {
            throw Failure(.badInput, "\(found.count) sessions begin with '\(name)'", remedy: "give more digits")
        }
        return found.first
    }

    /// The session that is meant by its ID, or by the first digits of it, known or not.
    /// - Throws: `Failure` for what is no ID, or the beginning of several.
    package func sessionID(_ name: String) throws -> SessionID {
        guard let id = SessionID(rawValue: name), id != .added else {
            throw Failure(.badInput, "'\(name)' is no session ID", remedy: "see 'holdfast sessions list'")
        }
        if id.isUUID { return id }
        var connection = try connectStarting()
        let vault = try Vault.openIfThere(settings), archive = archiveIfAny
        if try connection.ask(registry.session(id)) != nil { return id }
        guard Self.isBeginning(name) else { return id }
        var found = Set(try connection.sessions(beginningWith: name, registry))
        found.formUnion(try vault?.sessions(beginningWith: name) ?? [])
        found.formUnion(try archive?.sessions(beginningWith: name) ?? [])
        if found.contains(id) { return id }
        return try Self.only(Array(found), beginningWith: name) ?? id
    }
}
