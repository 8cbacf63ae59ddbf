package import Domain
internal import Glibc
internal import Platform
internal import Settings

/// What the knowledge graph that memories are handed on to knows.
package struct GraphFacts: Codable, Sendable {
    /// The sink that was asked.
    package let sink: String
    package let facts: [GraphFact]

    package init(sink: String, facts: [GraphFact]) {
        self.sink = sink
        self.facts = facts
    }
}

extension Workplace {
    /// Longer than the companion takes to answer anything, shorter than whoever calls a tool waits; seconds.
    private static let patience = 12
    private static let answerLimit = 4 << 20

    /// Asks the graph by the companion, which has its key.
    /// - Throws: `Failure` where there is no companion, no sink of the kind, or no answer.
    package func searchGraph(_ words: String, limit: Int) throws -> GraphFacts {
        guard (1...100).contains(limit) else { throw Failure(.usage, "limit is \(limit); allowed: 1 to 100") }
        let target = "/api/v1/graph?q=\(PercentCoding.encode(words))&limit=\(limit)"
        let request =
            "GET \(target) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: application/json\r\n\r\n"
        let answer: [UInt8]
        do throws(FileError) {
            answer = try UnixSocket.exchange(
                Array(request.utf8), with: settings.state.programSocket, patience: Self.patience,
                limit: Self.answerLimit)
        } catch {
            let isAway = [ENOENT, ECONNREFUSED].contains(error.number)
            throw Failure(
                .no,
                "the graph is asked by the companion, which \(isAway ? "does not run" : "did not answer (\(error.reason))")",
                remedy: "start it with 'holdfast up'")
        }
        guard let (status, body) = Self.parts(of: answer), let json = try? JSONValue(parsing: body) else {
            throw Failure(.no, "the companion's answer is none", remedy: "see \(settings.state.companionLog)")
        }
        guard status == 200 else {
            throw Failure(
                .no, json["error"]?["message"]?.string ?? "the graph was not asked (HTTP \(status))",
                remedy: json["error"]?["remedy"]?.string ?? "see 'holdfast sinks'")
        }
        return try json.decode(GraphFacts.self)
    }

    /// Status and body of an answer that ends where its connection does.
    private static func parts(of answer: [UInt8]) -> (status: Int, body: String)? {
        let text = String(decoding: answer, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let words = text[..<end.lowerBound].split(separator: " ", maxSplits: 2)
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        let body = text[end.upperBound...]
        // Nothing but JSON, so what lies around it is the length of chunks.
        guard let first = body.firstIndex(of: "{"), let last = body.lastIndex(of: "}") else { return nil }
        return (status, String(body[first...last]))
    }
}
