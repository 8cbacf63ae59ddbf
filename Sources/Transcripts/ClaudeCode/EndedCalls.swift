internal import Domain

/// Collects the calls that ended, each once: a client that goes on in a file may write a call and its result again.
struct EndedCalls: Sendable {
    private var found: [EndedCall] = []
    private var known: Set<String> = []
    private var head = ""

    /// Some hundred KB; the calls that are written twice stand near each other.
    private static let knownCount = 8192

    /// What a fork copied from its parent stands behind the fork's own first line, and is of before it.
    mutating func begins(at time: String) {
        if head.isEmpty { head = time }
    }

    /// - Parameter error: its words, where it failed.
    mutating func add(_ call: ToolCall, _ id: String, endedAt time: String, error: String?) {
        guard let tool = call.tool, known.insert(id).inserted, time >= head else { return }
        if known.count > Self.knownCount { known = [id] }
        guard let ended = ISOTime.milliseconds(time) else { return }
        found.append(
            EndedCall(
                tool: tool, id: id, endedMilliseconds: ended,
                durationMilliseconds: ISOTime.milliseconds(call.at).map { max(0, ended - $0) }, error: error))
    }

    mutating func take() -> [EndedCall] {
        guard !found.isEmpty else { return [] }
        defer { found = [] }
        return found
    }
}
