package import Domain
package import Redis

/// A pool's queue: cursors of transcripts, episodes and where they stand.
package struct EpisodeQueue: Sendable {
    package let keys: PoolKeys
    /// Stands in for the server's clock in tests.
    package var nowMilliseconds: Int64?

    package init(keys: PoolKeys, nowMilliseconds: Int64? = nil) {
        self.keys = keys
        self.nowMilliseconds = nowMilliseconds
    }

    package func pushing(_ span: EpisodeSpan) -> PushEpisodes {
        PushEpisodes(pool: keys, span: span, nowMilliseconds: nowMilliseconds)
    }

    package func pushingAnswer(_ span: EpisodeSpan) -> PushAnswer {
        PushAnswer(pool: keys, span: span, nowMilliseconds: nowMilliseconds)
    }

    package func discarding(_ id: EpisodeID) -> DiscardEpisode {
        DiscardEpisode(pool: keys, id: id, nowMilliseconds: nowMilliseconds)
    }

    /// The sets an episode can be in; it is in one at a time.
    package enum State: String, Sendable, CaseIterable {
        case scheduled, leased, dead, done
    }

    func set(of state: State) -> String {
        switch state {
        case .scheduled: keys.schedule
        case .leased: keys.leases
        case .dead: keys.dead
        case .done: keys.done
        }
    }
}

extension RedisConnection {
    /// The cursors of files; those never captured are at the beginning.
    package mutating func cursors(of files: [FileID], _ queue: EpisodeQueue) throws(RedisError) -> [Cursor] {
        let replies = try pipeline(
            files.map { ["HMGET", queue.keys.cursor($0), "offset", "generation", "tail_sha256"] })
        var cursors: [Cursor] = []
        for reply in replies {
            if case .error(let message) = reply { throw RedisError(reply: message) }
            let fields = reply.array ?? []
            guard fields.count == 3 else { throw .unexpectedReply(expected: "a cursor's fields") }
            let offset = fields[0].text.flatMap { Int64($0) } ?? 0
            let generation = fields[1].text.flatMap { Int64($0) } ?? 0
            guard (0..<1 << 60).contains(offset), (0..<1 << 60).contains(generation) else {
                throw .unexpectedReply(expected: "a cursor, not offset \(offset) of generation \(generation)")
            }
            cursors.append(Cursor(offset: offset, generation: generation, tailHash: fields[2].text ?? ""))
        }
        return cursors
    }

    package mutating func cursor(of file: FileID, _ queue: EpisodeQueue) throws(RedisError) -> Cursor {
        try cursors(of: [file], queue)[0]
    }

    /// How many episodes the queue holds that are not done.
    package mutating func queueCount(_ queue: EpisodeQueue) throws(RedisError) -> Int64 {
        let replies = try pipeline([queue.keys.schedule, queue.keys.leases, queue.keys.dead].map { ["ZCARD", $0] })
        var count: Int64 = 0
        for reply in replies {
            if case .error(let message) = reply { throw RedisError(reply: message) }
            count += reply.integer ?? 0
        }
        return count
    }

    /// One page of a state's episodes, the lowest score first: id and score (ms).
    package mutating func episodes(
        in state: EpisodeQueue.State, from offset: Int, count: Int, _ queue: EpisodeQueue
    ) throws(RedisError) -> [(id: EpisodeID, milliseconds: Int64)] {
        let reply = try send([
            "ZRANGE", queue.set(of: state), String(offset), String(offset + count - 1), "WITHSCORES",
        ])
        let flat = (reply.array ?? []).map { $0.text ?? "" }
        return stride(from: 0, to: flat.count - 1, by: 2).compactMap { index in
            EpisodeID(rawValue: flat[index]).map { ($0, Int64(exactly: (Double(flat[index + 1]) ?? 0).rounded()) ?? 0) }
        }
    }

    /// An episode's fields; empty when there is none.
    package mutating func episode(
        _ id: EpisodeID, _ queue: EpisodeQueue
    ) throws(RedisError) -> [String: String] {
        try send(["HGETALL", queue.keys.episode(id)]).fields
    }
}
