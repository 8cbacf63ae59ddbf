internal import Domain
package import Storage

/// Since when nobody on this host gets through to Redis: a file that the first to notice writes and the first to get
/// through removes.
package struct AwayMark: Sendable {
    private let path: String

    package init(_ state: StateFolder) { path = state.redisAwayMark }

    /// - Returns: since when; now, where nobody had noticed before.
    package func set(now: Timestamp) -> Timestamp {
        if let earlier = (try? Files.read(path, limit: 32)).flatMap({ Int64($0) }), earlier > 0,
            earlier <= now.milliseconds
        {
            return Timestamp(earlier)
        }
        // On a full disk nobody remembers; the next to look says now, too.
        try? Files.write("\(now.milliseconds)", to: path)
        return now
    }

    package func clear() { if Files.exists(path) { Files.remove(path) } }
}
