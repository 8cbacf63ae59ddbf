package import Domain
package import Redis

/// What was said last under each dispatch key: scripts and reads, as values, which the files beside this add.
package struct Conversations: Sendable {
    package let keys: Keys

    package init(keys: Keys) {
        self.keys = keys
    }

    /// The last messages, the oldest first; none where there is no conversation.
    /// - Parameter count: how many at most, 1 or more.
    package func last(_ count: Int, of key: DispatchKey) -> ReadConversation {
        ReadConversation(range: LRANGE(keys.conversation(key), -count ... -1))
    }

    package func summary(of key: DispatchKey) -> SummarizeConversation {
        SummarizeConversation(dispatchKey: key, key: keys.conversation(key))
    }
}

/// Messages of one conversation. What a hand left there that is none is passed over.
package struct ReadConversation: RedisQuery {
    let range: LRANGE

    package var requests: [RedisRequest] { range.requests }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> [ConversationMessage] {
        try range.decodeOr([], &replies).compactMap(ConversationMessage.init(json:))
    }
}

/// What there is of one conversation, without its words.
package struct ConversationSummary: Sendable, Equatable {
    package var dispatchKey: DispatchKey
    package var messages: Int64
    /// When the first and the last of them were said, ms since 1970; nil where that cannot be read.
    package var oldestMilliseconds: Int64?
    package var newestMilliseconds: Int64?
    /// Of the server's memory; nil where it does not tell.
    package var bytes: Int64?
    /// Until it expires; nil for never, which only a hand can have made.
    package var remainingMilliseconds: Int64?
}

/// Answers nil where there is no conversation.
package struct SummarizeConversation: RedisQuery {
    let dispatchKey: DispatchKey
    let key: RedisKey

    private var count: LLEN { LLEN(key) }
    private var oldest: LRANGE { LRANGE(key, 0...0) }
    private var newest: LRANGE { LRANGE(key, -1 ... -1) }
    private var rest: PTTL { PTTL(key) }
    private var memory: MEMORYUSAGE { MEMORYUSAGE(key) }

    package var requests: [RedisRequest] {
        [count.request, oldest.request, newest.request, rest.request, memory.request]
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> ConversationSummary? {
        let messages = try count.decodeOr(0, &replies)
        let ends = [try oldest.decodeOr([], &replies), try newest.decodeOr([], &replies)].map {
            $0.first.flatMap(ConversationMessage.init(json:))?.milliseconds
        }
        let (remaining, bytes) = (try rest.decode(&replies), try memory.decode(&replies))
        guard messages > 0 else { return nil }
        return ConversationSummary(
            dispatchKey: dispatchKey, messages: messages, oldestMilliseconds: ends[0], newestMilliseconds: ends[1],
            bytes: bytes, remainingMilliseconds: remaining)
    }
}

extension RedisCommand {
    /// The answer, or what stands for it where a hand put something else than a list under the key.
    func decodeOr(_ other: Answer, _ replies: inout RedisReplies) throws(RedisError) -> Answer {
        do throws(RedisError) {
            return try decode(&replies)
        } catch {
            guard case .rejected(let message) = error, message.hasPrefix("WRONGTYPE") else { throw error }
            return other
        }
    }
}

extension RedisConnection {
    /// One page of a walk over all conversations. One may come twice, and one that is new not at all.
    /// - Parameters:
    ///   - position: nil at the beginning, then where the page before says.
    ///   - count: about so many keys of Redis are looked at.
    /// - Returns: what there is of each, and where the next page begins; nil after the last.
    package mutating func walk(
        _ conversations: Conversations, from position: String?, count: Int = 1000
    ) throws(RedisError) -> (summaries: [ConversationSummary], next: String?) {
        let keys = conversations.keys
        let page = try ask(SCAN(keys.allConversations, from: position ?? SCAN.start, count: count))
        let found = page.keys.compactMap(keys.dispatchKey(ofConversation:))
        guard !found.isEmpty else { return ([], page.next) }
        return (try ask(ForEach(found.map(conversations.summary))).compactMap { $0 }, page.next)
    }

    /// All conversations, by key; so many at most, whichever they are.
    package mutating func summaries(
        _ conversations: Conversations, limit: Int = 100_000
    ) throws(RedisError) -> [ConversationSummary] {
        var found: [DispatchKey: ConversationSummary] = [:]
        var position: String?
        repeat {
            let page = try walk(conversations, from: position)
            for summary in page.summaries { found[summary.dispatchKey] = summary }
            position = page.next
        } while position != nil && found.count < limit
        return found.values.sorted { $0.dispatchKey.rawValue < $1.dispatchKey.rawValue }
    }
}
