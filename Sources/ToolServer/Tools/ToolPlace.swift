internal import Domain
internal import Operations
internal import Redis
internal import Settings

/// Where tools do their work: a workplace of the settings as they are at each call, so that a server that runs for days
/// heeds what was changed meanwhile.
struct ToolPlace: Sendable {
    let environment: [String: String]

    /// Runs what a tool does. It may wait for Redis or for the disk: calls have threads of their own.
    func run<Answer>(_ work: (Workplace) throws -> Answer) throws(ToolError) -> Answer {
        do {
            return try work(Workplace(settings: try Settings.load(environment: environment)))
        } catch {
            throw ToolError(Failure(of: error))
        }
    }

    /// The same, answered as JSON.
    func answer<Answer: Encodable>(
        _ text: (Answer) -> String, _ work: (Workplace) throws -> Answer
    ) throws(ToolError) -> ToolResult {
        let answer = try run(work)
        do {
            return ToolResult(text: text(answer), structured: try JSONValue(encoding: answer))
        } catch {
            throw ToolError(.internal, "the answer cannot be written: \(error)", remedy: "see holdfast doctor")
        }
    }
}

extension ToolError {
    init(_ failure: Failure) {
        let category: ToolError.Category =
            switch failure.category {
            case .not_found: .notFound
            case .archive_unavailable, .failed: .internal
            case .invalid, .conflict, .configuration: .invalid
            case .redis_unavailable: .redisUnavailable
            case .llm_unavailable: .llmUnavailable
            case .llm_auth: .llmAuth
            case .rate_limit: .rateLimit
            case .network: .network
            case .quota: .quota
            }
        self.init(category, failure.reason, remedy: failure.remedy)
    }
}
