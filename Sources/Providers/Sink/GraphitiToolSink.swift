internal import Domain
internal import Settings
internal import Synchronization

/// Graphiti by its MCP server over streamable HTTP
/// (<https://modelcontextprotocol.io/specification/2025-06-18/basic/transports>): `add_memory`, and `get_episodes` to see
/// that it is there.
final class GraphitiToolSink: GraphSearching {
    private let connection: SinkConnection
    private let group: String
    private let session = Mutex(String?.none)

    init(_ policy: SinkPolicy, place: String) throws(ConfigurationError) {
        connection = try SinkConnection(policy, place: place)
        group = policy.group
    }

    func deliver(_ item: SinkItem) async throws(SinkFailure) -> Bool {
        _ = try await call(
            "add_memory",
            [
                "name": .string(item.name), "episode_body": .string(GraphitiText.content(item)),
                "group_id": .string(group), "source": "text", "source_description": .string(GraphitiText.source(item)),
            ])
        return false
    }

    let confirms = true

    func confirm(_ item: SinkItem) async throws(SinkFailure) -> Bool {
        try await GraphitiText.isThere(item, whom: connection.whom) { count throws(SinkFailure) in
            try await call(
                "get_episodes", ["group_ids": .array([.string(group)]), "max_episodes": .number(Double(count))])
        }
    }

    func search(_ words: String, limit: Int) async throws(SinkFailure) -> [GraphFact] {
        let json = try await call(
            "search_memory_facts",
            [
                "query": .string(words), "group_ids": .array([.string(group)]), "max_facts": .number(Double(limit)),
            ])
        // A server that answers by a shape of its own wraps it.
        return GraphFact.all(in: json["result"] ?? json, limit: limit)
    }

    func shutdown() async { await connection.shutdown() }

    private static let version = "2025-06-18"

    /// - Returns: what the tool answers.
    private func call(
        _ tool: String, _ arguments: JSONValue, isAgain: Bool = false
    ) async throws(SinkFailure) -> JSONValue {
        let hadSession = session.withLock { $0 } != nil
        if !hadSession { try await begin() }
        let parameters: JSONValue = ["name": .string(tool), "arguments": arguments]
        let reply: JSONValue
        do throws(SinkFailure) {
            reply = try await ask("tools/call", parameters, id: 2)
        } catch {
            // A server that was started anew knows no session of before, and says so by 404.
            session.withLock { $0 = nil }
            guard hadSession, !isAgain, [400, 404].contains(error.status) else { throw error }
            return try await call(tool, arguments, isAgain: true)
        }
        guard let result = reply["result"] else {
            throw refused("\(tool): \(reply["error"]?["message"]?.string ?? "no result")")
        }
        var texts: [String] = []
        if case .array(let content)? = result["content"] { texts = content.compactMap { $0["text"]?.string } }
        guard result["isError"] != .bool(true) else { throw refused("\(tool): \(texts.joined(separator: " "))") }
        if let answer = result["structuredContent"], answer != .null { return answer }
        // One text is the answer; a list may come as a text for each, and an empty one as none. What is no JSON is told as
        // it came.
        let parts = texts.map { (try? JSONValue(parsing: $0)) ?? .string($0) }
        return parts.count == 1 ? parts[0] : .array(parts)
    }

    private func begin() async throws(SinkFailure) {
        let client: JSONValue = ["name": "holdfast", "version": .string(Holdfast.version)]
        _ = try await ask(
            "initialize",
            ["protocolVersion": .string(Self.version), "capabilities": .object([:]), "clientInfo": client], id: 1)
        _ = try await post(["jsonrpc": "2.0", "method": "notifications/initialized"])
    }

    private func ask(_ method: String, _ parameters: JSONValue, id: Int) async throws(SinkFailure) -> JSONValue {
        let reply = try await post([
            "jsonrpc": "2.0", "id": .number(Double(id)), "method": .string(method), "params": parameters,
        ])
        if let given = reply.headers["mcp-session-id"] { session.withLock { $0 = given } }
        let texts =
            reply.headers["content-type"]?.hasPrefix("text/event-stream") == true
            ? Self.events(reply.body) : [reply.body]
        for text in texts {
            guard let json = try? JSONValue(parsing: text), json["id"] != nil else { continue }
            return json
        }
        throw refused("no answer to \(method)")
    }

    private func post(_ message: JSONValue) async throws(SinkFailure) -> HTTPReply {
        var headers = ["accept": "application/json, text/event-stream", "mcp-protocol-version": Self.version]
        if let session = session.withLock({ $0 }) { headers["mcp-session-id"] = session }
        return try await connection.send(.post, "", body: message.text, more: headers)
    }

    /// The data of each event of a stream.
    private static func events(_ body: String) -> [String] {
        var events: [String] = [], data: [Substring] = []
        for line in body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.hasPrefix("data:") {
                data.append(line.dropFirst(5).drop { $0 == " " })
            } else if line.isEmpty, !data.isEmpty {
                events.append(data.joined(separator: "\n"))
                data = []
            }
        }
        return data.isEmpty ? events : events + [data.joined(separator: "\n")]
    }

    private func refused(_ reason: String) -> SinkFailure {
        SinkFailure(
            FailureClass(category: .serverError, isRetryable: true, countsAgainstCircuit: true),
            "\(connection.whom): \(PlainText.line(reason, limit: 300))")
    }
}
