internal import Domain
package import Redis

/// Adds the episodes of one span of a transcript, and moves the cursor behind them. Twin of `push_episode.lua`.
package struct PushEpisode: RedisScript {
    let pool: PoolKeys
    let span: EpisodeSpan

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofEpisode(PackageResources.push_episode_lua)

    package var keys: [RedisKey] { [pool.cursor(span.file)] }
    package func arguments(now: Int64?) -> [String] { span.arguments(now: now) }
    package func decode(_ reply: RedisReply) throws(RedisError) -> PushOutcome { try PushOutcome(reply) }
}

/// Adds an answer that its transcript never received. Twin of `push_answer.lua`.
package struct PushAnswer: RedisScript {
    let pool: PoolKeys
    /// Of one episode without bytes.
    let span: EpisodeSpan

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofEpisode(PackageResources.push_answer_lua)

    package var keys: [RedisKey] { span.episodes.map { pool.episode($0.id) } }
    package func arguments(now: Int64?) -> [String] { span.arguments(now: now) }
    package func decode(_ reply: RedisReply) throws(RedisError) -> AnswerOutcome {
        switch reply.array?.first?.text {
        case "pushed": return .pushed
        case "archived": return .archived
        case "full": return .full
        default: throw .unexpectedReply(expected: "pushed, archived or full")
        }
    }
}

/// What became of words that no transcript holds.
package enum AnswerOutcome: Sendable, Equatable {
    /// Redis has them. Until the archive does, whoever told them keeps them: Redis may come back older.
    case pushed
    case archived
    case full
}

extension EpisodeSpan {
    /// What both scripts are told. By hand, since every hook's capturer tells it.
    fileprivate func arguments(now: Int64?) -> [String] {
        [now.map { String($0) } ?? "", "0", json] + episodes.map(\.content)
    }
}

/// What became of a push.
package enum PushOutcome: Sendable, Equatable {
    case pushed
    /// Another capturer was faster; the cursor stands elsewhere.
    case moved
    case full(count: Int64)

    init(_ reply: RedisReply) throws(RedisError) {
        let parts = reply.array ?? []
        switch parts.first?.text {
        case "pushed": self = .pushed
        case "moved": self = .moved
        case "full": self = .full(count: parts.count > 1 ? parts[1].integer ?? 0 : 0)
        default: throw .unexpectedReply(expected: "pushed, moved or full")
        }
    }
}
