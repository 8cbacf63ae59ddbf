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
