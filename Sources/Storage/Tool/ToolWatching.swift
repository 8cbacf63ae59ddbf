package import Domain
package import Redis

/// A tool's record, and of which tools a session was told.
private struct ToolReading: RedisQuery {
    let store: ToolStore
    let session: SessionID

    private var told: HGETALL { HGETALL(store.keys.toldTools(session)) }

    var requests: [RedisRequest] { store.reading.requests + told.requests }

    func decode(_ replies: inout RedisReplies) throws(RedisError) -> (record: ToolRecord?, told: [String: String]) {
        (try store.reading.decode(&replies), try told.decode(&replies))
    }
}

/// What a hook finds out of the tool that it is told of; of an MCP server's tool, of the server too: whichever it is that
/// fails.
extension RedisConnection {
    /// Notes that a call failed.
    /// - Parameters:
    ///   - succeeded: when it last answered, ms since 1970, as far as the session's transcript says; asked for only where
    ///     something is to be told by it.
    /// - Returns: what the session is to be told, once.
    package mutating func noteFailure(
        _ outcome: ToolHealth.Outcome, of tool: ToolName, in session: SessionID, keys: Keys, _ policies: ToolPolicies,
        by host: String, succeeded: (ToolName) -> Int64?
    ) throws(RedisError) -> String? {
        var advice: String?
        // The server first: what is told of it holds for each of its tools.
        for subject in [tool.server, tool].compactMap({ $0 }) {
            let store = ToolStore(keys: keys, tool: subject), policy = policies[subject]
            for _ in 0..<Self.patience {
                let ((known, told), now) = try ask(ToolReading(store: store, session: session), TIME())
                let before = known ?? ToolRecord()
                var record = before
                record.health.agree(withClock: now)
                if record.health.failuresInARow > 0, let success = succeeded(subject),
                    success > record.health.lastFailureMilliseconds
                {
                    record.health.succeed(at: min(success, now))
                }
                var outcome = outcome
                outcome.atMilliseconds = now
                record.health.take(outcome, policy, ahead: true)
                let isKnown = [subject, tool.server].contains { $0.map { told[$0.rawValue] != nil } ?? false }
                let own = ToolAdvice(tool: subject, health: record.health, policy: policy, at: now)
                let isTold = advice == nil && !isKnown && outcome.failure?.countsAgainstTool == true && own.isDue
                guard try keep(record, after: before, store, by: host, now: now, told: isTold ? session : nil) else {
                    continue
                }
                if isTold { advice = own.text(to: session.rawValue) }
                break
            }
        }
        return advice
    }

    /// Whether a call may be made. Whoever is let through to a tool that is unavailable is the only one for a while.
    /// - Parameter succeeded: as of `noteFailure`; asked for only where something is to be refused.
    /// - Returns: why it is refused; nil where it is not.
    package mutating func refusal(
        of tool: ToolName, to session: SessionID, keys: Keys, _ policies: ToolPolicies, by host: String,
        succeeded: (ToolName) -> Int64? = { _ in nil }
    ) throws(RedisError) -> String? {
        let subjects = [tool.server, tool].compactMap { $0 }
        for _ in 0..<Self.patience {
            let stores = subjects.map { ToolStore(keys: keys, tool: $0) }
            let (known, now) = try ask(ForEach(stores.map(\.reading)), TIME())
            let before = known.map { $0 ?? ToolRecord() }
            var records = before, advices: [ToolHealth.Advice] = []
            for index in records.indices {
                records[index].health.agree(withClock: now)
                // The one that was let through may have been answered in this very turn.
                if records[index].health.stored == .unavailable, let success = succeeded(subjects[index]),
                    success > records[index].health.lastFailureMilliseconds
                {
                    records[index].health.succeed(at: min(success, now))
                }
                advices.append(records[index].health.ask(at: now))
            }
            for (index, advice) in advices.enumerated() {
                guard case .wait(let until) = advice else { continue }
                return ToolAdvice(
                    tool: subjects[index], health: before[index].health, policy: policies[subjects[index]], at: now
                ).refusal(until: until, to: session.rawValue)
            }
            var isKept = true
            for index in records.indices where isKept {
                isKept = try keep(records[index], after: before[index], stores[index], by: host, now: now)
            }
            if isKept { return nil }
        }
        // Everybody asks at once: nothing is blocked for the sake of a statistic.
        return nil
    }

    /// The tools of which a session was told that they fail, and which have answered since; told once.
    package mutating func takeRecovered(_ session: SessionID, keys: Keys) throws(RedisError) -> [ToolName] {
        let told = try ask(HGETALL(keys.toldTools(session)))
        let tools = told.keys.compactMap { ToolName(rawValue: $0) }.sorted()
        let (records, now) = try ask(
            ForEach(tools.map { ReadRecord<ToolRecord>(keys.tool($0)) }), TIME())
        let back = zip(tools, records).compactMap { tool, record -> ToolName? in
            guard let health = record?.health else { return nil }
            let since = told[tool.rawValue].flatMap { StoredNumber.of($0) } ?? 0
            let isBack = health.state(at: now) != .unavailable && health.failuresInARow == 0
            return isBack && health.lastSuccessMilliseconds >= since ? tool : nil
        }
        var taken: [ToolName] = []
        for tool in back where try ask(HDEL(keys.toldTools(session), [tool.rawValue])) { taken.append(tool) }
        return taken
    }

    /// So often somebody may be faster while a client waits.
    private static let patience = 5
}
