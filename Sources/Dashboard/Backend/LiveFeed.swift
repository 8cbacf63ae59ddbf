internal import Domain
internal import Operations
internal import Platform
internal import Settings
internal import Synchronization
internal import Threads

/// What happens, for all pages that are open: the changes as Redis tells them, and the status after them. While nobody
/// listens it asks nothing.
final class LiveFeed: Sendable {
    private typealias Listener = AsyncStream<ServerSentEvent>.Continuation

    private struct Listeners {
        var next = 0
        var all: [Int: Listener] = [:]
        /// Those who have been told nothing yet, and the last event they know of.
        var new: [(listener: Listener, lastEventID: String?)] = []
    }

    private let settings: LiveSettings
    private let shared: SharedStatus
    private let listeners = Mutex(Listeners())

    /// Without a change the status is told as often as this.
    private static let calm: Duration = .seconds(5)
    /// With changes, no more often than this.
    private static let busy: Duration = .seconds(1)
    /// A listener that is behind by more is given the latest only.
    private static let backlog = 200

    init(settings: LiveSettings, shared: SharedStatus) {
        self.settings = settings
        self.shared = shared
    }

    func subscribe(since lastEventID: String?) -> AsyncStream<ServerSentEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ServerSentEvent.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let number = listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[listeners.next] = continuation
            listeners.new.append((continuation, lastEventID))
            return listeners.next
        }
        continuation.onTermination = { [weak self] _ in self?.leave(number) }
        return stream
    }

    private func leave(_ number: Int) {
        listeners.withLock { listeners in
            listeners.all[number] = nil
            // One that came and went while nothing was told.
            if listeners.all.isEmpty { listeners.new = [] }
        }
    }

    private var isHeard: Bool { listeners.withLock { !$0.all.isEmpty } }

    /// Until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            // Newcomers do not wait for Redis to say something.
            group.addTask { await self.greetNewcomers() }
            await self.follow()
            group.cancelAll()
        }
        listeners.withLock { listeners in
            for listener in listeners.all.values { listener.finish() }
            listeners.all = [:]
        }
    }

    private func greetNewcomers() async {
        while !Task.isCancelled {
            await greet()
            do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
        }
    }

    private func follow() async {
        var tail: Tail?
        var lastStatus = ContinuousClock().now
        var isDue = false
        while !Task.isCancelled {
            guard isHeard else {
                tail = nil
                do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
                continue
            }
            do {
                let open: Tail
                if let tail {
                    open = tail
                } else {
                    open = try await BlockingWork.run { [settings] in try Tail(settings) }
                }
                tail = open
                let events = try await BlockingWork.run { try open.next() }
                for event in events { tell(try Self.change(event)) }
                isDue = isDue || !events.isEmpty
                guard ContinuousClock().now - lastStatus >= (isDue ? Self.busy : Self.calm) else { continue }
                lastStatus = ContinuousClock().now
                isDue = false
                tell(try await status(isNew: true))
            } catch {
                // Redis is away: the status says so. If there is none either, the configuration is broken; the page calls
                // itself stale then, and its next request is told why.
                tail = nil
                if let status = try? await status(isNew: true) { tell(status) }
                do { try await Task.sleep(for: Self.calm) } catch { return }
            }
        }
    }

    /// Tells newcomers how things stand, and what they missed.
    private func greet() async {
        let waiting = listeners.withLock { listeners in
            defer { listeners.new = [] }
            return listeners.new
        }
        guard !waiting.isEmpty else { return }
        let status = try? await status()
        for (listener, lastEventID) in waiting {
            if let status { listener.yield(status) }
            guard let since = lastEventID.flatMap({ Int64($0.prefix { $0 != "-" }) }) else { continue }
            // Redis is away: the status says so, and what was missed comes with the next connection.
            let missed = try? await BlockingWork.run { [settings] in
                try Workplace(settings: try settings.understood()).events(limit: Self.backlog).events
            }
            for event in (missed ?? []).reversed() where event.milliseconds > since {
                if let change = try? Self.change(event) { listener.yield(change) }
            }
        }
    }

    private func tell(_ event: ServerSentEvent) {
        for listener in listeners.withLock({ Array($0.all.values) }) { listener.yield(event) }
    }

    private func status(isNew: Bool = false) async throws -> ServerSentEvent {
        let status = try await shared.status(isNew: isNew)
        let json = try await BlockingWork.run { try [UInt8].json(of: status) }
        return ServerSentEvent(event: "status", data: String(decoding: json, as: UTF8.self))
    }

    private static func change(_ event: Event) throws -> ServerSentEvent {
        ServerSentEvent(
            id: event.id, event: "change", data: String(decoding: try [UInt8].json(of: event), as: UTF8.self))
    }

    /// The tail of the streams, lent to one thread at a time.
    private final class Tail: Sendable {
        private let tail: Mutex<EventTail>

        init(_ settings: LiveSettings) throws {
            tail = Mutex(try EventTail(try Workplace(settings: try settings.understood())))
        }

        func next() throws -> [Event] { try tail.withLock { try $0.next() } }
    }
}
