internal import Domain
internal import Redis
internal import Settings
internal import Storage

/// What tools said when they failed: an error may quote what was asked.
struct ToolStep: ForgettingStep {
    let workplace: Workplace

    let place = "what is known of tools"

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var connection = try workplace.connect(.companion)
        var finding = ForgetFinding()
        let sessions = names(search)
        let known = try connection.tools(workplace.settings.keys).tools
        finding.count(
            "errors of tools", known.count { $0.1.tells(of: sessions) { says($0, search) } },
            areWords: search.wish.text != nil)
        finding.count("calls of tools", try waiting(search, &connection).count, areWords: search.wish.text != nil)
        return finding
    }

    func remove(_ search: ForgetSearch) throws {
        var connection = try workplace.connect(.companion)
        let keys = workplace.settings.keys, sessions = names(search)
        try connection.dropToolCalls(try waiting(search, &connection), of: workplace.queue)
        for (tool, health) in try connection.tools(keys).tools
        where health.tells(of: sessions, or: { says($0, search) }) {
            try connection.decide(ToolStore(keys: keys, tool: tool), by: workplace.host) { health, _ in
                health.forget(sessions) { says($0, search) }
            }
        }
        try connection.forgetToldTools(of: search.sessions, keys: keys)
    }

    private func names(_ search: ForgetSearch) -> Set<String> { Set(search.sessions.map(\.rawValue)) }

    private func says(_ text: String, _ search: ForgetSearch) -> Bool { search.wish.text?.occurs(in: text) ?? false }

    /// What captures found, and no record has taken in yet.
    private func waiting(_ search: ForgetSearch, _ connection: inout RedisConnection) throws(RedisError) -> [String] {
        let sessions = names(search)
        return try connection.waitingToolCalls(of: workplace.queue) { sessions.contains($0) || says($0, search) }
    }
}
