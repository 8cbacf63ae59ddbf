internal import Synchronization

/// Between the backend, which never waits for a reader, and the connection, which takes as it can.
final class EventMailbox: Sendable {
    private struct State {
        var backlog = EventBacklog()
        var keepAliveDue = false
    }

    private let state = Mutex(State())
    private let bell: AsyncStream<Void>.Continuation
    /// Rings when there is something to take; ends when nothing more will come.
    let rings: AsyncStream<Void>

    init() {
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func put(_ event: ServerSentEvent) {
        state.withLock { $0.backlog.add(event) }
        bell.yield()
    }

    func keepAlive() {
        state.withLock { $0.keepAliveDue = true }
        bell.yield()
    }

    func close() { bell.finish() }

    /// What to write now; empty when somebody took it already.
    func take() -> String {
        let (events, isDue) = state.withLock { state in
            defer { state.keepAliveDue = false }
            return (state.backlog.takeAll(), state.keepAliveDue)
        }
        if events.isEmpty { return isDue ? ": still here\n\n" : "" }
        return events.map(\.frame).joined()
    }
}

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
