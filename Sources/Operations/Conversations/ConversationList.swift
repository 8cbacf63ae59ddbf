internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A conversation in a list, without its words.
package struct ConversationRow: Encodable, Sendable {
    package let dispatch_key: String
    package let messages: Int
    /// When the first and the last of them were said.
    @OrNull package var oldest_at: Timestamp?
    @OrNull package var newest_at: Timestamp?
    /// Of Redis' memory; nil where it does not tell.
    @OrNull package var bytes: Int64?
    /// nil for never.
    @OrNull package var expires_at: Timestamp?

    init(_ summary: ConversationSummary, now: Int64) {
        dispatch_key = summary.dispatchKey.rawValue
        messages = Int(summary.messages)
        oldest_at = Timestamp(orNever: summary.oldestMilliseconds)
        newest_at = Timestamp(orNever: summary.newestMilliseconds)
        bytes = summary.bytes
        expires_at = summary.remainingMilliseconds.map { Timestamp(now + $0) }
    }
}

/// Some of many conversations.
package struct ConversationPage: Encodable, Sendable {
    package let conversations: [ConversationRow]
    /// How many there are, of those that were looked for.
    package let total: Int
    /// nil on the last page.
    @OrNull package var next_offset: Int?
}

/// What there is of all conversations together.
package struct ConversationHealth: Encodable, Sendable {
    package let conversations: Int
    package let messages: Int
    @OrNull package var oldest_at: Timestamp?
    @OrNull package var newest_at: Timestamp?
    /// Of Redis' memory; nil where it does not tell.
    @OrNull package var bytes: Int64?
    /// How many expire within an hour.
    package let expiring: Int
    /// When the next one expires.
    @OrNull package var next_expiry_at: Timestamp?

    init(_ rows: [ConversationRow], now: Int64) {
        conversations = rows.count
        messages = rows.reduce(0) { $0 + $1.messages }
        let sizes = rows.compactMap(\.bytes), ends = rows.compactMap(\.expires_at)
        expiring = ends.count { $0 < Timestamp(now + 3_600_000) }
        oldest_at = rows.compactMap(\.oldest_at).min()
        newest_at = rows.compactMap(\.newest_at).max()
        next_expiry_at = ends.min()
        bytes = rows.isEmpty || !sizes.isEmpty ? sizes.reduce(0, +) : nil
    }
}

extension Workplace {
    /// Conversations, those spoken in last first.
    /// - Parameter search: a dispatch key, or the beginning of keys; empty for all.
    package func conversations(search: String = "", limit: Int, offset: Int = 0) throws -> ConversationPage {
        guard (1...10_000).contains(limit), (0...10_000_000).contains(offset) else {
            throw Failure(.usage, "limit is \(limit), offset \(offset); allowed: 1 to 10000, and 0 to 10000000")
        }
        let rows = try allConversations().filter { $0.dispatch_key.hasPrefix(search) }.sorted {
            let (one, other) = ($0.newest_at?.milliseconds ?? 0, $1.newest_at?.milliseconds ?? 0)
            return one == other ? $0.dispatch_key < $1.dispatch_key : one > other
        }
        return ConversationPage(
            conversations: Array(rows.dropFirst(offset).prefix(limit)), total: rows.count,
            next_offset: offset + limit < rows.count ? offset + limit : nil)
    }

    package func conversationHealth() throws -> ConversationHealth {
        ConversationHealth(try allConversations(), now: HostClock.wallMilliseconds)
    }

    /// By key.
    private func allConversations() throws -> [ConversationRow] {
        var connection = try connect()
        let now = HostClock.wallMilliseconds
        return try connection.summaries(conversationQueries, limit: Self.mostConversations).map {
            ConversationRow($0, now: now)
        }
    }

    /// Beyond, which ones are looked at is a matter of chance.
    static let mostConversations = 1_000_000
}
