/// What `holdfast mcp` answers to requests that are in its input when it starts.
extension Built {
    /// At the end of its input it waits a moment for calls that run and then ends, as its client expects. On a busy machine a
    /// call may take longer: then all is asked once more.
    /// - Parameters:
    ///   - requests: a line of JSON each.
    ///   - id: of the request that must be answered.
    package static func tools(
        _ requests: [String], answering id: Int, environment: [String: String]
    ) async throws -> [Substring] {
        var lines: [Substring] = []
        for _ in 0..<20 {
            let output = try await run(
                "holdfast", ["mcp"], environment: environment,
                input: Array((requests.joined(separator: "\n") + "\n").utf8)
            ).output
            lines = output.split(separator: "\n")
            if lines.contains(where: { $0.contains("\"id\":\(id),") || $0.contains("\"id\":\(id)}") }) { break }
        }
        return lines
    }
}
