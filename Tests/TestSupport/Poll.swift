package struct PollTimeout: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Looks until something holds; the deadline is for what never comes to hold, not for how long it may take.
package func poll(
    _ what: String, within limit: Duration = .seconds(120), _ condition: () throws -> Bool
) async throws {
    let end = ContinuousClock().now + limit
    while try !condition() {
        guard ContinuousClock().now < end else { throw PollTimeout(description: "not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
