package import Domain
package import Redis
package import Settings

/// Which sessions keys have, for who takes something away that is older: of any key, on any host, and of those of this host
/// that a Redis which was emptied or put back knows nothing of.
package struct BoundSessions: Sendable {
    private let known: Set<SessionID>
    private let registry: SessionRegistry

    /// - Parameter now: ms since 1970.
    package init(_ settings: Settings, over connection: inout RedisConnection, now: Int64) throws(RedisError) {
        registry = SessionRegistry(keys: settings.keys)
        let mirror = BindingMirror(folder: settings.state.bindings)
        known = try connection.boundSessions(registry)
            .union(mirror.sessions(settings.configuration.ages, now: now))
    }

    /// Asks once more of the session's own key: it may have been bound since, or be the candidate of one that has none yet.
    package func contain(
        _ session: SessionID, over connection: inout RedisConnection
    ) throws(RedisError) -> Bool {
        if known.contains(session) { return true }
        return try connection.isBound(session, registry)
    }
}
