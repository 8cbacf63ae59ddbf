internal import Companion
internal import Dashboard
internal import Domain
internal import Operations
internal import Providers

extension MemoryServices {
    /// Asks the graph for who asks over HTTP.
    var graphSearch: OperationsBackend.GraphSearch {
        { (words, limit) async throws(Failure) in
            let found: (sink: String, [GraphFact])?
            do throws(SinkFailure) {
                found = try await searchGraph(words, limit: limit)
            } catch {
                throw Failure(
                    .no, "the graph was not asked: \(error)", remedy: "see 'holdfast sinks'", category: .failed)
            }
            guard let found else {
                throw Failure(
                    .no, "no sink of the kind graphiti is configured", remedy: "see 'sinks' in holdfast.json",
                    category: .not_found)
            }
            return GraphFacts(sink: found.sink, facts: found.1)
        }
    }
}
