package import Domain
package import Redis

/// How a tool does, in Redis, for all sessions and hosts.
package struct ToolStore: Sendable {
    let keys: Keys
    package let tool: ToolName

    package init(keys: Keys, tool: ToolName) {
        self.keys = keys
        self.tool = tool
    }

    package var reading: ReadRecord<ToolRecord> { ReadRecord(keys.tool(tool)) }
}

/// Keeps what was found of a tool, unless another was faster. Twin of `keep_tool.lua`; answers whether it was kept.
package struct KeepTool: JSONScript {
    package struct Argument: Encodable, Sendable {
        let revision: Int64
        let fields: [String: String]
        let change: String
        let reason: String
        let host: String
        let told: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.keep_tool_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension RedisConnection {
    /// Decides upon a tool as it is now, and keeps what was decided. Should another have been faster, decides anew.
    /// - Parameter decision: gets the server's clock, ms since 1970.
    package mutating func decide<Answer>(
        _ store: ToolStore, by host: String, _ decision: (inout ToolHealth, _ now: Int64) -> Answer
    ) throws(RedisError) -> Answer {
        try keep(store, by: host) { record, now in decision(&record.health, now) }
    }

    mutating func keep<Answer>(
        _ store: ToolStore, by host: String, _ decision: (inout ToolRecord, _ now: Int64) -> Answer
    ) throws(RedisError) -> Answer {
        // Another is faster now and then, not a hundred times.
        for _ in 0..<100 {
            let (known, now) = try ask(store.reading, TIME())
            let before = known ?? ToolRecord()
            var record = before
            record.health.agree(withClock: now)
            let answer = decision(&record, now)
            if try keep(record, after: before, store, by: host, now: now) { return answer }
        }
        throw .unexpectedReply(expected: "a tool that can be decided upon")
    }

    /// - Parameter told: the session that is told of it.
    /// - Returns: whether nobody was faster.
    mutating func keep(
        _ record: ToolRecord, after before: ToolRecord, _ store: ToolStore, by host: String, now: Int64,
        told: SessionID? = nil
    ) throws(RedisError) -> Bool {
        guard record != before || told != nil else { return true }
        let state = record.health.state(at: now)
        return try run(
            KeepTool(
                keys: [store.keys.tool(store.tool)],
                argument: .init(
                    revision: record.revision, fields: record.fields,
                    change: state != before.health.state(at: now) ? state.rawValue : "",
                    reason: record.health.lastFailure?.rawValue ?? "", host: host, told: told?.rawValue ?? "")))
    }

    /// One tool with the server's clock, ms since 1970; nil where it was not called within the last week.
    package mutating func tool(_ store: ToolStore) throws(RedisError) -> (health: ToolHealth, now: Int64)? {
        let (known, now) = try ask(store.reading, TIME())
        return known.map { ($0.health, now) }
    }

    /// The tools that were called within the last week, by name, with the server's clock.
    package mutating func tools(_ keys: Keys) throws(RedisError) -> (tools: [(ToolName, ToolHealth)], now: Int64) {
        let (names, now) = try ask(ZRANGE(keys.tools, 0..<10_000), TIME())
        let tools = names.compactMap { ToolName(rawValue: $0) }.sorted()
        let records = try ask(ForEach(tools.map { ReadRecord<ToolRecord>(keys.tool($0)) }))
        return (zip(tools, records).compactMap { tool, record in record.map { (tool, $0.health) } }, now)
    }
}
