package import Domain
package import Redis

extension RedisConnection {
    /// Takes what captures found of calls into the records of their tools, and of the MCP servers whose they are. Each capture
    /// counts once, whoever takes it and wherever they are killed: a record notes with its figures how far it has come.
    /// - Returns: how many captures were taken in; fewer than `limit` when no more wait.
    package mutating func takeToolCalls(
        of queue: EpisodeQueue, into keys: Keys, _ policies: ToolPolicies, by host: String, limit: Int = 64
    ) throws(RedisError) -> Int {
        let entries = try ask(XREAD(queue.keys.toolCalls, after: StreamEntry.beginning, count: limit))
        guard !entries.isEmpty else { return 0 }
        var calls: [ToolName: [(entry: String, outcome: ToolHealth.Outcome)]] = [:]
        for entry in entries {
            let tallies = ToolCallTally.read(
                entry.fields["calls"] ?? "", session: entry.fields["session_id"] ?? "")
            for tally in tallies {
                for tool in [tally.tool, tally.tool.server].compactMap({ $0 }) {
                    calls[tool, default: []].append((entry.id, tally.outcome))
                }
            }
        }
        for (tool, found) in calls.sorted(by: { $0.key < $1.key }) {
            try keep(ToolStore(keys: keys, tool: tool), by: host) { record, now in
                record.take(found, of: queue.keys.prefix, policies[tool], at: now)
            }
        }
        _ = try ask(XDEL(queue.keys.toolCalls, entries.map(\.id)))
        return entries.count
    }
}

extension ToolRecord {
    /// Takes in what is not taken in yet, in the order in which it happened.
    fileprivate mutating func take(
        _ found: [(entry: String, outcome: ToolHealth.Outcome)], of queue: String, _ policy: ToolPolicy, at now: Int64
    ) {
        let last = applied[queue].flatMap(StreamPosition.init)
        let news = found.filter { call in
            guard let last, let position = StreamPosition(call.entry) else { return true }
            return last < position
        }
        for var outcome in news.map(\.outcome).sorted(by: { $0.atMilliseconds < $1.atMilliseconds }) {
            // A host's clock may be ahead of the server's.
            outcome.atMilliseconds = min(outcome.atMilliseconds, now)
            health.take(outcome, policy)
        }
        // What was removed late is of before it.
        let known = applied[queue].map { [$0] } ?? []
        applied[queue] = (found.map(\.entry) + known).max {
            (StreamPosition($0) ?? .zero) < (StreamPosition($1) ?? .zero)
        }
        while applied.count > Self.queueCount, let oldest = applied.min(by: { $0.value < $1.value }) {
            applied[oldest.key] = nil
        }
    }

    /// Hosts whose queues are remembered.
    private static let queueCount = 64
}

/// An entry's ID, which grows within a stream.
private struct StreamPosition: Comparable {
    var milliseconds: Int64
    var number: Int64

    static let zero = StreamPosition(milliseconds: 0, number: 0)

    private init(milliseconds: Int64, number: Int64) {
        self.milliseconds = milliseconds
        self.number = number
    }

    init?(_ id: String) {
        let parts = id.split(separator: "-")
        guard parts.count == 2, let milliseconds = StoredNumber.of(parts[0]), let number = StoredNumber.of(parts[1])
        else { return nil }
        self.init(milliseconds: milliseconds, number: number)
    }

    static func < (one: StreamPosition, other: StreamPosition) -> Bool {
        (one.milliseconds, one.number) < (other.milliseconds, other.number)
    }
}
