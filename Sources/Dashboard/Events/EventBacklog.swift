/// What a slow reader has yet to take: the newest status only, and no more changes than it could care for.
///
/// A status says all that older ones said. Changes that were left out can be read at `/api/v1/history`.
struct EventBacklog {
    static let mostChanges = 256

    private var waiting: [ServerSentEvent] = []

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ event: ServerSentEvent) {
        if event.event == "status" {
            waiting.removeAll { $0.event == "status" }
        } else if waiting.count(where: { $0.event != "status" }) >= Self.mostChanges,
            let oldest = waiting.firstIndex(where: { $0.event != "status" })
        {
            waiting.remove(at: oldest)
        }
        waiting.append(event)
    }

    mutating func takeAll() -> [ServerSentEvent] {
        defer { waiting = [] }
        return waiting
    }
}
