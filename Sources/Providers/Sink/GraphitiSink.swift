internal import Domain
internal import Platform
internal import Settings

/// Graphiti by its REST server: an episode each, in its group.
///
/// The server answers 202 and keeps what it took in memory until it is worked on: a crash loses it without a word. So
/// an episode counts when the group shows its name. It gets no uuid of ours: Graphiti would look for a node that is there
/// already, and fail (github.com/getzep/graphiti, `server/graph_service/routers/ingest.py`).
struct GraphitiSink: GraphSearching {
    private let connection: SinkConnection
    private let group: String

    init(_ policy: SinkPolicy, place: String) throws(ConfigurationError) {
        connection = try SinkConnection(policy, place: place)
        group = policy.group
    }

    func deliver(_ item: SinkItem) async throws(SinkFailure) -> Bool {
        let message: JSONValue = [
            "name": .string(item.name), "content": .string(GraphitiText.content(item)), "role_type": "system",
            "role": "holdfast", "timestamp": .string(ISOTime.text(item.capturedMilliseconds)),
            "source_description": .string(GraphitiText.source(item)),
        ]
        let body: JSONValue = ["group_id": .string(group), "messages": .array([message])]
        _ = try await connection.send(.post, "/messages", body: body.text)
        return false
    }

    let confirms = true

    func confirm(_ item: SinkItem) async throws(SinkFailure) -> Bool {
        let connection = connection, group = group
        return try await GraphitiText.isThere(item, whom: connection.whom) { count throws(SinkFailure) in
            let reply = try await connection.send(.get, "/episodes/\(group)?last_n=\(count)")
            // What is no JSON is no list, and is told as it came.
            return (try? JSONValue(parsing: reply.body)) ?? .string(reply.body)
        }
    }

    func search(_ words: String, limit: Int) async throws(SinkFailure) -> [GraphFact] {
        let body: JSONValue = [
            "group_ids": .array([.string(group)]), "query": .string(words), "max_facts": .number(Double(limit)),
        ]
        let reply = try await connection.send(.post, "/search", body: body.text)
        return GraphFact.all(in: (try? JSONValue(parsing: reply.body)) ?? .null, limit: limit)
    }

    func shutdown() async { await connection.shutdown() }
}

/// What both ways to Graphiti have in common.
enum GraphitiText {
    static func content(_ item: SinkItem) -> String { item.memory.outline(at: item.capturedMilliseconds) }

    static func source(_ item: SinkItem) -> String {
        let what = item.isOfSession ? "summary of a Claude Code session" : "memory of a Claude Code session"
        return "\(what) by holdfast\(item.dispatchKey.isEmpty ? "" : ", key \(item.dispatchKey)")"
    }

    /// So many of a group are looked at, the latest first: by when they were said, so that what is old stands far behind.
    private static let counts = [200, 1000, 5000]

    /// Whether a group has an item.
    /// - Parameter latest: asks for so many of the group's episodes.
    /// - Throws: where the answer is no list, or has as many as were asked for and not this: it may lie behind them.
    static func isThere(
        _ item: SinkItem, whom: String, latest: (Int) async throws(SinkFailure) -> JSONValue
    ) async throws(SinkFailure) -> Bool {
        for count in counts {
            let answer = try await latest(count)
            guard let episodes = list(in: answer) else {
                throw unseen("\(whom) answered with no list of episodes: \(PlainText.line(answer.text, limit: 200))")
            }
            if episodes.contains(where: { $0["name"]?.string == item.name }) { return true }
            if episodes.count < count { return false }
        }
        throw unseen("\(whom) has more than \(counts[counts.count - 1]) episodes that were said later")
    }

    private static func unseen(_ reason: String) -> SinkFailure {
        SinkFailure(FailureClass(category: .unknown, isRetryable: true, countsAgainstCircuit: false), reason)
    }

    private static func list(in json: JSONValue) -> [JSONValue]? {
        if case .array(let episodes) = json { return episodes }
        return ["episodes", "result"].lazy.compactMap { json[$0].flatMap(list) }.first
    }
}
