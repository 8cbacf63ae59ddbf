internal import Domain
internal import Settings

extension ProviderEndpoint {
    /// The address of one call. What people paste into the base URL by habit (a slash, the path of the call) is taken
    /// off first.
    ///
    /// - Parameter extra: query items of the call itself.
    package func address(_ path: String, extra: [String: String] = [:]) -> String {
        var base = baseURL
        while base.hasSuffix("/") { base.removeLast() }
        let habits = kind == .anthropic ? ["/v1/messages", "/v1"] : ["/chat/completions"]
        if let habit = habits.first(where: { base.hasSuffix($0) }) { base.removeLast(habit.count) }
        let items = query.merging(extra) { mine, _ in mine }.sorted { $0.key < $1.key }
            .map { PercentCoding.encode($0.key) + "=" + PercentCoding.encode($0.value) }
        return base + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }
}
